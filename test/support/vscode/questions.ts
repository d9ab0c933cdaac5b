// Questions to a person as hooks ask them: alone over the socket, or with the whole decision of a call behind them.
import { type Asked, askWindow } from '../../../src/approval/client.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../../../src/approval/messages.ts';
import { auditLog } from '../../../src/audit/place.ts';
import { queryLog } from '../../../src/audit/query.ts';
import type { Outcome } from '../../../src/gateway/gateway.ts';
import { handleLocally } from '../../../src/gateway/local.ts';
import type { DecisionRecord } from '../../../src/model/audit-record.ts';
import { type Directories, directories } from '../../../src/platform/directories.ts';
import { listWindows } from '../../../src/approval/registry.ts';
import type { Editor } from './editor.ts';
import { until } from './wait.ts';

export class Questions {
  readonly #editor: Editor;
  #count = 0;
  #open = new AbortController();

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get places(): Directories {
    return directories({}, 'linux', this.#editor.home);
  }

  /** Waits until so many windows can be asked. */
  async windows(count: number): Promise<void> {
    const there = await until(() => listWindows(this.places).length === count, 20_000);
    if (there === undefined) throw new Error(`${listWindows(this.places).length} windows instead of ${count} can be asked`);
  }

  /** Asks the fitting window, and nothing else: what it answers, or how it came to no answer. */
  async ask(command: string, change: Partial<ApprovalRequest> = {}): Promise<ApprovalAnswer | Exclude<Asked['by'], 'window'>> {
    this.#count += 1;
    const { workspace } = this.#editor;
    const question: ApprovalRequest = {
      type: 'request',
      version: 1,
      id: `question-${this.#count}`,
      agent: 'Claude Code',
      session: `session-${this.#count}`,
      cwd: workspace,
      workspace,
      tool: 'bash',
      nativeTool: 'Bash',
      actions: [{ kind: 'bash', command }],
      rule: 'ask-first',
      layer: 'user',
      reason: 'A person looks at this first.',
      risk: 'medium',
      effects: [],
      deadline: Date.now() + 60_000,
      ...change,
    };
    const asked = await askWindow(this.places, question, this.#open.signal);
    return asked.by === 'window' ? asked.answer : asked.by;
  }

  /** Takes back what {@link ask} still waits for. */
  takeBack(): void {
    this.#open.abort();
    this.#open = new AbortController();
  }

  /** Decides a command as a hook does, the whole way. `patience`: milliseconds that the agent waits. */
  decide(command: string, session: string, patience = 60_000): Promise<Outcome> {
    this.#count += 1;
    const { home, workspace } = this.#editor;
    return handleLocally(
      {
        tool: 'bash',
        nativeTool: 'Bash',
        args: { command },
        actions: [{ kind: 'bash', command }],
        agent: 'claude-code',
        session,
        callId: `call-${this.#count}`,
        cwd: workspace,
        workspace,
        home,
      },
      { directories: this.places, env: {}, platform: 'linux', deadline: Date.now() + patience, agentTitle: 'Claude Code' },
    );
  }

  /** What was decided last, oldest first. */
  decisions(count: number): readonly DecisionRecord[] {
    const entries = queryLog(auditLog(this.places).directory, { type: 'decision' }, count);
    return entries.flatMap(({ record }) => (record.type === 'decision' ? [record] : []));
  }
}
