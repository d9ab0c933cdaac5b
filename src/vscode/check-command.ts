import { homedir } from 'node:os';
import { window, workspace } from 'vscode';
import type { GatewayDeps } from '../gateway/deps.ts';
import { localDeps } from '../gateway/local.ts';
import type { Decision } from '../model/decision.ts';
import type { Analysis } from '../model/effect.ts';
import { newSession, type PolicyRequest } from '../model/policy-request.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Directories } from '../platform/directories.ts';
import { noSession } from '../session/store.ts';
import { elide } from '../present/elide.ts';
import { visibleLine, visibleText, withoutLinks } from '../present/visible-text.ts';
import { t } from './translate.ts';

let last = '';

/** Asks for a command, where none is `given`, and shows what the policy says of it. Nothing is run, and nothing is recorded. */
export async function checkCommand(directories: Directories, given?: string): Promise<void> {
  for (let next = given; ; next = undefined) {
    const command = next ?? (await askForCommand());
    if (command === undefined || command.trim() === '') return;
    last = command;
    const another = t('Check Another');
    const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
    const checked = decide(command, folder, directories);
    if (typeof checked === 'string') {
      void window.showErrorMessage(withoutLinks(checked));
      return;
    }
    const { decision, analysis } = checked;
    const answer = await window.showInformationMessage(
      verdictSentence(decision.verdict),
      { modal: true, detail: detailOf(command, decision, analysis) },
      another,
    );
    if (answer !== another) return;
  }
}

/** Asks for a command; the last one is there already. */
export async function askForCommand(): Promise<string | undefined> {
  const command = await window.showInputBox({
    title: t('Agent Policy: check a command'),
    prompt: t('What would be said if an agent wanted to run this? It is not run.'),
    placeHolder: 'git push --force origin main',
    value: last,
    ignoreFocusOut: true,
  });
  last = command ?? last;
  return command;
}

interface Checked {
  readonly decision: Decision;
  readonly analysis: Analysis;
}

/** The decision on a command in a folder, or what keeps it from being made. */
function decide(command: string, folder: string, directories: Directories): Checked | string {
  const deps = depsFor(directories);
  const request = requestFor(command, folder, directories);
  const { policy, diagnostics } = deps.loadPolicy(request.call);
  if (!policy) return diagnostics[0]?.message ?? t('No policy could be loaded.');
  return { decision: deps.evaluate(policy, request), analysis: request.analysis };
}

/** What the policy is asked when an agent wants to run a command in a folder, as things are on this machine. */
export function requestFor(command: string, folder: string, directories: Directories): PolicyRequest {
  const call: ToolCall = {
    tool: 'bash',
    nativeTool: 'bash',
    args: { command },
    actions: [{ kind: 'bash', command }],
    agent: 'person',
    cwd: folder,
    workspace: folder,
    home: homedir(),
  };
  const deps = depsFor(directories);
  const analysis = deps.analyze(call, deps.world(call, noSession));
  return { call, analysis, subject: deps.subject, session: newSession, environment: { now: deps.now() } };
}

function depsFor(directories: Directories): GatewayDeps {
  return localDeps({ directories, env: process.env, platform: process.platform, deadline: Date.now() + 10_000 });
}

/** What a verdict means for an agent. */
export function verdictSentence(verdict: Verdict): string {
  switch (verdict) {
    case 'approve':
      return t('An agent may run this.');
    case 'escalate':
      return t('You would be asked.');
    case 'deny':
      return t('An agent may not run this.');
  }
}

/** A command, the decision on it and what it would do, in few lines. */
export function detailOf(command: string, { rule, layer, reason, advice, risk }: Decision, analysis: Analysis): string {
  const effects = analysis.effects.slice(0, 5).map((effect) => {
    const target = effect.path ?? effect.url ?? effect.program ?? effect.tool ?? '';
    return `  ${effect.kind} ${visibleLine(target).slice(0, 100)}${effect.certainty === 'exact' ? '' : ` (${effect.certainty})`}`;
  });
  const more = analysis.effects.length > effects.length ? [t('  … and {0} more', analysis.effects.length - effects.length)] : [];
  return [
    visibleText(elide(command, { lines: 3, characters: 300 }, undefined, t)),
    '',
    ...(rule === '' ? [t('No rule matches it.')] : [t('Rule: {0} ({1} policy)', rule, layer), t('Why: {0}', reason)]),
    ...(advice === undefined ? [] : [t('Instead: {0}', advice)]),
    t('Risk: {0}', risk),
    ...(effects.length > 0 ? [t('Effects found:'), ...effects, ...more] : []),
  ].join('\n');
}
