import { existsSync, mkdirSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { commands, type MessageItem, type QuickPickItem, QuickPickItemKind, type Uri, window } from 'vscode';
import { appendRecord } from '../audit/append.ts';
import { auditLog } from '../audit/place.ts';
import type { ApprovalAnswer } from '../approval/messages.ts';
import type { Pending } from '../approval/queue.ts';
import { type GrantScope, saveGrant } from '../gateway/grants.ts';
import { localDeps } from '../gateway/local.ts';
import { grantOf, type PolicyChange, type Standing, standingFor, userPolicyChange } from '../gateway/standing.ts';
import { writeAtomically } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';
import { randomHex } from '../platform/ids.ts';
import { visibleLine, visibleText, withoutIcons, withoutLinks } from '../present/visible-text.ts';
import type { GuardedDialog } from './guarded-dialog.ts';
import { recordPolicyChange } from './policy-change.ts';
import type { ReviewDocuments } from './review-documents.ts';
import { t } from './translate.ts';

const hour = 60 * 60 * 1000;

interface ScopeItem extends QuickPickItem {
  readonly scope?: 'exact' | GrantScope['kind'];
}

interface EndItem extends QuickPickItem {
  readonly ms: number | undefined;
}

/** Lets a person choose for how long and for what an answer holds, and shows the whole rule before it is kept. */
export class AllowPicker {
  readonly #directories: Directories;
  readonly #dialog: GuardedDialog;
  readonly #documents: ReviewDocuments;

  constructor(directories: Directories, dialog: GuardedDialog, documents: ReviewDocuments) {
    this.#directories = directories;
    this.#dialog = dialog;
    this.#documents = documents;
  }

  /** The answer; nothing where the person went back, so that the question is put again. */
  async pick(pending: Pending): Promise<ApprovalAnswer | undefined> {
    const { request } = pending;
    const standing = this.#standing(pending);
    const chosen = await window.showQuickPick(scopeItems(standing, request.session !== undefined, request.layer), {
      title: t('Allow: for what, and for how long?'),
      placeHolder: standing === undefined ? t('No narrow rule can be made of this') : t('The rule is shown before it is kept'),
      ignoreFocusOut: true,
      matchOnDetail: true,
    });
    if (chosen?.scope === undefined) return undefined;
    if (chosen.scope === 'exact') return { answer: 'allow', scope: 'session' };
    if (standing === undefined) return undefined;
    const end = await this.#end(chosen.scope);
    if (end === undefined) return undefined;
    if (pending.signal.aborted) return undefined;
    const kept =
      chosen.scope === 'everywhere' && end.ms === undefined
        ? await this.#keepInPolicy(standing, pending)
        : await this.#keepGrant(standing, pending, scopeOf(chosen.scope, pending), end);
    return kept ? { answer: 'allow', scope: 'once' } : undefined;
  }

  #standing({ request }: Pending): Standing | undefined {
    try {
      const deps = localDeps({
        directories: this.#directories,
        env: process.env,
        platform: process.platform,
        deadline: Date.now() + 10_000,
      });
      return standingFor(request, deps, this.#directories, homedir());
    } catch {
      return undefined;
    }
  }

  async #end(scope: GrantScope['kind']): Promise<EndItem | undefined> {
    const midnight = new Date();
    midnight.setHours(24, 0, 0, 0);
    const items: EndItem[] = [
      { label: t('For one hour'), ms: hour },
      { label: t('Until midnight'), ms: midnight.getTime() - Date.now() },
      { label: t('For 30 days'), ms: 30 * 24 * hour },
      { label: scope === 'session' ? t('Until the session ends') : t('Until it is revoked'), ms: undefined },
    ];
    return window.showQuickPick(items, { title: t('Allow: until when?'), ignoreFocusOut: true });
  }

  async #keepGrant(standing: Standing, pending: Pending, scope: GrantScope, end: EndItem): Promise<boolean> {
    const isMeant = await this.#confirm(
      standing,
      pending,
      t('Keep this rule? {0} — {1}', scopeWords(scope), end.label),
      t('Keep and Allow'),
    );
    if (!isMeant) return false;
    const now = Date.now();
    const grant = grantOf(
      standing,
      scope,
      now,
      end.ms === undefined ? undefined : now + end.ms,
      `${now.toString(36)}-${randomHex(6)}`,
      userInfo().username,
    );
    saveGrant(this.#directories, grant);
    this.#record('grant-made', { grant: grant.id, scope: JSON.stringify(scope), expires: grant.expires ?? 'never', rule: standing.text });
    return true;
  }

  async #keepInPolicy(standing: Standing, pending: Pending): Promise<boolean> {
    const change = userPolicyChange(standing, pending.request, this.#directories);
    if (typeof change === 'string') {
      void window.showErrorMessage(withoutLinks(change));
      return false;
    }
    const [before, after] = [this.#documents.add('now/policy.yaml', change.before), this.#documents.add('new/policy.yaml', change.after)];
    await commands.executeCommand('vscode.diff', before, after, t('Your policy (now ↔ with the new rule)'), {
      preview: true,
      preserveFocus: true,
    });
    try {
      if (!(await this.#confirm(standing, pending, t('Add this rule to your policy? It holds in every project.'), t('Save and Allow'))))
        return false;
      writePolicy(change);
      recordPolicyChange(auditLog(this.#directories), change.file, { rule: standing.text });
      return true;
    } finally {
      this.#documents.remove(before);
      this.#documents.remove(after);
      await closeDocument(after);
    }
  }

  async #confirm(standing: Standing, pending: Pending, message: string, yes: string): Promise<boolean> {
    const { matched, of } = standing.past;
    const no: MessageItem = { title: t('Do Not Keep') };
    const keep: MessageItem = { title: yes };
    const detail = [
      visibleText(standing.text).trimEnd(),
      '',
      t('It would have matched {0} of the last {1} calls of your agents.', matched, of),
    ].join('\n');
    const choice = await this.#dialog.ask(
      () => ({ message, detail, buttons: [no, keep] }),
      () => pending.signal.aborted,
    );
    return choice?.title === yes && !pending.signal.aborted && Date.now() < pending.deadline;
  }

  #record(event: string, details: Readonly<Record<string, string>>): void {
    appendRecord(auditLog(this.#directories), {
      type: 'event',
      event,
      timestamp: new Date().toISOString(),
      user: userInfo().username,
      details: { ...details, by: 'window' },
    });
  }
}

function scopeItems(standing: Standing | undefined, hasSession: boolean, layer: string): readonly ScopeItem[] {
  const exact: ScopeItem = {
    label: t('$(history) This exact action, in this session'),
    detail: t('The same action in the same folder is not asked about again in this session'),
    scope: 'exact',
  };
  if (standing === undefined) return [exact];
  const { matched, of } = standing.past;
  // The whole rule on one line: what is granted is never abridged.
  const detail = withoutIcons(visibleLine(standing.text.trim().replace(/\s*\n\s*/g, ' · ')));
  return [
    exact,
    { label: t('The like of it: would have matched {0} of the last {1} calls', matched, of), kind: QuickPickItemKind.Separator },
    ...(hasSession ? [{ label: t('$(comment-discussion) The like of it, in this session'), detail, scope: 'session' as const }] : []),
    { label: t('$(folder) The like of it, in this project'), detail, scope: 'workspace' },
    ...(standing.fitsUserPolicy
      ? [{ label: t('$(globe) The like of it, everywhere'), detail, scope: 'everywhere' as const }]
      : [{ label: t('The rule that asks is in the {0} policy: it can be relaxed there only', layer), kind: QuickPickItemKind.Separator }]),
  ];
}

function scopeOf(kind: GrantScope['kind'], { request }: Pending): GrantScope {
  switch (kind) {
    case 'session':
      return { kind, agent: request.agent, session: request.session ?? '' };
    case 'workspace':
      return { kind, workspace: request.workspace };
    case 'everywhere':
      return { kind };
  }
}

function scopeWords(scope: GrantScope): string {
  switch (scope.kind) {
    case 'session':
      return t('This session');
    case 'workspace':
      return t('This project');
    case 'everywhere':
      return t('Everywhere');
  }
}

function writePolicy({ file, after }: PolicyChange): void {
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeAtomically(file, after);
}

async function closeDocument(uri: Uri): Promise<void> {
  const tabs = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => typeof input === 'object' && input !== null && 'modified' in input && String(input.modified) === uri.toString());
  if (tabs.length > 0) await window.tabGroups.close(tabs, true);
}
