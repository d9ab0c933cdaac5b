import { after, afterEach } from 'mocha';
import type { Editor } from './editor.ts';
import { keepFailure } from './shots.ts';
import type { EditorWindow } from './window.ts';

/** What a suite has opened until now. */
export interface Opened {
  readonly editor: Editor | undefined;
  readonly window: EditorWindow | undefined;
}

/** Ends what a suite opened after its tests, and keeps a picture of what a failing one saw. */
export function tidy(opened: () => Opened): void {
  afterEach(async function () {
    const { window } = opened();
    if (this.currentTest?.state === 'failed' && window) await keepFailure(window, this.currentTest.title);
  });
  after(async () => {
    const { editor, window } = opened();
    await window?.close();
    await editor?.close();
  });
}
