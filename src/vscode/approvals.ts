import { commands, window, workspace } from 'vscode';
import type { ApprovalRequest } from '../approval/messages.ts';
import { type PendingItem, RequestQueue } from '../approval/queue.ts';
import { type ApprovalServer, startApprovalServer } from '../approval/server.ts';
import type { Directories } from '../platform/directories.ts';
import { Approver } from './approver.ts';
import { DisposableStore } from './disposable-store.ts';
import { GuardedDialog } from './guarded-dialog.ts';
import { PendingNotices } from './pending-notices.ts';
import { PendingView } from './pending-view.ts';
import { Previews } from './previews.ts';
import { ReviewDocuments } from './review-documents.ts';
import { ReviewEditor } from './review-editor.ts';

/** What others are told. */
export interface ApprovalEvents {
  /** The number of open questions, and when the first of them is denied for want of an answer, in milliseconds since 1970. */
  readonly onWaiting: (waiting: number, deadline: number | undefined) => void;
  readonly onProblem: (message: string) => void;
}

/** Everything between the socket and the dialog: owns the server of this window, the queue of its questions and all that shows them. */
export class Approvals {
  readonly #store = new DisposableStore();
  readonly #approver: Approver;
  readonly #review: ReviewEditor;
  readonly #queue: RequestQueue;
  readonly #view: PendingView;
  readonly #notices: PendingNotices;
  readonly #events: ApprovalEvents;
  #clock: NodeJS.Timeout | undefined;

  constructor(directories: Directories, events: ApprovalEvents) {
    this.#events = events;
    const documents = this.#store.add(new ReviewDocuments());
    const dialog = this.#store.add(new GuardedDialog());
    this.#review = this.#store.add(new ReviewEditor(documents));
    this.#approver = new Approver(
      this.#review,
      dialog,
      async (pending) => {
        const { AllowPicker } = await import('./allow-picker.ts');
        return new AllowPicker(directories, dialog, documents).pick(pending);
      },
      new Previews(import.meta.dirname),
    );
    this.#queue = new RequestQueue(this.#approver.present, () => this.#update(), isQuiet);
    this.#view = this.#store.add(new PendingView(() => this.#queue.items));
    this.#notices = new PendingNotices({
      items: () => this.#queue.items,
      open: (id) => this.#queue.open(id),
      deny: (id) => this.#queue.deny(id),
      denyAll: () => this.#queue.denyAll(),
    });
    this.#store.add(this.#queue);
    this.#store.add({ dispose: () => clearInterval(this.#clock) });
    const command = (name: string, run: (item?: PendingItem) => unknown) =>
      this.#store.add(commands.registerCommand(`agentPolicy.${name}`, run));
    command('reviewNext', () => this.#reviewNext());
    command('denyAll', () => this.#queue.denyAll());
    command('pending.review', (item) => this.#reviewNext(item?.id));
    command('pending.deny', (item) => item !== undefined && this.#queue.deny(item.id));
    // A command may be run by an agent's tool or by another extension, so this one only leads back to the dialog.
    command('review.allow', () => this.#review.finish('decide'));
    command('review.deny', () => this.#review.finish('deny'));
    command('review.rule', () => {
      const request = this.#approver.current?.request;
      return request && commands.executeCommand('agentPolicy.goToRule', { rule: request.rule, layer: request.layer });
    });
    void this.#listen(directories);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  async #reviewNext(id?: number): Promise<void> {
    if (await this.#approver.reveal()) return;
    this.#queue.open(id);
  }

  #update(): void {
    const waiting = this.#queue.size;
    void commands.executeCommand('setContext', 'agentPolicy.pending', waiting);
    void this.#notices.update();
    if (waiting > 0) this.#clock ??= setInterval(() => this.#show(), 1000);
    else {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
    this.#show();
  }

  #show(): void {
    const deadlines = this.#queue.items.map(({ deadline }) => deadline);
    this.#events.onWaiting(deadlines.length, deadlines.length === 0 ? undefined : Math.min(...deadlines));
    this.#view.update();
  }

  async #listen(directories: Directories): Promise<void> {
    const { onProblem } = this.#events;
    let server: ApprovalServer;
    try {
      server = await startApprovalServer({
        directories,
        workspaceFolders: folders(),
        focused: window.state.focused,
        onRequest: (request, signal) => this.#queue.ask(request, signal),
        onProblem,
      });
    } catch (error) {
      onProblem(
        `This window cannot be asked, so what needs an answer is denied: ${error instanceof Error ? error.message : String(error)}`,
      );
      return;
    }
    this.#store.add(server);
    this.#store.add(workspace.onDidChangeWorkspaceFolders(() => server.update({ workspaceFolders: folders() })));
    this.#store.add(window.onDidChangeWindowState((state) => server.update({ focused: state.focused })));
  }
}

/** Low and medium risk wait in the view; what is worse comes with a dialog at once. */
function isQuiet({ risk }: ApprovalRequest): boolean {
  return risk === 'low' || risk === 'medium';
}

/** Folders on this machine's disk; others hold nothing that an agent here could run in. */
function folders(): readonly string[] {
  return (workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file').map((folder) => folder.uri.fsPath);
}
