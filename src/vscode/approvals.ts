import { commands, window, workspace } from 'vscode';
import { RequestQueue } from '../approval/queue.ts';
import { type ApprovalServer, startApprovalServer } from '../approval/server.ts';
import type { Directories } from '../platform/directories.ts';
import { Approver } from './approver.ts';
import { DisposableStore } from './disposable-store.ts';
import { ReviewDocuments } from './review-documents.ts';
import { ReviewEditor } from './review-editor.ts';

/** What others are told. */
export interface ApprovalEvents {
  /** The number of open questions. */
  readonly onWaiting: (waiting: number) => void;
  readonly onProblem: (message: string) => void;
}

/** Everything between the socket and the dialog: owns the server of this window and the queue of its questions. */
export class Approvals {
  readonly #store = new DisposableStore();
  readonly #approver: Approver;
  readonly #review: ReviewEditor;
  readonly #queue: RequestQueue;

  constructor(directories: Directories, events: ApprovalEvents) {
    this.#review = this.#store.add(new ReviewEditor(this.#store.add(new ReviewDocuments())));
    this.#approver = this.#store.add(new Approver(this.#review));
    this.#queue = this.#store.add(
      new RequestQueue(this.#approver.present, (waiting) => {
        void commands.executeCommand('setContext', 'agentPolicy.pending', waiting);
        events.onWaiting(waiting);
      }),
    );
    this.#store.add(commands.registerCommand('agentPolicy.reviewNext', () => this.#approver.reviewNext()));
    // A command may be run by an agent's tool or by another extension, so this one only leads back to the dialog.
    this.#store.add(commands.registerCommand('agentPolicy.review.allow', () => this.#review.finish('decide')));
    this.#store.add(commands.registerCommand('agentPolicy.review.deny', () => this.#review.finish('deny')));
    void this.#listen(directories, events);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  async #listen(directories: Directories, events: ApprovalEvents): Promise<void> {
    let server: ApprovalServer;
    try {
      server = await startApprovalServer({
        directories,
        workspaceFolders: folders(),
        focused: window.state.focused,
        onRequest: (request, signal) => this.#queue.ask(request, signal),
        onProblem: events.onProblem,
      });
    } catch (error) {
      events.onProblem(
        `This window cannot be asked, so what needs an answer is denied: ${error instanceof Error ? error.message : String(error)}`,
      );
      return;
    }
    this.#store.add(server);
    this.#store.add(workspace.onDidChangeWorkspaceFolders(() => server.update({ workspaceFolders: folders() })));
    this.#store.add(window.onDidChangeWindowState((state) => server.update({ focused: state.focused })));
  }
}

/** Folders on this machine's disk; others hold nothing that an agent here could run in. */
function folders(): readonly string[] {
  return (workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file').map((folder) => folder.uri.fsPath);
}
