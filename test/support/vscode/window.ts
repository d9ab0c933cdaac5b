// One window of the editor in headless Chromium, and what a person does in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { type Editor, modelName } from './editor.ts';
import { sleep, until } from './wait.ts';

export interface WindowOptions {
  /** Key and value pairs for the workbench, such as the extension to develop. */
  readonly payload?: readonly (readonly [string, string])[];
  readonly prepare?: (page: Page) => Promise<void>;
  /** The folder to open; the editor's own unless given. */
  readonly folder?: string;
  readonly size?: { readonly width: number; readonly height: number };
}

/** What became of a prompt to agent mode. */
export interface ChatReport {
  readonly finished: boolean;
  /** What the model was told of each call, in order. */
  readonly results: readonly string[];
  /** Everything that the chat shows. */
  readonly text: string;
}

export class EditorWindow {
  readonly page: Page;
  readonly #editor: Editor;
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(editor: Editor, context: BrowserContext, page: Page, profile: string) {
    this.#editor = editor;
    this.#context = context;
    this.#profile = profile;
    this.page = page;
  }

  static async open(editor: Editor, executable: string, options: WindowOptions): Promise<EditorWindow> {
    const profile = mkdtempSync(editor.scope.path('profile-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: executable,
      headless: true,
      viewport: options.size ?? { width: 1280, height: 800 },
      env: { ...process.env, ...editor.scope.env } as Record<string, string>,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const window = new EditorWindow(editor, context, page, profile);
    try {
      await window.#seed();
      await options.prepare?.(page);
      const query = new URLSearchParams({
        folder: options.folder ?? editor.workspace,
        ...(options.payload ? { payload: JSON.stringify(options.payload) } : {}),
      });
      await page.goto(`${editor.url}/?${query}`);
      await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
      return window;
    } catch (error) {
      await window.close();
      throw error;
    }
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The extension's item in the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id*="agentPolicy.mode"]');
  }

  /** A row of the list from which one chooses. */
  choice(words: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: words }).first();
  }

  /** The box into which one types beside a list, or alone. */
  get input(): Locator {
    return this.page.locator('.quick-input-widget input.input').first();
  }

  /** A row of the view of what waits for an answer. */
  pending(words: string): Locator {
    return this.page.locator('.pane-body .monaco-list-row', { hasText: words }).first();
  }

  toast(words: string): Locator {
    return this.page.locator('.notification-toast', { hasText: words }).first();
  }

  /** Closes all dialogs, once a person could have read each. */
  async dismiss(): Promise<void> {
    await until(async () => {
      if (!(await this.dialog.isVisible())) return true;
      await sleep(700);
      await this.page.keyboard.press('Escape');
      return false;
    }, 10_000);
  }

  /** Waits until the extension is there. */
  async ready(): Promise<void> {
    await this.status.waitFor({ timeout: 60_000 });
  }

  /** Runs a command by its title in the palette, as soon as the palette offers it. */
  async command(title: string): Promise<void> {
    const entry = this.choice(title);
    const isOffered = await until(async () => {
      await this.page.keyboard.press('F1');
      await this.input.waitFor({ timeout: 10_000 });
      await this.input.fill(`>${title}`);
      if (await appears(entry, 2000)) return true;
      await this.page.keyboard.press('Escape');
      return false;
    }, 30_000);
    if (isOffered === undefined) throw new Error(`The palette does not offer "${title}".`);
    // The first entry may be one that is called alike.
    await entry.click();
  }

  /** The text of the modal dialog, once there is one. */
  async modal(ms = 20_000): Promise<string> {
    await this.dialog.waitFor({ timeout: ms });
    return this.dialog.innerText();
  }

  /** Clicks a button of the modal dialog, once a person could have read it, and returns the dialog's text. `ms`: how long the dialog may take to come. */
  async clickModal(button: string, { ms = 20_000 } = {}): Promise<string> {
    const text = await this.modal(ms);
    await sleep(900);
    await this.dialog.getByRole('button', { name: button, exact: true }).first().click();
    return text;
  }

  /** Goes to a button of the modal dialog by the Tab key and presses Enter; returns the dialog's text. */
  async pressModal(button: string): Promise<string> {
    const text = await this.modal();
    await sleep(900);
    const focused = () => this.page.evaluate('document.activeElement?.textContent ?? ""');
    for (let i = 0; i < 12 && (await focused()) !== button; i += 1) await this.page.keyboard.press('Tab');
    if ((await focused()) !== button) throw new Error(`the Tab key does not lead to "${button}"`);
    await this.page.keyboard.press('Enter');
    return text;
  }

  /** From now on, the first `times` dialogs have this button clicked in the moment in which they appear. How often it was clicked until now. */
  async clickAtOnce(button: string, times: number): Promise<() => Promise<number>> {
    await this.page.evaluate(`(${clickDialogs})(${JSON.stringify(button)}, ${times})`);
    return () => this.page.evaluate('globalThis.clickedAtOnce');
  }

  /** The window loses the focus and gets it again, and in the same moment that button of the dialog is clicked, or gets the Enter key. That dialog is marked `data-answered`. */
  async focusWith(button: string, input: 'click' | 'key'): Promise<void> {
    await this.page.evaluate(`(${focusWith})(${JSON.stringify(button)}, ${input === 'key'})`);
  }

  /** Types a prompt that makes the model call these tools, one after the other. Does not wait for the end: see {@link finish}. */
  async prompt(calls: readonly (readonly [tool: string, args: object])[], words = 'Do this:'): Promise<ChatTurn> {
    const session = this.page.locator('.interactive-session').last();
    if (!(await session.isVisible())) await this.command('Chat: Open Chat');
    await this.page.locator('.chat-input-toolbars', { hasText: modelName }).first().waitFor({ timeout: 60_000 });
    await sleep(800);
    const known = new Set(this.#editor.model.results().map((result) => result.id));
    const ends = this.#editor.model.finished();
    // Not by a click: a notification may lie over it.
    await this.page.locator('.interactive-input-part .monaco-editor :is(.native-edit-context, textarea.inputarea)').last().focus();
    await this.page.keyboard.insertText([words, ...calls.map(([tool, args]) => `CALL ${tool} ${JSON.stringify(args)}`), ''].join('\n'));
    await sleep(300);
    await this.page.keyboard.press('Enter');
    return { session, known, ends };
  }

  /** Waits for the end of a turn. */
  async finish(turn: ChatTurn, ms = 90_000): Promise<ChatReport> {
    // What the chat shows is no sign: it holds only the rows that are in sight.
    const finished = await until(() => this.#editor.model.finished() > turn.ends, ms);
    await sleep(1000);
    const results = this.#editor.model
      .results()
      .filter(({ id }) => !turn.known.has(id))
      .map(({ text }) => text);
    return { finished: finished === true, results, text: await turn.session.innerText() };
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }

  /** VS Code switches its built-in chat off until a sign-in, and asks before tools run unasked: both answers are kept in its storage. */
  async #seed(): Promise<void> {
    await this.page.goto(`${this.#editor.url}/healthz`);
    const items = {
      ...(this.#editor.chat ? { builtinChatExtensionEnablementMigration: 'true' } : {}),
      ...(this.#editor.yolo ? { 'chat.tools.global.autoApprove.optIn': 'true' } : {}),
    };
    await this.page.evaluate(`(${seedStorage})(${JSON.stringify(items)})`);
  }
}

/** A prompt that was sent. */
export interface ChatTurn {
  readonly session: Locator;
  readonly known: ReadonlySet<string>;
  readonly ends: number;
}

// Runs in the page, whose types are not those of Node: it is given as text.
const seedStorage = `(items) => new Promise((resolve, reject) => {
  const request = indexedDB.open('vscode-web-state-db-global');
  request.onupgradeneeded = () => request.result.createObjectStore('ItemTable');
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const transaction = request.result.transaction('ItemTable', 'readwrite');
    for (const [key, value] of Object.entries(items)) transaction.objectStore('ItemTable').put(value, key);
    transaction.oncomplete = () => { request.result.close(); resolve(); };
  };
})`;

const clickDialogs = `(name, times) => {
  globalThis.clickedAtOnce = 0;
  const seen = new WeakSet();
  const watch = new MutationObserver(() => {
    for (const button of document.querySelectorAll('.monaco-dialog-box .monaco-button')) {
      const box = button.closest('.monaco-dialog-box');
      if (button.textContent !== name || seen.has(box)) continue;
      seen.add(box);
      globalThis.clickedAtOnce += 1;
      button.click();
      if (globalThis.clickedAtOnce >= times) watch.disconnect();
    }
  });
  watch.observe(document.body, { childList: true, subtree: true });
}`;

// The browser of a test believes its page focused at all times: the page is told otherwise, and told again.
const focusWith = `(name, isKey) => {
  const real = document.hasFocus;
  document.hasFocus = () => false;
  window.dispatchEvent(new FocusEvent('blur'));
  return new Promise((resolve) => setTimeout(() => {
    document.hasFocus = real;
    window.dispatchEvent(new FocusEvent('focus'));
    const buttons = [...document.querySelectorAll('.monaco-dialog-box .monaco-button')];
    const button = buttons.find((one) => one.textContent === name);
    button.closest('.monaco-dialog-box').dataset.answered = 'yes';
    if (isKey) {
      button.focus();
      for (const type of ['keydown', 'keyup'])
        button.dispatchEvent(new KeyboardEvent(type, { key: 'Enter', code: 'Enter', keyCode: 13, which: 13, bubbles: true, cancelable: true }));
    } else button.click();
    resolve();
  }, 300));
}`;

async function appears(locator: Locator, ms: number): Promise<boolean> {
  try {
    await locator.waitFor({ timeout: ms });
    return true;
  } catch {
    return false;
  }
}
