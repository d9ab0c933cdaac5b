import { homedir } from 'node:os';
import { commands, window } from 'vscode';
import { hasHook } from '../agents/install/installed.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import { agentsHere } from './agents-here.ts';
import { DisposableStore } from './disposable-store.ts';
import { thisMachine } from './hook-program.ts';

/** What is done of the walkthrough: context keys that its steps wait for. */
type Fact = 'agentsConnected' | 'modeChosen' | 'blocked';

/** The walkthrough is looked at so often while it may be open. */
const tickMs = 2000;

/**
 * Tells the walkthrough what is true of this machine, so that its steps check themselves off. VS Code takes notice only of a key that becomes true after it has read
 * the walkthrough, which it does when one is first opened (1.139): so the keys are raised again and again while a page of VS Code's own is in front, and never stay.
 */
export class FirstSteps {
  readonly #store = new DisposableStore();
  readonly #isOff: () => boolean;
  readonly #facts = new Set<Fact>();

  /** `isOff`: whether VS Code runs no hooks for its own agents. */
  constructor(isOff: () => boolean) {
    this.#isOff = isOff;
    const timer = setInterval(() => void this.#tick(), tickMs);
    timer.unref();
    this.#store.add({ dispose: () => clearInterval(timer) });
  }

  /** Takes notice of what was recorded. */
  add(record: AuditRecord): void {
    if (record.type === 'decision' && record.outcome === 'deny') this.#facts.add('blocked');
  }

  /** The person has chosen a mode, or has seen which one holds and stayed with it. */
  chosen(): void {
    this.#facts.add('modeChosen');
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  async #tick(): Promise<void> {
    // The API knows the inputs of files, notebooks, terminals and webviews; walkthroughs, settings and the like have none.
    const { activeTab } = window.tabGroups.activeTabGroup;
    if (activeTab === undefined || activeTab.input !== undefined) return;
    if (!this.#facts.has('agentsConnected') && this.#isConnected()) this.#facts.add('agentsConnected');
    for (const fact of this.#facts) {
      await commands.executeCommand('setContext', `agentPolicy.${fact}`, true);
      await commands.executeCommand('setContext', `agentPolicy.${fact}`, false);
    }
  }

  /** Whether VS Code runs our hook, and every agent that is here has it. */
  #isConnected(): boolean {
    const machine = thisMachine(homedir());
    return !this.#isOff() && agentsHere().every((target) => hasHook(target, machine));
  }
}
