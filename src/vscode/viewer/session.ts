import type { AuditRecord } from '../../model/audit-record.ts';
import {
  type AuditIndex,
  everything,
  type ExportFormat,
  type ToHost,
  type ToView,
  type ViewerFilter,
  type ViewerState,
} from '../../model/viewer.ts';
import type { Translate } from '../../present/translate.ts';
import { isSameFilter } from '../../webview/filter-state.ts';
import { messageFrom } from './messages.ts';
import { commandOf, shownDetail } from './shown-detail.ts';

/** Epochs of an index that was opened anew begin beyond those of the one before. */
const epochsOfAnIndex = 1_000_000_000;

/** What a page may have done in the editor. */
export interface ViewerActions {
  readonly t: Translate;
  post(message: ToView): void;
  openIndex(): AuditIndex;
  /** Asks where to, and writes. */
  exportFrom(index: AuditIndex, format: ExportFormat): Promise<void>;
  copy(text: string): void;
  openRule(rule: { readonly rule: string; readonly layer: string }): void;
  tryCommand(command: string): void;
  showProtection(): void;
}

/** One page and the index behind it: answers the page's questions and tells it what is new. */
export class ViewerSession {
  readonly #actions: ViewerActions;
  #index: AuditIndex;
  #unlisten: () => void;
  #filter: ViewerFilter = everything;
  #epochBase = 0;
  /** Until there is a later epoch, states are of the filter before: the page would take the wrong lines for those it asked for. */
  #lastEpoch = -1;
  #isVerifying = false;

  constructor(actions: ViewerActions) {
    this.#actions = actions;
    this.#index = actions.openIndex();
    this.#unlisten = this.#listen();
  }

  /** Takes a message of the page in. */
  async take(value: unknown): Promise<void> {
    const message = messageFrom(value);
    if (message) await this.#answer(message);
  }

  dispose(): void {
    this.#unlisten();
    this.#index.dispose();
  }

  #listen(): () => void {
    const unlisten = this.#index.onDidChange((state) => this.#postState(state));
    this.#index.open();
    return unlisten;
  }

  async #answer(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#postState(this.#index.state());
        return;
      case 'filter':
        // The page says its filter each time it is shown again: the index need not search anew.
        if (isSameFilter(message.filter, this.#filter)) return;
        this.#filter = message.filter;
        this.#lastEpoch = this.#index.state().epoch;
        this.#index.setFilter(message.filter);
        return;
      case 'rows':
        return this.#rows(message);
      case 'detail': {
        const detail = await this.#index.detail(message.id);
        const shown = detail && shownDetail(detail, this.#actions.t);
        this.#actions.post({ type: 'detail', id: message.id, ...(shown ? { detail: shown } : {}) });
        return;
      }
      case 'summary': {
        const summary = await this.#index.summary();
        this.#actions.post({ type: 'summary', ...(summary ? { summary } : {}) });
        return;
      }
      case 'verify':
        return this.#verify();
      case 'export':
        return this.#actions.exportFrom(this.#index, message.format);
      case 'reload':
        this.#reload();
        return;
      case 'showProtection':
        this.#actions.showProtection();
        return;
      case 'copy': {
        const detail = await this.#index.detail(message.id);
        if (!detail) return;
        this.#actions.copy(copied(detail.record, message.part, detail.raw));
        return;
      }
      case 'openRule': {
        const record = (await this.#index.detail(message.id))?.record;
        if (record?.type === 'decision' && record.rule !== '') this.#actions.openRule({ rule: record.rule, layer: record.layer });
        return;
      }
      case 'tryCommand': {
        const record = (await this.#index.detail(message.id))?.record;
        const command = record?.type === 'decision' ? commandOf(record) : undefined;
        if (command !== undefined) this.#actions.tryCommand(command);
        return;
      }
    }
  }

  async #rows({ from, count, epoch, grown }: Extract<ToHost, { type: 'rows' }>): Promise<void> {
    const state = this.#index.state();
    if (state.epoch + this.#epochBase !== epoch) return;
    const rows = await this.#index.rows(Math.max(0, from + state.grown - grown), count);
    this.#actions.post({ type: 'rows', asked: from - grown, ...rows, epoch: rows.epoch + this.#epochBase });
  }

  async #verify(): Promise<void> {
    if (this.#isVerifying) return;
    this.#isVerifying = true;
    const result = await this.#index.verify();
    this.#isVerifying = false;
    this.#actions.post({ type: 'verified', ...(result ? { result } : {}) });
  }

  #reload(): void {
    this.dispose();
    this.#epochBase += epochsOfAnIndex;
    this.#index = this.#actions.openIndex();
    this.#lastEpoch = -1;
    this.#index.setFilter(this.#filter);
    this.#unlisten = this.#listen();
    this.#postState(this.#index.state());
  }

  #postState(state: ViewerState): void {
    if (state.epoch <= this.#lastEpoch && state.phase !== 'error') return;
    const message = problemSentence(state, this.#actions.t);
    this.#actions.post({ type: 'state', ...state, epoch: state.epoch + this.#epochBase, ...(message === undefined ? {} : { message }) });
  }
}

function copied(record: AuditRecord | undefined, part: Extract<ToHost, { type: 'copy' }>['part'], raw: string): string {
  if (record === undefined) return raw;
  switch (part) {
    case 'record':
      return JSON.stringify(record, null, 2);
    case 'id':
      return record.type === 'decision' ? record.decision_id : record.event;
    case 'command':
      return (
        (record.type === 'decision' ? commandOf(record) : undefined) ??
        JSON.stringify(record.type === 'decision' ? record.input : record.details)
      );
  }
}

/** What is wrong with the log, and what to do. */
function problemSentence({ problem, isCut }: ViewerState, t: Translate): string | undefined {
  switch (problem?.code) {
    case 'directory':
      return t('The folder {0} cannot be read ({1}). Check who owns it, then try again.', problem.path, problem.why);
    case 'files':
      return t('Some files of the log are not shown: {0} cannot be read ({1}).', problem.path, problem.why);
    case 'stopped':
      return t('Reading the log ended unexpectedly ({0}).', problem.why);
    case undefined:
      return isCut ? t('The oldest files of the log are not shown here; “agent-policy audit show” in a terminal reads them.') : undefined;
  }
}
