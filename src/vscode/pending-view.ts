import { EventEmitter, MarkdownString, ThemeIcon, type TreeDataProvider, TreeItem, window } from 'vscode';
import type { PendingItem } from '../approval/queue.ts';
import { message, riskName, subjectOf } from '../present/question.ts';
import { remaining } from '../present/remaining.ts';
import { visibleLine, visibleText } from '../present/visible-text.ts';
import { DisposableStore } from './disposable-store.ts';
import { t } from './translate.ts';

/** The view of what waits for an answer, with a badge and the time that is left. It only leads to the dialog: nothing is allowed from here. */
export class PendingView implements TreeDataProvider<PendingItem> {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<undefined>());
  readonly #items: () => readonly PendingItem[];
  readonly #view;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(items: () => readonly PendingItem[]) {
    this.#items = items;
    this.#view = this.#store.add(window.createTreeView('agentPolicy.pending', { treeDataProvider: this, showCollapseAll: false }));
  }

  /** Shows what waits now. */
  update(): void {
    const { length } = this.#items();
    this.#view.badge = length === 0 ? undefined : { value: length, tooltip: t('{0} actions of agents wait for you', length) };
    this.#changed.fire(undefined);
  }

  getChildren(item?: PendingItem): PendingItem[] {
    return item === undefined ? [...this.#items()] : [];
  }

  getTreeItem(item: PendingItem): TreeItem {
    const { request, deadline, waiting } = item;
    const sentence = message(request, t);
    const left = remaining(deadline, Date.now());
    // The time first: a narrow view cuts the end.
    const node = new TreeItem(`${left}  ${clip(visibleLine(subjectOf(request) || request.nativeTool))}`);
    node.id = String(item.id);
    node.description = waiting > 1 ? t('{0} · {1} identical', visibleLine(request.agent), waiting) : visibleLine(request.agent);
    node.iconPath = new ThemeIcon(request.risk === 'critical' ? 'error' : request.risk === 'high' ? 'warning' : 'question');
    node.contextValue = 'pending';
    node.tooltip = tooltipOf(item);
    node.accessibilityInformation = { label: t('{0} Risk: {1}. Denied in {2} unless you answer.', sentence, riskName(request, t), left) };
    node.command = { command: 'agentPolicy.pending.review', title: t('Review'), arguments: [item] };
    return node;
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }
}

function tooltipOf({ request }: PendingItem): MarkdownString {
  const text = new MarkdownString();
  const first = request.actions[0];
  if (first?.kind === 'bash') text.appendCodeblock(visibleText(first.command).slice(0, 2000), 'shellscript');
  text.appendText(`${visibleLine(request.agent)} · ${visibleLine(request.cwd)}\n\n${visibleLine(request.reason)}`);
  return text;
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
