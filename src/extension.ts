import { join } from 'node:path';
import { commands, type ExtensionContext, Uri, window } from 'vscode';
import type { AuditEntry } from './audit/chain.ts';
import { auditLog } from './audit/place.ts';
import { Approvals } from './vscode/approvals.ts';
import { AuditChannel } from './vscode/audit-channel.ts';
import { AuditFollower } from './vscode/audit-follower.ts';
import { changeMode } from './vscode/change-mode.ts';
import { countDecision, type DecisionCounts, noDecisions } from './vscode/decision-counts.ts';
import { demonstrateBlock } from './vscode/demonstrate.ts';
import { DenialNotices } from './vscode/denial-notices.ts';
import { DisposableStore } from './vscode/disposable-store.ts';
import { coversThisWindow, isOfThisWindow, machineDirectories } from './vscode/machine.ts';
import { GuardedDialog } from './vscode/guarded-dialog.ts';
import { offerNode, refreshHooks } from './vscode/hook-program.ts';
import { FirstSteps } from './vscode/first-steps.ts';
import { ModeStore } from './vscode/mode-store.ts';
import { createPolicy, openPolicy } from './vscode/policy-commands.ts';
import { PolicyFiles } from './vscode/policy-files.ts';
import { PolicyLanguage } from './vscode/policy-language.ts';
import { PolicyTests } from './vscode/policy-tests.ts';
import { PolicyWatch } from './vscode/policy-watch.ts';
import { showProtection } from './vscode/protection-status.ts';
import { ProtectionWatch } from './vscode/protection-watch.ts';
import { ReviewDocuments } from './vscode/review-documents.ts';
import { StatusBar } from './vscode/status-bar.ts';
import { observeTerminals } from './vscode/terminal-observer.ts';
import { guardTerminals } from './vscode/terminal-profile.ts';
import { TripwireWatch } from './vscode/tripwire-watch.ts';
import { AuditViewer } from './vscode/viewer/audit-viewer.ts';

/** Lines of the past that the output channel begins with. */
const recentLines = 50;

/** What other extensions and tests may ask of this one. */
export interface AgentPolicyApi {
  /** Milliseconds that activation took. */
  readonly activationMs: number;
}

let running: DisposableStore | undefined;

/** Starts the guard's part in the editor. What is not seen at once is loaded when it is needed. */
export function activate(context: ExtensionContext): AgentPolicyApi {
  const started = performance.now();
  const store = new DisposableStore();
  running = store;
  context.subscriptions.push({ dispose: () => void store.dispose() });
  start(store, context);
  return { activationMs: performance.now() - started };
}

/** Ends everything that {@link activate} started. */
export async function deactivate(): Promise<void> {
  const store = running;
  running = undefined;
  await store?.dispose();
}

function start(store: DisposableStore, context: ExtensionContext): void {
  store.add(offerNode());
  const directories = machineDirectories();
  const log = auditLog(directories);
  const channel = store.add(new AuditChannel());
  const modes = store.add(new ModeStore(directories));
  const protection = store.add(new ProtectionWatch());
  const notices = store.add(new DenialNotices());
  const steps = store.add(new FirstSteps(() => protection.isOff));
  let counts: DecisionCounts = noDecisions;
  let waiting = 0;
  let deadline: number | undefined;

  const dialog = store.add(new GuardedDialog());
  const documents = store.add(new ReviewDocuments('agent-policy-text'));
  const reviewTrust = async (folder?: string) => {
    const { reviewPolicies } = await import('./vscode/trust-review.ts');
    await policies.reviewing(() => reviewPolicies(folder, { directories, dialog, documents, onChange: () => policies.soon() }));
  };
  const policies = store.add(new PolicyWatch(directories, (folder) => void reviewTrust(folder)));
  const status = store.add(
    new StatusBar(() => ({
      mode: modes.mode,
      waiting,
      deadline,
      problems: protection.problems,
      breakGlass: modes.breakGlass !== undefined && coversThisWindow(modes.breakGlass) ? modes.breakGlass : undefined,
      policyMode: policies.facts.mode,
      isUnapproved: policies.facts.unapproved.length > 0,
      counts,
    })),
  );
  store.add(policies.onDidChange(() => status.update()));
  store.add(
    modes.onDidChange(() => {
      policies.soon();
      status.update();
    }),
  );
  store.add(protection.onDidChange(() => status.update()));

  const approvals = store.add(
    new Approvals(directories, {
      onWaiting: (count, until) => {
        waiting = count;
        deadline = until;
        status.update();
      },
      onProblem: (message) => channel.problem(message),
    }),
  );
  waiting = approvals.waiting;

  const take = ({ record }: AuditEntry): void => {
    channel.write(record);
    steps.add(record);
    if (record.type === 'event' && record.event.startsWith('policy-approv')) policies.soon();
    if (record.type === 'event' || !isOfThisWindow(record)) return;
    counts = countDecision(counts, record);
    notices.add(record);
  };
  const follower = store.add(
    new AuditFollower(log.directory, (entries) => {
      entries.forEach(take);
      modes.refresh();
      status.update();
    }),
  );

  const viewer = store.add(new AuditViewer(context.extensionUri, log.directory));

  const command = (name: string, run: (argument: unknown) => unknown) => store.add(commands.registerCommand(`agentPolicy.${name}`, run));
  command('changeMode', async () => (await changeMode(modes)) && steps.chosen());
  command('showAuditLog', () => channel.show());
  command('openViewer', () => viewer.open());
  command('openPolicy', () => openPolicy(log));
  command('createPolicy', () => createPolicy(log));
  command('checkCommand', async (given) => {
    const { checkCommand } = await import('./vscode/check-command.ts');
    await checkCommand(directories, typeof given === 'string' ? given : undefined);
  });
  command('connectAgents', async () => {
    const { connectAgents } = await import('./vscode/connect-agents.ts');
    await connectAgents(String(context.extension.packageJSON.version), log);
  });
  command('demonstrateBlock', () => demonstrateBlock(context.extensionPath));
  command('reviewTrust', (given) => reviewTrust(typeof given === 'string' ? given : undefined));
  command('goToRule', async (given) => (await import('./vscode/rule-places.ts')).goToRule(given, directories, documents));
  const glass = () => import('./vscode/break-glass.ts');
  command('breakGlass', async () => (await glass()).breakGlass(directories, dialog, () => modes.refresh()));
  command('endBreakGlass', async () => (await glass()).endGlass(directories, () => modes.refresh()));
  command('reviewBreakGlass', async () => (await glass()).reviewGlass(directories, documents));
  command('showProtection', async () => {
    const { agentStatus } = await import('./vscode/agent-status.ts');
    await showProtection({ mode: modes.mode, problems: protection.problems, counts, agents: agentStatus });
  });

  // Before the first terminal opens.
  store.add(guardTerminals(context, directories));

  // Nothing below is seen at once.
  const later = setImmediate(() => {
    for (const { record } of follower.recent(recentLines)) {
      channel.write(record);
      steps.add(record);
    }
    store.add(new PolicyFiles(directories, context.extensionPath));
    store.add(new PolicyLanguage(directories));
    const scenarios = store.add(new PolicyTests(directories));
    command('runTests', (given) => {
      const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
      return uri && scenarios.run(uri);
    });
    refreshHooks(context.extensionPath, (message) => channel.problem(message));
    store.add(observeTerminals(log));
    store.add(new TripwireWatch(directories, log, join(context.globalStorageUri.fsPath, 'tripwire')));
  });
  store.add({ dispose: () => clearImmediate(later) });
}
