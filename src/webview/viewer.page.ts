// The audit viewer's page, which runs in a frame of the editor. It talks to the extension in messages only.
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { ToHost, ToView } from '../model/viewer.ts';
import { formats } from './format.ts';
import { savedStateFrom } from './saved-state.ts';
import { Viewer } from './viewer.ts';
import type { Words } from './words.ts';

/** What VS Code gives its pages. */
declare function acquireVsCodeApi(): {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const root = document.getElementById('root');
if (root) {
  const editor = acquireVsCodeApi();
  // Written by the host: see src/vscode/viewer/page-html.ts.
  const words: Words = JSON.parse(root.dataset['words'] ?? '{}');
  const viewer = new Viewer(root, words, formats(document.documentElement.lang), savedStateFrom(editor.getState(), Date.now()), {
    post: (message) => editor.postMessage(message),
    save: (state) => editor.setState(state),
  });
  // Only the editor's own frame can reach this one: messages are the host's.
  window.addEventListener('message', (event: MessageEvent<ToView>) => viewer.take(event.data));
}
