import { userInfo } from 'node:os';
import { basename, dirname } from 'node:path';
import { commands, type MessageItem, type Uri, window, workspace } from 'vscode';
import { approveContent, revokeContent } from '../gateway/approve-content.ts';
import { reviewTrust, type TrustReview } from '../gateway/trust-review.ts';
import type { Directories } from '../platform/directories.ts';
import { looseningLine } from '../policy/loosening.ts';
import { visibleLine, visibleText, withoutLinks } from '../present/visible-text.ts';
import type { GuardedDialog } from './guarded-dialog.ts';
import { policyCompiler } from './policy-compiler.ts';
import type { ReviewDocuments } from './review-documents.ts';
import { t } from './translate.ts';
import { afterText, beforeText } from './trust-text.ts';

/** What a review needs of the window. */
export interface TrustReviewer {
  readonly directories: Directories;
  readonly dialog: GuardedDialog;
  readonly documents: ReviewDocuments;
  /** Called when an approval was given or taken back. */
  readonly onChange: () => void;
}

interface Button extends MessageItem {
  readonly does: 'trust' | 'not-now';
}

/** The review of the policy that holds for a folder; `undefined` where it has none. Throws where the compiler cannot be loaded. */
export function reviewOf(directories: Directories, folder: string): TrustReview | undefined {
  return reviewTrust({ directories, platform: process.platform, workspace: folder, compiler: policyCompiler });
}

/** Reviews the policy of a folder: the one that is named, the one that waits, or the one that the person picks. */
export async function reviewPolicies(folder: string | undefined, reviewer: TrustReviewer): Promise<void> {
  const open = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const named = open.find(({ uri }) => uri.fsPath === folder);
  const waiting = open.filter(({ uri }) => reviewOf(reviewer.directories, uri.fsPath)?.trusted === false);
  const only = waiting.length === 1 ? waiting[0] : open.length === 1 ? open[0] : undefined;
  const chosen = named ?? only ?? (await window.showWorkspaceFolderPick({ placeHolder: t('Folder whose policy is meant') }));
  if (chosen !== undefined) await reviewFolder(chosen.uri.fsPath, reviewer);
}

/**
 * Shows exactly what a folder's policy would loosen, and approves it only after a second click, in a dialog that no command can answer, of
 * the very content that was shown.
 */
async function reviewFolder(folder: string, reviewer: TrustReviewer): Promise<void> {
  if (!workspace.isTrusted) {
    void window.showWarningMessage(t('This folder is not trusted in VS Code: its policy can only make the rules stricter.'));
    return;
  }
  for (;;) {
    const review = reviewOf(reviewer.directories, folder);
    if (review === undefined || !isReviewable(review, reviewer)) {
      if (review === undefined) void window.showInformationMessage(t('No policy of a project holds here.'));
      return;
    }
    const shown = await show(review, reviewer.documents);
    const isWanted = await isRead(review);
    const isMeant = isWanted && (await isConfirmed(review, reviewer.dialog));
    await close(shown, reviewer.documents);
    if (!isMeant) return;
    const now = reviewOf(reviewer.directories, folder);
    if (now?.pin === review.pin && now.file === review.file) {
      approve(review, reviewer);
      return;
    }
    const again = t('Review Again');
    const answer = await window.showWarningMessage(t('The policy has changed since it was shown to you. Nothing was approved.'), again);
    if (answer !== again) return;
  }
}

/** Whether there is something to approve; says why not. */
function isReviewable(review: TrustReview, reviewer: TrustReviewer): boolean {
  const error = review.problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    void window.showErrorMessage(withoutLinks(t('A policy with an error cannot be approved: {0}', visibleLine(error.message))));
    return false;
  }
  if (review.trusted) {
    void offerRevoke(review, reviewer);
    return false;
  }
  if (review.loosens.length === 0) void window.showInformationMessage(t('This policy loosens nothing, so there is nothing to approve.'));
  return review.loosens.length > 0;
}

async function offerRevoke(review: TrustReview, { directories, onChange }: TrustReviewer): Promise<void> {
  const takeBack = t('Take Approval Back');
  const answer = await window.showInformationMessage(t('You have approved this policy as it is now.'), takeBack);
  if (answer !== takeBack) return;
  revokeContent(directories, { user: userInfo().username, by: 'window' }, review);
  onChange();
}

async function show(review: TrustReview, documents: ReviewDocuments): Promise<readonly Uri[]> {
  const before = documents.add('now/rules.yaml', visibleText(beforeText(review, t)));
  const after = documents.add('approved/rules.yaml', visibleText(afterText(review, t)));
  const title = t('What approving {0} changes (now ↔ approved)', visibleLine(basename(dirname(review.file))));
  await commands.executeCommand('vscode.diff', before, after, title, { preview: false });
  return [before, after];
}

async function close(shown: readonly Uri[], documents: ReviewDocuments): Promise<void> {
  const keys = new Set(shown.map(String));
  const tabs = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => typeof input === 'object' && input !== null && 'modified' in input && keys.has(String(input.modified)));
  await window.tabGroups.close(tabs, true);
  for (const uri of shown) documents.remove(uri);
}

/** The first click: the person has read, and wants to decide. */
async function isRead(review: TrustReview): Promise<boolean> {
  const trust = t('Trust…');
  const message = t('Read what {0} would loosen, then decide.', visibleLine(basename(dirname(review.file))));
  return (await window.showInformationMessage(withoutLinks(message), trust, t('Not Now'))) === trust;
}

const mostLines = 8;

/** The second click. Notifications can be answered by commands, a dialog cannot. */
async function isConfirmed({ file, loosens }: TrustReview, dialog: GuardedDialog): Promise<boolean> {
  const lines = [...new Set(loosens.map(looseningLine))].map((line) => visibleLine(line).slice(0, 160));
  const more = lines.length > mostLines ? [t('… and {0} more', lines.length - mostLines)] : [];
  const choice = await dialog.ask<Button>(
    () => ({
      message: t('Trust this policy, so that it may loosen the rules for all agents that work in this folder?'),
      detail: [
        visibleLine(file),
        '',
        ...lines.slice(0, mostLines),
        ...more,
        '',
        t('This holds for exactly this content. The first edit ends it.'),
      ].join('\n'),
      buttons: [
        { title: t('Not Now'), does: 'not-now' },
        { title: t('Trust'), does: 'trust' },
      ],
    }),
    () => false,
  );
  return choice?.does === 'trust';
}

function approve(review: TrustReview, { directories, onChange }: TrustReviewer): void {
  try {
    approveContent(directories, { user: userInfo().username, by: 'window' }, review, Date.now());
    void window.showInformationMessage(t('Approved. It holds from the next call of any agent.'));
  } catch (error) {
    void window.showErrorMessage(t('Nothing was approved: {0}', error instanceof Error ? error.message : String(error)));
  }
  onChange();
}
