// Takes the pictures of the guide from the real editor: node scripts/run.mjs pictures [FOLDER]. In light and in high contrast.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApprovalRequest } from '../../src/approval/messages.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { GuardedProject } from '../support/vscode/guarded-project.ts';
import { Questions } from '../support/vscode/questions.ts';
import type { Part } from '../support/vscode/shots.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/images', import.meta.url));
const themes = { '': 'Default Light Modern', 'contrast-': 'Default High Contrast' } as const;
const lease = 'git push --force-with-lease origin main';
const edit: Partial<ApprovalRequest> = {
  tool: 'edit',
  nativeTool: 'Edit',
  risk: 'high',
  reason: 'A person looks at this file first.',
  rule: 'ask-before-editing',
  actions: [
    {
      kind: 'edit',
      path: 'app.js',
      replacements: [{ oldText: 'const two = 2;', newText: 'const two = 3;\nconst three = 4;' }],
    },
  ],
};

class Photographer {
  readonly #window: EditorWindow;
  readonly #questions: Questions;
  #prefix = '';

  constructor(editor: Editor, window: EditorWindow) {
    this.#window = window;
    this.#questions = new Questions(editor);
  }

  async all(prefix: string): Promise<void> {
    await this.#questions.windows(1);
    this.#prefix = prefix;
    if (prefix === '') {
      await this.#firstSteps();
      await this.#grant();
      await this.#mode();
    }
    await this.#modal();
    await this.#pending();
    await this.#diff();
  }

  async #firstSteps(): Promise<void> {
    const { page } = this.#window;
    await this.#window.command('Welcome: Open Walkthrough...');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Guard your coding agents' }).first().click();
    await page.locator('.getting-started-step', { hasText: 'See a block' }).first().click();
    await sleep(2500);
    await this.#shot('walkthrough');
    await this.#window.command('Agent Policy: Demonstrate a Block');
    await this.#window.modal();
    await sleep(600);
    await this.#dialogShot('demonstration');
    await page.keyboard.press('Escape');
    await this.#window.command('View: Close All Editors');
  }

  async #modal(): Promise<void> {
    const asked = this.#questions.decide(lease, 'pictures');
    await this.#window.modal();
    await sleep(900);
    await this.#dialogShot('question');
    await this.#window.clickModal('Deny');
    await asked;
  }

  async #pending(): Promise<void> {
    const { page } = this.#window;
    await this.#window.command('View: Show Agent Policy');
    const asked = [
      this.#questions.ask('npm run release', { agent: 'Codex' }),
      this.#questions.ask('npm publish --dry-run'),
      this.#questions.ask('terraform plan', { risk: 'low' }),
    ];
    await page.locator('.pane-body .monaco-list-row').nth(2).waitFor();
    await page.locator('.notification-toast').first().waitFor();
    await sleep(600);
    await this.#shot('waiting');
    await this.#window.command('Agent Policy: Deny All Pending Requests');
    await Promise.all(asked);
    await this.#window.command('Notifications: Clear All Notifications');
    await this.#window.command('View: Show Explorer');
  }

  async #diff(): Promise<void> {
    const { page } = this.#window;
    const asked = this.#questions.ask('', edit);
    await this.#window.clickModal('Review Changes');
    await until(async () => /three/.test(await page.locator('.monaco-diff-editor').first().innerText()), 10_000);
    await page.locator('.editor-actions a[aria-label^="Deny"]').first().waitFor();
    await sleep(600);
    await this.#shot('changes');
    await page.locator('.editor-actions a[aria-label^="Deny"]').first().click();
    await asked;
  }

  async #grant(): Promise<void> {
    const { page } = this.#window;
    const row = (name: string) => page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    const asked = this.#questions.decide(lease, 'pictures');
    await this.#window.clickModal('Allow…');
    await row('in this project').waitFor();
    await sleep(500);
    await this.#shot('allow-for', { x: 240, y: 0, width: 800, height: 330 });
    await row('in this project').click();
    await row('For one hour').click();
    await this.#window.modal();
    await sleep(600);
    await this.#dialogShot('allow-rule');
    await this.#window.clickModal('Do Not Keep');
    await this.#window.clickModal('Deny');
    await asked;
  }

  async #mode(): Promise<void> {
    const { page } = this.#window;
    await this.#window.status.click();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Shadow' }).first().waitFor();
    await sleep(500);
    await this.#shot('modes', { x: 240, y: 0, width: 800, height: 330 });
    await page.keyboard.press('Escape');
  }

  /** The dialog with a little around it. */
  async #dialogShot(name: string): Promise<void> {
    const box = await this.#window.dialog.boundingBox();
    if (box === null) throw new Error('there is no dialog');
    await this.#shot(name, { x: box.x - 24, y: box.y - 24, width: box.width + 48, height: box.height + 48 });
  }

  async #shot(name: string, clip?: Part): Promise<void> {
    const path = join(folder, `${this.#prefix}${name}.png`);
    await this.#window.page.screenshot(clip ? { path, clip } : { path });
    // Half the size, where the machine has the program for it.
    spawnSync('pngquant', ['--force', '--skip-if-larger', '--ext', '.png', '--quality', '60-90', path]);
    console.log(path);
  }
}

mkdirSync(folder, { recursive: true });
const scope = newScope('pictures');
new GuardedProject(scope);
const editor = await startEditor(scope, { vsix: [vsixFile()], chat: false });
try {
  for (const [prefix, theme] of Object.entries(themes)) {
    // A window reads its theme when it opens.
    const file = join(editor.data, 'User', 'settings.json');
    const settings: object = JSON.parse(readFileSync(file, 'utf8'));
    const look = { 'workbench.colorTheme': theme, 'workbench.secondarySideBar.defaultVisibility': 'hidden' };
    writeFileSync(file, JSON.stringify({ ...settings, ...look }));
    const window = await editor.open({ size: { width: 1120, height: 700 } });
    await window.ready();
    await new Photographer(editor, window).all(prefix);
    // The window goes at once, and not when the editor has waited for it to come back.
    await window.page.goto('about:blank');
    await new Questions(editor).windows(0);
    await window.close();
  }
} finally {
  await editor.close();
}
