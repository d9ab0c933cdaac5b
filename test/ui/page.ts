// The viewer's page in a browser without an editor around it: the host's own code answers it, the editor's part is played here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { AuditIndex, ToView } from '../../src/model/viewer.ts';
import { english } from '../../src/present/translate.ts';
import { pageHtml } from '../../src/vscode/viewer/page-html.ts';
import { ViewerSession } from '../../src/vscode/viewer/session.ts';
import { viewerWords } from '../../src/vscode/viewer/words.ts';
import { installEditor } from '../support/vscode/install.ts';

const root = join(import.meta.dirname, '..', '..');
const origin = 'https://viewer.test';
const files: Readonly<Record<string, readonly [path: string, type: string]>> = {
  '/viewer.js': ['dist/webview/viewer.js', 'text/javascript'],
  '/codicon.css': ['dist/webview/codicon.css', 'text/css'],
  '/codicon.ttf': ['dist/webview/codicon.ttf', 'font/ttf'],
  '/viewer.css': ['media/viewer/viewer.css', 'text/css'],
};

/** What the page asked of the editor, as words. */
export type Asked = readonly [what: string, detail: string];

export interface StandalonePage {
  readonly page: Page;
  readonly asked: readonly Asked[];
  /** What the browser complained about: policy violations, errors. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export function launch(): Promise<Browser> {
  const { chromium: executablePath } = installEditor((line) => console.log(line));
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** Opens the page over an index. */
export async function openPage(browser: Browser, index: AuditIndex, theme: string, state?: unknown): Promise<StandalonePage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const asked: Asked[] = [];
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const post = (message: ToView): void => {
    void page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`).catch(() => undefined);
  };
  const session = new ViewerSession({
    t: english,
    post,
    openIndex: () => index,
    exportFrom: async (_, format) => {
      asked.push(['export', format]);
    },
    copy: (text) => asked.push(['copy', text]),
    openRule: ({ rule, layer }) => asked.push(['rule', `${layer}: ${rule}`]),
    tryCommand: (command) => asked.push(['try', command]),
    showProtection: () => asked.push(['protection', '']),
  });
  await page.exposeFunction('toHost', (message: unknown) => session.take(message));
  await page.addInitScript(`
    let state = ${JSON.stringify(state) ?? 'undefined'};
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => void window.toHost(message),
      getState: () => state,
      setState: (next) => { state = next; window.keptState = next; },
    });
  `);
  const words = viewerWords(english);
  const html = pageHtml({
    source: origin,
    script: '/viewer.js',
    style: '/viewer.css',
    icons: '/codicon.css',
    nonce: 'n0nce',
    language: 'en',
    words,
  });
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = files[pathname];
    if (pathname === '/') await route.fulfill({ body: html.replace('<body>', `<body class="${theme}">`), contentType: 'text/html' });
    else if (file) await route.fulfill({ body: readFileSync(join(root, file[0])), contentType: file[1] });
    else await route.fulfill({ status: 404 });
  });
  await page.goto(`${origin}/`);
  return {
    page,
    asked,
    complaints,
    close: async () => {
      session.dispose();
      await page.close();
    },
  };
}
