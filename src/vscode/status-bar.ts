import { MarkdownString, StatusBarAlignment, ThemeColor, window, workspace } from 'vscode';
import { remaining } from '../present/remaining.ts';
import { visibleLine } from '../present/visible-text.ts';
import type { BreakGlass } from '../session/break-glass.ts';
import type { Mode } from '../session/mode.ts';
import type { DecisionCounts } from './decision-counts.ts';
import { DisposableStore } from './disposable-store.ts';
import { modeWords } from './mode-words.ts';
import type { ProtectionProblem } from './protection.ts';
import { t } from './translate.ts';

/** Everything that the status bar shows. */
export interface StatusFacts {
  /** Absent where it cannot be read: the hook then enforces. */
  readonly mode: Mode;
  readonly waiting: number;
  /** When the first of what waits is denied for want of an answer, in milliseconds since 1970. */
  readonly deadline?: number | undefined;
  readonly problems: readonly ProtectionProblem[];
  /** The break-glass that covers a folder of this window. */
  readonly breakGlass?: BreakGlass | undefined;
  readonly counts: DecisionCounts;
}

/** The one item in the status bar: mode, what waits, and whether agents are guarded at all. */
export class StatusBar {
  readonly #store = new DisposableStore();
  readonly #item = this.#store.add(window.createStatusBarItem('agentPolicy.mode', StatusBarAlignment.Left, 50));
  readonly #facts: () => StatusFacts;

  constructor(facts: () => StatusFacts) {
    this.#facts = facts;
    this.#item.name = t('Agent Policy');
    this.#item.command = 'agentPolicy.changeMode';
    this.update();
    this.#item.show();
  }

  update(): void {
    const facts = this.#facts();
    const words = modeWords(facts.mode, t);
    const isOff = facts.problems.some((problem) => problem.severity === 'off');
    const glass = facts.breakGlass;
    const state = isOff ? t('UNPROTECTED') : glass ? t('Break-glass until {0}', time(glass.until)) : words.label;
    const showCounts = workspace.getConfiguration('agentPolicy').get<boolean>('statusBar.showCounts') === true && facts.counts.denied > 0;
    const left = facts.deadline === undefined ? '' : remaining(facts.deadline, Date.now());
    const extra = facts.waiting > 0 ? t('{0} waiting, {1}', facts.waiting, left) : showCounts ? t('{0} denied', facts.counts.denied) : '';
    this.#item.text = `$(shield) ${extra === '' ? state : `${state} · ${extra}`}`;
    this.#item.command = isOff ? 'agentPolicy.showProtection' : facts.waiting > 0 ? 'agentPolicy.reviewNext' : 'agentPolicy.changeMode';
    // Colour is never the only sign: the words say it, too.
    this.#item.backgroundColor = isOff || glass || words.weaker ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.tooltip = tooltip(facts, words.label, words.detail);
    this.#item.accessibilityInformation = {
      label: isOff
        ? t('Agent Policy: agents are unprotected. {0}', facts.problems[0]?.message ?? '')
        : facts.waiting > 0
          ? t('Agent Policy: {0} actions of agents wait for you.', facts.waiting)
          : t('Agent Policy: {0}. {1}', state, glass ? glassDetail(glass) : words.detail),
    };
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }
}

function tooltip(facts: StatusFacts, label: string, detail: string): MarkdownString {
  const text = new MarkdownString('', true);
  text.isTrusted = {
    enabledCommands: ['agentPolicy.openViewer', 'agentPolicy.showProtection', 'agentPolicy.changeMode', 'agentPolicy.reviewNext'],
  };
  text.appendMarkdown('**Agent Policy** — ').appendText(`${label}. ${detail}`).appendMarkdown('\n\n');
  if (facts.breakGlass) text.appendMarkdown('$(warning) ').appendText(glassDetail(facts.breakGlass)).appendMarkdown('\n\n');
  for (const problem of facts.problems) text.appendMarkdown('$(warning) ').appendText(visibleLine(problem.message)).appendMarkdown('\n\n');
  const { approved, denied, asked } = facts.counts;
  text.appendText(t('In this window: {0} approved, {1} denied, {2} asked', approved, denied, asked)).appendMarkdown('\n\n');
  text.appendMarkdown(`[${t('Audit log')}](command:agentPolicy.openViewer) · [${t('Protection')}](command:agentPolicy.showProtection)`);
  return text;
}

function glassDetail({ who, reason, until }: BreakGlass): string {
  return t(
    'Break-glass: until {0} what the policy stops runs, on record. {1} says: {2}',
    time(until),
    visibleLine(who).slice(0, 80),
    visibleLine(reason).slice(0, 200),
  );
}

/** Hours and minutes as the person writes them. `ms`: since 1970. */
function time(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}
