import type { CopyPart, ShownDetail } from '../model/viewer.ts';
import { piecesOf } from './command-text.ts';
import { button, element, icon, iconButton, quote, quoteBlock, say } from './dom.ts';
import type { Formats } from './format.ts';
import { rowSign } from './outcome.ts';
import { decisionFacts, effectLines, eventFacts, type Fact, obligationLines } from './record-facts.ts';
import type { OpenRecord } from './saved-state.ts';
import type { Words } from './words.ts';

export interface DetailCallbacks {
  close(): void;
  step(by: number): void;
  copy(id: string, part: CopyPart): void;
  openRule(id: string): void;
  tryCommand(id: string): void;
}

/** Everything about one record, beside the list. */
export class DetailPane {
  readonly root: HTMLElement;
  readonly #words: Words;
  readonly #formats: Formats;
  readonly #callbacks: DetailCallbacks;
  readonly #body = element('div', { class: 'detail-body', tabindex: 0, role: 'document' });
  readonly #title = element('h2', { class: 'detail-title', tabindex: -1 });
  #row: OpenRecord | undefined;
  #wantsFocus = false;
  #isRawOpen = false;

  constructor(words: Words, formats: Formats, callbacks: DetailCallbacks) {
    this.#words = words;
    this.#formats = formats;
    this.#callbacks = callbacks;
    this.#body.setAttribute('aria-label', words.detail);
    const tools = element(
      'div',
      { class: 'detail-tools' },
      iconButton('chevron-up', words.previous, () => callbacks.step(-1)),
      iconButton('chevron-down', words.next, () => callbacks.step(1)),
      iconButton('close', words.close, () => callbacks.close()),
    );
    this.root = element(
      'section',
      { class: 'detail', 'aria-label': words.detail },
      element('div', { class: 'detail-head' }, this.#title, tools),
      this.#body,
    );
    this.root.hidden = true;
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      callbacks.close();
    });
  }

  /** Id of the record that is shown. */
  get id(): string | undefined {
    return this.root.hidden ? undefined : this.#row?.id;
  }

  /** Shows what the list knows of a record until {@link put} brings the rest. */
  open(row: OpenRecord, focus: boolean): void {
    const isOther = this.id !== row.id;
    this.#row = row;
    this.root.hidden = false;
    if (isOther) {
      const sign = rowSign(row, this.#words);
      this.#title.replaceChildren(icon(sign.icon, sign.tone), element('span', {}, say(sign.word)));
      this.#body.replaceChildren(element('p', { class: 'note' }, say(this.#words.reading)));
    }
    this.#wantsFocus = focus;
    if (focus && !isOther) this.#title.focus();
  }

  close(): void {
    this.root.hidden = true;
    this.#row = undefined;
  }

  put(id: string, detail: ShownDetail | undefined): void {
    if (this.root.hidden || this.#row?.id !== id) return;
    this.#body.replaceChildren(
      ...(detail ? this.#content(detail, this.#row) : [element('p', { class: 'note' }, say(this.#words.detailGone))]),
    );
    this.#body.scrollTop = 0;
    if (this.#wantsFocus) this.#title.focus();
    this.#wantsFocus = false;
  }

  #content(detail: ShownDetail, row: OpenRecord): readonly Node[] {
    const words = this.#words;
    const { record } = detail;
    const facts =
      record === undefined
        ? []
        : record.type === 'event'
          ? eventFacts(record, words, this.#formats)
          : decisionFacts(record, words, this.#formats);
    return [
      ...this.#explanation(detail),
      ...this.#command(detail),
      this.#actions(detail, row),
      ...this.#effects(record),
      ...this.#obligations(record),
      ...this.#facts(words.facts, facts),
      ...this.#facts(words.chain, this.#chain(detail)),
      this.#raw(detail),
    ];
  }

  #explanation({ explanation }: ShownDetail): readonly Node[] {
    return explanation.map((sentence, index) => element('p', { class: index === 0 ? 'lead' : 'sentence' }, quoteBlock(sentence)));
  }

  #command({ id, command, highlights }: ShownDetail): readonly Node[] {
    if (command === undefined || command === '') return [];
    const pieces = piecesOf(command, highlights).map(({ text, isPointedOut }) =>
      isPointedOut ? element('mark', { title: this.#words.dangerous }, quoteBlock(text)) : quoteBlock(text),
    );
    const spoken =
      highlights.length > 0
        ? [element('p', { class: 'note legend-danger' }, icon('warning'), element('span', {}, say(this.#words.dangerous)))]
        : [];
    return [
      element(
        'div',
        { class: 'command' },
        element('pre', { tabindex: 0, role: 'group', 'aria-label': this.#words.command }, element('code', {}, ...pieces)),
        iconButton('copy', this.#words.copyCommand, () => this.#callbacks.copy(id, 'command')),
      ),
      ...spoken,
    ];
  }

  #actions({ id, record, canOpenRule, canTry }: ShownDetail, row: OpenRecord): HTMLElement {
    const words = this.#words;
    const { openRule, tryCommand, copy } = this.#callbacks;
    return element(
      'div',
      { class: 'actions' },
      canTry ? button(words.tryCommand, () => tryCommand(id), { icon: 'beaker', class: 'secondary' }) : undefined,
      canOpenRule ? button(words.openRule, () => openRule(id), { icon: 'go-to-file', class: 'secondary' }) : undefined,
      button(words.copyRecord, () => copy(id, 'record'), { icon: 'json', class: 'secondary' }),
      record && row.type === 'decision' ? button(words.copyId, () => copy(id, 'id'), { icon: 'copy', class: 'secondary' }) : undefined,
    );
  }

  #effects(record: unknown): readonly Node[] {
    const lines = effectLines(record);
    if (lines.length === 0) return [];
    const words = this.#words;
    const head = [words.effectKind, words.effectTarget, words.effectCertainty, words.effectAct];
    return [
      element('h3', {}, say(words.effects)),
      element(
        'div',
        { class: 'table-room', tabindex: 0, role: 'group', 'aria-label': words.effects },
        element(
          'table',
          {},
          element('thead', {}, element('tr', {}, ...head.map((word) => element('th', { scope: 'col' }, say(word))))),
          element(
            'tbody',
            {},
            ...lines.map(({ kind, target, certainty, act }) =>
              element(
                'tr',
                {},
                element('td', {}, quote(kind)),
                element('td', { class: 'mono' }, quote(target)),
                element('td', {}, quote(certainty)),
                element('td', {}, quote(act)),
              ),
            ),
          ),
        ),
      ),
    ];
  }

  #obligations(record: unknown): readonly Node[] {
    const lines = obligationLines(record);
    if (lines.length === 0) return [];
    return [
      element('h3', {}, say(this.#words.obligations)),
      element('ul', { class: 'lines' }, ...lines.map((line) => element('li', {}, quote(line)))),
    ];
  }

  #facts(title: string, facts: readonly Fact[]): readonly Node[] {
    if (facts.length === 0) return [];
    const lines = facts.flatMap(({ name, value }) => [element('dt', {}, quote(name)), element('dd', {}, quote(value))]);
    return [element('h3', {}, say(title)), element('dl', { class: 'facts' }, ...lines)];
  }

  #chain({ seq, file, offset, prev, record }: ShownDetail): readonly Fact[] {
    const words = this.#words;
    const hash = record?.type === 'decision' ? record.input_hash : undefined;
    const facts: readonly Fact[] = [
      { name: words.seq, value: seq === 0 ? '' : this.#formats.count(seq) },
      { name: words.prev, value: prev ?? '' },
      { name: words.inputHash, value: hash ?? '' },
      { name: words.file, value: `${file} · ${this.#formats.count(offset)}` },
    ];
    return facts.filter(({ value }) => value !== '');
  }

  #raw({ raw, record }: ShownDetail): HTMLElement {
    const text = record === undefined ? raw : JSON.stringify(record, null, 2);
    const summary = element('summary', {}, icon('chevron-right'), element('span', {}, say(this.#words.raw)));
    const details = element(
      'details',
      { class: 'raw', open: this.#isRawOpen },
      summary,
      element('pre', { tabindex: 0, role: 'group', 'aria-label': this.#words.raw }, element('code', {}, quoteBlock(text))),
    );
    details.addEventListener('toggle', () => {
      this.#isRawOpen = details.open;
    });
    return details;
  }
}
