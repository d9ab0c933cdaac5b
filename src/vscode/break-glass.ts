import { userInfo } from 'node:os';
import { type MessageItem, type QuickPickItem, window, workspace } from 'vscode';
import { type BreakGlassUse, breakGlassUses } from '../audit/break-glass-uses.ts';
import type { Person } from '../audit/person-event.ts';
import { auditLog } from '../audit/place.ts';
import { queryLog } from '../audit/query.ts';
import type { Directories } from '../platform/directories.ts';
import { visibleLine } from '../present/visible-text.ts';
import { type BreakGlass, longestBreakGlass, readBreakGlass } from '../session/break-glass.ts';
import { breakGlassNow, breakGlassProblem, endBreakGlassNow, longestReason } from '../session/start-break-glass.ts';
import type { GuardedDialog } from './guarded-dialog.ts';
import type { ReviewDocuments } from './review-documents.ts';
import { t } from './translate.ts';

interface ScopeItem extends QuickPickItem {
  readonly scope: BreakGlass['scope'];
  readonly workspace: string;
}

interface Button extends MessageItem {
  readonly does: 'break' | 'not-now';
}

/** Suspends the policy for a short time, after a reason, a time and a dialog that no command can answer. Offers to end what is in force. */
export async function breakGlass(directories: Directories, dialog: GuardedDialog, onChange: () => void): Promise<void> {
  const inForce = readBreakGlass(directories, Date.now());
  if (inForce !== undefined) {
    const end = t('End It Now');
    if ((await window.showWarningMessage(t('The glass is broken already.'), end)) === end) endGlass(directories, onChange);
    return;
  }
  const title = t('Break the glass');
  const scope = await pickScope(title);
  if (scope === undefined) return;
  const reason = await window.showInputBox({
    title,
    prompt: t('Why? This is recorded with everything that runs because of it.'),
    ignoreFocusOut: true,
    validateInput: (typed) => {
      const problem = breakGlassProblem({ reason: typed, minutes: 1 });
      return problem === undefined ? undefined : problem === 'no-reason' ? t('Write why.') : t('At most {0} characters.', longestReason);
    },
  });
  if (reason === undefined) return;
  const minutes = await window.showInputBox({
    title,
    prompt: t('For how many minutes, from 1 to {0}?', longestBreakGlass),
    value: '15',
    ignoreFocusOut: true,
    validateInput: (typed) =>
      breakGlassProblem({ reason, minutes: Number(typed) }) === undefined && /^\d+$/.test(typed.trim())
        ? undefined
        : t('A whole number from 1 to {0}.', longestBreakGlass),
  });
  if (minutes === undefined) return;
  const wanted = { reason, minutes: Number(minutes), scope: scope.scope, workspace: scope.workspace };
  if (breakGlassProblem(wanted) !== undefined || !(await isConfirmed(dialog, scope, wanted.minutes, reason))) return;
  try {
    breakGlassNow(directories, person(), wanted, Date.now());
  } catch (error) {
    void window.showErrorMessage(t('The glass was not broken: {0}', error instanceof Error ? error.message : String(error)));
  }
  onChange();
}

/** Ends it before its time, which anybody may. */
export function endGlass(directories: Directories, onChange: () => void): void {
  const ended = endBreakGlassNow(directories, person(), Date.now());
  void window.showInformationMessage(ended === undefined ? t('The glass is not broken.') : t('Ended: the policy holds again.'));
  onChange();
}

const mostRecords = 200_000;

/** Opens a document that says what ran while the glass was broken. */
export async function reviewGlass(directories: Directories, documents: ReviewDocuments): Promise<void> {
  const uses = breakGlassUses(queryLog(auditLog(directories).directory, {}, mostRecords));
  const text = uses.length === 0 ? t('The glass was never broken, as far as the audit log goes back.') : uses.map(useText).join('\n');
  const uri = documents.add('break-glass.txt', `${text}\n`);
  await window.showTextDocument(await workspace.openTextDocument(uri));
}

function useText({ who, reason, scope, since, until, ended, calls }: BreakGlassUse): string {
  const lines = [
    ended === undefined
      ? t('{0} to {1}, by {2}, for {3}', since, until, who, scope)
      : t('{0} to {1} (ended early), by {2}, for {3}', since, ended, who, scope),
    `  ${t('Why: {0}', reason)}`,
    `  ${calls.length === 0 ? t('Nothing ran that the policy would have stopped.') : t('What ran that the policy would have stopped: {0}', calls.length)}`,
    ...calls.map(
      ({ timestamp, agent, native_tool, input, verdict, rule, cwd }) =>
        `    ${[timestamp, verdict, rule, agent, native_tool, JSON.stringify(input), cwd].filter((part) => part !== '').join('  ')}`,
    ),
  ];
  return lines.map((line) => `${visibleLine(line)}\n`).join('');
}

async function pickScope(title: string): Promise<ScopeItem | undefined> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const items: readonly ScopeItem[] = [
    ...folders.map(({ name, uri }) => ({
      label: t('Agents that work in {0}', visibleLine(name)),
      description: visibleLine(uri.fsPath),
      scope: 'workspace' as const,
      workspace: uri.fsPath,
    })),
    { label: t('All agents on this machine'), scope: 'everything', workspace: '' },
  ];
  return window.showQuickPick(items, { title, placeHolder: t('For whom is the policy suspended?'), ignoreFocusOut: true });
}

async function isConfirmed(
  dialog: GuardedDialog,
  { scope, workspace: folder }: ScopeItem,
  minutes: number,
  reason: string,
): Promise<boolean> {
  const choice = await dialog.ask<Button>(
    () => ({
      message: t('Let what the policy stops run for {0} minutes?', minutes),
      detail: [
        scope === 'everything' ? t('For all agents on this machine.') : t('For agents that work in {0}.', visibleLine(folder)),
        t('Why: {0}', visibleLine(reason)),
        t('What protects the guard itself still holds, and so does the lock. Everything is recorded.'),
      ].join('\n'),
      buttons: [
        { title: t('Not Now'), does: 'not-now' },
        { title: t('Break the Glass'), does: 'break' },
      ],
    }),
    () => false,
  );
  return choice?.does === 'break';
}

function person(): Person {
  return { user: userInfo().username, by: 'window' };
}
