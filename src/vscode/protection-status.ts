import { commands, type QuickPickItem, window } from 'vscode';
import type { Mode } from '../session/mode.ts';
import type { DecisionCounts } from './decision-counts.ts';
import { modeWords } from './mode-words.ts';
import type { ProtectionProblem } from './protection.ts';
import { repairSetting } from './protection-watch.ts';
import { t } from './translate.ts';

/** Something that is right or wrong about the guard of this machine. */
export interface StatusLine {
  readonly ok: boolean;
  readonly label: string;
  readonly detail?: string;
}

/** What the status is about. */
export interface ProtectionFacts {
  readonly mode: Mode;
  readonly problems: readonly ProtectionProblem[];
  readonly counts: DecisionCounts;
  /** What other agents on this machine say; asked for when shown. */
  readonly agents: () => Promise<readonly StatusLine[]>;
}

interface StatusItem extends QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

/** Shows what guards and what does not; choosing a problem repairs it where that is possible. */
export async function showProtection(facts: ProtectionFacts): Promise<void> {
  const items = async (): Promise<readonly StatusItem[]> => [
    ...own(facts),
    ...(await facts.agents()).map((line) => ({
      label: `${icon(line.ok)} ${line.label}`,
      ...(line.detail === undefined ? {} : { detail: line.detail }),
    })),
  ];
  const picked = await window.showQuickPick(items(), {
    title: t('Agent Policy: protection status'),
    placeHolder: t('Choose a line to repair it or to read more'),
    matchOnDetail: true,
  });
  await picked?.run?.();
}

function own(facts: ProtectionFacts): readonly StatusItem[] {
  const { counts } = facts;
  const words = modeWords(facts.mode, t);
  const problems = facts.problems.map(problemItem);
  return [
    ...(problems.length > 0
      ? problems
      : [{ label: `${icon(true)} ${t('VS Code runs the guard’s hook before every tool call of its agents')}` }]),
    {
      label: `${icon(!words.weaker)} ${t('Mode: {0}', words.label)}`,
      detail: words.detail,
      run: () => commands.executeCommand('agentPolicy.changeMode'),
    },
    {
      label: `$(output) ${t('In this window: {0} approved, {1} denied, {2} asked', counts.approved, counts.denied, counts.asked)}`,
      run: () => commands.executeCommand('agentPolicy.openViewer'),
    },
  ];
}

function problemItem(problem: ProtectionProblem): StatusItem {
  const { setting } = problem;
  return {
    label: `${icon(false)} ${problem.message}`,
    detail: setting ? t('Choose this line to put the setting right.') : t('Choose this line to manage the trust of this folder.'),
    run: () => (setting ? repairSetting(setting) : commands.executeCommand('workbench.trust.manage')),
  };
}

function icon(ok: boolean): string {
  return ok ? '$(pass)' : '$(warning)';
}
