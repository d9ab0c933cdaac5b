import { type Uri, type WebviewPanel, window } from 'vscode';
import { DisposableStore } from '../disposable-store.ts';
import type * as Panels from './panel.ts';

/** The editor restores panels by this type. */
const viewType = 'agentPolicy.viewer';

/** Owner of the audit viewer's one panel. What it is made of is loaded when it is first opened. */
export class AuditViewer {
  readonly #store = new DisposableStore();
  readonly #extensionUri: Uri;
  readonly #logDirectory: string;
  #panel: WebviewPanel | undefined;
  #content: DisposableStore | undefined;

  constructor(extensionUri: Uri, logDirectory: string) {
    this.#extensionUri = extensionUri;
    this.#logDirectory = logDirectory;
    this.#store.add(
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel) => this.#fill(panel, await import('./panel.ts')),
      }),
    );
  }

  /** Shows the viewer, in a new panel where there is none. */
  async open(): Promise<void> {
    const panels = await import('./panel.ts');
    if (this.#panel) this.#panel.reveal();
    else this.#fill(panels.createPanel(viewType), panels);
  }

  /** The panel itself stays: a window that is loaded again shows it again. */
  async dispose(): Promise<void> {
    await this.#content?.dispose();
    await this.#store.dispose();
  }

  #fill(panel: WebviewPanel, { fillPanel }: typeof Panels): void {
    this.#panel?.dispose();
    const content = fillPanel(panel, this.#extensionUri, this.#logDirectory);
    this.#panel = panel;
    this.#content = content;
    panel.onDidDispose(() => {
      void content.dispose();
      if (this.#panel === panel) this.#panel = undefined;
    });
  }
}
