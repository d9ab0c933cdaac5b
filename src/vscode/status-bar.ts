import { MarkdownString, StatusBarAlignment, ThemeColor, window, workspace } from 'vscode';
import { remaining } from '../present/remaining.ts';
import { visibleLine } from '../present/visible-text.ts';
import type { BreakGlass } from '../session/break-glass.ts';
import type { Mode } from '../session/mode.ts';
import type { DecisionCounts } from './decision-counts.ts';
import { DisposableStore } from './disposable-store.ts';
import { plain } from './markdown.ts';
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
  /** A stricter mode that the policy of an open folder states. */
  readonly policyMode?: Mode | undefined;
  /** Whether the policy of an open folder would loosen something, and waits for a person's approval. */
  readonly isUnapproved?: boolean;
  readonly counts: DecisionCounts;
}

/** The one item in the status bar: mode, what waits, and whether agents are guarded at all. */
export class StatusBar {
  readonly #store = new DisposableStore();
  readonly #item = this.#store.add(window.createStatusBarItem('agentPolicy.mode', StatusBarAlignment.Left, 50));
  readonly #facts: () => StatusFacts;
  #clock: NodeJS.Timeout | undefined;

  constructor(facts: () => StatusFacts) {
    this.#facts = facts;
    this.#store.add({ dispose: () => clearTimeout(this.#clock) });
    this.#item.name = t('Agent Policy');
    this.#item.command = 'agentPolicy.changeMode';
    this.update();
    this.#item.show();
  }

  update(): void {
    const facts = this.#facts();
    const mode = facts.policyMode ?? facts.mode;
    const words = modeWords(mode, t);
    const isOff = facts.problems.some((problem) => problem.severity === 'off');
    const isLocked = mode === 'locked';
    const glass = isLocked ? undefined : facts.breakGlass;
    const state = isOff ? t('UNPROTECTED') : glass ? t('Break-glass: {0} min left', minutesTo(glass.until)) : words.label;
    const showCounts = workspace.getConfiguration('agentPolicy').get<boolean>('statusBar.showCounts') === true && facts.counts.denied > 0;
    const left = facts.deadline === undefined ? '' : remaining(facts.deadline, Date.now());
    const extra =
      facts.waiting > 0
        ? t('{0} waiting, {1}', facts.waiting, left)
        : facts.isUnapproved === true
          ? t('policy to review')
          : showCounts
            ? t('{0} denied', facts.counts.denied)
            : '';
    this.#item.text = `$(${isLocked ? 'lock' : 'shield'}) ${extra === '' ? state : `${state} · ${extra}`}`;
    this.#item.command = commandOf(facts, isOff, glass !== undefined);
    // Colour is never the only sign: the words say it, too.
    this.#item.backgroundColor = isLocked
      ? new ThemeColor('statusBarItem.errorBackground')
      : isOff || glass || words.weaker
        ? new ThemeColor('statusBarItem.warningBackground')
        : undefined;
    this.#item.tooltip = tooltip(facts, words.label, words.detail);
    this.#item.accessibilityInformation = {
      label: isOff
        ? t('Agent Policy: agents are unprotected. {0}', facts.problems[0]?.message ?? '')
        : facts.waiting > 0
          ? t('Agent Policy: {0} actions of agents wait for you.', facts.waiting)
          : t('Agent Policy: {0}. {1}', state, glass ? glassDetail(glass) : words.detail),
    };
    clearTimeout(this.#clock);
    // The minutes that are left are shown, and nothing else tells that one has passed.
    if (glass) this.#clock = setTimeout(() => this.update(), 30_000);
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }
}

function commandOf({ waiting, isUnapproved }: StatusFacts, isOff: boolean, isBroken: boolean): string {
  if (isOff) return 'agentPolicy.showProtection';
  if (waiting > 0) return 'agentPolicy.reviewNext';
  if (isBroken) return 'agentPolicy.endBreakGlass';
  return isUnapproved === true ? 'agentPolicy.reviewTrust' : 'agentPolicy.changeMode';
}

const linked = {
  showAuditLog: (): string => t('Audit log'),
  showProtection: (): string => t('Protection'),
  openPolicy: (): string => t('Policy'),
  reviewBreakGlass: (): string => t('Break-glass review'),
} as const;

function tooltip(facts: StatusFacts, label: string, detail: string): MarkdownString {
  const { approved, denied, asked } = facts.counts;
  const links: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(linked).map(([name, title]) => [name, title()]));
  const sentences = [
    `**Agent Policy** — ${plain(`${label}. ${detail}`)}`,
    ...(facts.policyMode === undefined || facts.policyMode === facts.mode ? [] : [plain(t('The policy of this folder states this mode.'))]),
    ...(facts.breakGlass
      ? [`$(warning) ${plain(glassDetail(facts.breakGlass))} [${t('End it now')}](command:agentPolicy.endBreakGlass)`]
      : []),
    ...(facts.isUnapproved === true
      ? [
          `$(warning) ${plain(t('The policy of this folder would loosen rules, which has no effect until you have approved it.'))} [${t('Review')}](command:agentPolicy.reviewTrust)`,
        ]
      : []),
    ...facts.problems.map(({ message }) => `$(warning) ${plain(message)}`),
    plain(t('In this window: {0} approved, {1} denied, {2} asked', approved, denied, asked)),
    Object.entries(links)
      .map(([name, title]) => `[${title}](command:agentPolicy.${name})`)
      .join(' · '),
  ];
  const text = new MarkdownString(sentences.join('\n\n'), true);
  text.isTrusted = {
    enabledCommands: [...Object.keys(links), 'endBreakGlass', 'reviewTrust', 'changeMode', 'reviewNext'].map(
      (name) => `agentPolicy.${name}`,
    ),
  };
  return text;
}

function minutesTo(until: number): number {
  return Math.max(1, Math.ceil((until - Date.now()) / 60_000));
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
