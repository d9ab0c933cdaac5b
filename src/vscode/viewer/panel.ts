import { randomBytes } from 'node:crypto';
import { commands, env, ThemeIcon, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { openAuditIndex } from '../../audit/viewer-client.ts';
import { DisposableStore } from '../disposable-store.ts';
import { t } from '../translate.ts';
import { exportLog } from './export-log.ts';
import { pageHtml } from './page-html.ts';
import { ViewerSession } from './session.ts';
import { viewerWords } from './words.ts';

/** A new panel beside the editors. */
export function createPanel(viewType: string): WebviewPanel {
  return window.createWebviewPanel(viewType, t('Audit Log'), { viewColumn: ViewColumn.Active });
}

/** Fills a panel, also one of an earlier window, with the viewer of the log in a directory; returns what must end with the panel. */
export function fillPanel(panel: WebviewPanel, extensionUri: Uri, logDirectory: string): DisposableStore {
  const store = new DisposableStore();
  const { webview } = panel;
  const pages = Uri.joinPath(extensionUri, 'dist', 'webview');
  const styles = Uri.joinPath(extensionUri, 'media', 'viewer');
  webview.options = { enableScripts: true, localResourceRoots: [pages, styles] };
  panel.iconPath = new ThemeIcon('shield');
  const session = store.add(
    new ViewerSession({
      t,
      post: (message) => {
        // A hidden page is not there: it asks for everything when it comes back.
        if (panel.visible) void webview.postMessage(message);
      },
      openIndex: () => openAuditIndex(logDirectory),
      exportFrom: exportLog,
      copy: (text) => void env.clipboard.writeText(text),
      openRule: (rule) => void commands.executeCommand('agentPolicy.goToRule', rule),
      tryCommand: (command) => void commands.executeCommand('agentPolicy.checkCommand', command),
      showProtection: () => void commands.executeCommand('agentPolicy.showProtection'),
    }),
  );
  store.add(webview.onDidReceiveMessage((message: unknown) => void session.take(message)));
  const address = (folder: Uri, name: string) => webview.asWebviewUri(Uri.joinPath(folder, name)).toString();
  webview.html = pageHtml({
    source: webview.cspSource,
    script: address(pages, 'viewer.js'),
    style: address(styles, 'viewer.css'),
    icons: address(pages, 'codicon.css'),
    nonce: randomBytes(16).toString('hex'),
    language: env.language,
    words: viewerWords(t),
  });
  return store;
}
