import type { ToHost, ToView, ViewerRow, ViewerState } from '../model/viewer.ts';
import { actionMenu } from './choice-menu.ts';
import { DetailPane } from './detail-pane.ts';
import { button, component, element, icon, say, setAttributes } from './dom.ts';
import { FilterBar } from './filter-bar.ts';
import { activeFilters, withRange } from './filter-state.ts';
import type { Formats } from './format.ts';
import { emptyState, Notice } from './notice.ts';
import { Overview } from './overview.ts';
import { RecordList } from './record-list.ts';
import { freshState, grownSince, type OpenRecord, type SavedState } from './saved-state.ts';
import { Sash, type Side } from './sash.ts';
import { Timeline } from './timeline.ts';
import { fill, type Words } from './words.ts';

/** Below this width the detail lies under the list. */
const wideEnough = 900;
const summaryMs = 600;
const saveMs = 250;
const detailMs = 60;

/** What the page may do outside of itself. */
export interface Outside {
  post(message: ToHost): void;
  save(state: SavedState): void;
}

/** The whole page: search and filters, time line, list and detail, charts. */
export class Viewer {
  readonly #words: Words;
  readonly #formats: Formats;
  readonly #outside: Outside;
  readonly #bar: FilterBar;
  readonly #timeline: Timeline;
  readonly #list: RecordList;
  readonly #detail: DetailPane;
  readonly #overview: Overview;
  readonly #notice: Notice;
  readonly #sash: Sash;
  readonly #progress = component('vscode-progress-bar', { class: 'progress', indeterminate: true });
  readonly #empty = element('div', { class: 'empty' });
  readonly #records = element('div', { class: 'records', role: 'tabpanel', id: 'panel-records', 'aria-labelledby': 'tab-records' });
  readonly #charts = element('div', { class: 'charts-panel', role: 'tabpanel', id: 'panel-charts', 'aria-labelledby': 'tab-charts' });
  readonly #split = element('div', { class: 'split' });
  readonly #live = element('div', { class: 'unseen', role: 'status' });
  readonly #news: HTMLButtonElement;
  readonly #verify: HTMLButtonElement;
  readonly #tabs: Readonly<Record<SavedState['view'], HTMLButtonElement>>;
  #saved: SavedState;
  #state: ViewerState | undefined;
  /** Set until the list stands where it stood when the page was last seen. */
  #restoring = true;
  #summaryTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #detailTimer: ReturnType<typeof setTimeout> | undefined;
  #warned = '';
  #announced = '';

  constructor(root: HTMLElement, words: Words, formats: Formats, saved: SavedState, outside: Outside) {
    this.#words = words;
    this.#formats = formats;
    this.#outside = outside;
    this.#saved = saved;
    this.#bar = new FilterBar(words, formats, (choice) => {
      this.#save({ choice });
      this.#closeDetail(false);
      outside.post({ type: 'filter', filter: choice.filter });
    });
    this.#bar.set(saved.choice);
    this.#timeline = new Timeline(words, formats, (since, until) => this.#bar.change(withRange(this.#bar.choice, since, until)));
    this.#list = new RecordList(words, formats, {
      ask: (from, count) => {
        const { epoch = 0, grown = 0 } = this.#state ?? {};
        outside.post({ type: 'rows', from, count, epoch, grown });
      },
      choose: (row, how) => this.#choose(row, how),
      above: (count) => this.#showNews(count),
      copy: ({ id }) => outside.post({ type: 'copy', id, part: 'command' }),
    });
    this.#detail = new DetailPane(words, formats, {
      close: () => this.#closeDetail(true),
      step: (by) => this.#list.step(by),
      copy: (id, part) => {
        outside.post({ type: 'copy', id, part });
        this.#say(words.copied);
      },
      openRule: (id) => outside.post({ type: 'openRule', id }),
      tryCommand: (id) => outside.post({ type: 'tryCommand', id }),
    });
    this.#detail.root.id = 'detail';
    this.#overview = new Overview(words, formats, saved.asTables, (asTables) => this.#save({ asTables }));
    this.#notice = new Notice(words, formats);
    this.#sash = new Sash(words.resize, 'detail', saved.share, (share) => {
      this.#save({ share });
      this.#layOut();
    });
    this.#news = button('', () => this.#toNews(), { icon: 'arrow-up', class: 'news' });
    this.#news.hidden = true;
    this.#verify = button(words.verify, () => this.#startVerify(), { icon: 'verified', class: 'quiet' });
    this.#tabs = { records: this.#tab('records', words.records), charts: this.#tab('charts', words.charts) };
    this.#build(root);
    this.#show(saved.view);
    outside.post({ type: 'filter', filter: saved.choice.filter });
    outside.post({ type: 'ready' });
  }

  /** Takes a message of the host in. */
  take(message: ToView): void {
    switch (message.type) {
      case 'state':
        this.#takeState(message, message.message);
        return;
      case 'rows':
        this.#list.put(message);
        return;
      case 'detail':
        this.#detail.put(message.id, message.detail);
        return;
      case 'summary':
        if (!message.summary) return;
        this.#timeline.show(message.summary);
        this.#overview.show(message.summary);
        return;
      case 'verified':
        this.#verify.disabled = false;
        this.#notice.verified(message.result);
        return;
    }
  }

  #build(root: HTMLElement): void {
    const words = this.#words;
    const exporting = button(words.export, () => undefined, { icon: 'export' });
    actionMenu(exporting, words.export, [
      { label: words.exportJson, run: () => this.#outside.post({ type: 'export', format: 'json' }) },
      { label: words.exportCsv, run: () => this.#outside.post({ type: 'export', format: 'csv' }) },
    ]);
    const tabs = element('div', { class: 'tabs', role: 'tablist', 'aria-label': words.views }, this.#tabs.records, this.#tabs.charts);
    tabs.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const view = this.#saved.view === 'records' ? 'charts' : 'records';
      this.#show(view);
      this.#tabs[view].focus();
    });
    const head = element(
      'header',
      { class: 'head' },
      element('h1', { class: 'unseen' }, say(words.title)),
      element('div', { class: 'head-line' }, this.#bar.search, element('div', { class: 'tools' }, this.#verify, exporting)),
      element('div', { class: 'head-line' }, this.#bar.filters, tabs),
    );
    const stage = element('div', { class: 'stage' }, this.#list.root, this.#news);
    this.#split.append(stage, this.#sash.root, this.#detail.root);
    this.#records.append(this.#timeline.root, this.#split);
    this.#charts.append(this.#overview.root);
    this.#timeline.root.hidden = true;
    this.#progress.setAttribute('aria-label', words.reading);
    root.replaceChildren(
      head,
      element('main', { class: 'body' }, this.#progress, this.#notice.root, this.#records, this.#charts, this.#empty),
      this.#live,
    );
    new ResizeObserver(() => this.#layOut()).observe(this.#split);
    window.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.root.addEventListener('scroll', () => this.#keepPlace(), { capture: true, passive: true });
    this.#layOut();
  }

  #tab(view: SavedState['view'], word: string): HTMLButtonElement {
    const made = element(
      'button',
      { type: 'button', class: 'tab', role: 'tab', id: `tab-${view}`, 'aria-controls': `panel-${view}` },
      icon(view === 'records' ? 'list-unordered' : 'graph'),
      element('span', {}, say(word)),
    );
    made.addEventListener('click', () => this.#show(view));
    return made;
  }

  #show(view: SavedState['view']): void {
    for (const [name, tab] of Object.entries(this.#tabs)) {
      setAttributes(tab, { 'aria-selected': name === view ? 'true' : 'false', tabindex: name === view ? 0 : -1 });
    }
    this.#save({ view });
    this.#showPanels();
  }

  /** Which of list, charts and the words in their place is to be seen. */
  #showPanels(): void {
    const empty = this.#emptiness();
    this.#empty.hidden = empty === undefined;
    this.#empty.replaceChildren(...(empty ?? []));
    const view = this.#saved.view;
    this.#records.hidden = view !== 'records' || empty !== undefined;
    this.#charts.hidden = view !== 'charts' || empty !== undefined;
  }

  #emptiness(message = ''): readonly Node[] | undefined {
    const words = this.#words;
    const state = this.#state;
    if (!state || state.phase === 'loading') return undefined;
    const protection = { label: words.showProtection, run: () => this.#outside.post({ type: 'showProtection' }) };
    if (state.phase === 'error') {
      const again = { label: words.tryAgain, run: () => this.#outside.post({ type: 'reload' }) };
      return emptyState({ icon: 'error', title: words.errorTitle, text: message === '' ? this.#warned : message, actions: [again] });
    }
    if (state.phase === 'empty')
      return emptyState({ icon: 'shield', title: words.emptyTitle, text: words.emptyText, actions: [protection] });
    if (state.matching > 0 || state.busy) return undefined;
    const clear = { label: words.clearFilters, run: () => this.#bar.reset() };
    return emptyState({ icon: 'search', title: words.noMatchTitle, text: words.noMatchText, actions: [clear] });
  }

  #takeState(state: ViewerState, message = ''): void {
    const before = this.#state;
    this.#state = state;
    const { phase, total, matching, busy, facets, grown } = state;
    this.#progress.hidden = !(busy || phase === 'loading');
    if (message !== this.#warned) {
      this.#warned = message;
      if (phase === 'ready') message === '' ? this.#notice.hide() : this.#notice.warn(message);
    }
    if (!before || facetsDiffer(before, state)) this.#bar.setFacets(facets);
    const isFiltered = activeFilters(this.#bar.choice) > 0 || this.#bar.choice.filter.text !== '';
    const { count } = this.#formats;
    this.#bar.setCount(
      phase !== 'ready'
        ? ''
        : isFiltered
          ? fill(this.#words.matching, count(matching), count(total))
          : fill(this.#words.total, count(total)),
    );
    this.#showPanels();
    this.#list.setExtent(state);
    if (this.#restoring && phase === 'ready') this.#restore(state);
    if (!before || before.revision !== state.revision) this.#askSummary();
    if (!busy && phase === 'ready') this.#announce(state, before, isFiltered, grown - (before?.grown ?? grown));
  }

  /** As the page was when it was last seen; the list as soon as it is long enough, unless the person has gone elsewhere meanwhile. */
  #restore(state: ViewerState): void {
    const { place, current, open } = this.#saved;
    if (open && this.#detail.id === undefined) this.#open(open, false, 0);
    if (state.busy && this.#list.place === 0 && !this.#list.reaches(place)) return;
    this.#restoring = false;
    if (this.#list.place === 0) this.#list.restore(place, current, grownSince(this.#saved, state));
  }

  /** Tells screen readers what has changed, once. */
  #announce(state: ViewerState, before: ViewerState | undefined, isFiltered: boolean, grown: number): void {
    const { count } = this.#formats;
    if (before && before.epoch === state.epoch && !before.busy) {
      if (grown > 0) this.#say(fill(this.#words.newRecords, count(grown)));
      return;
    }
    if (isFiltered) this.#say(fill(this.#words.matchingSpoken, count(state.matching), count(state.total)));
  }

  #say(sentence: string): void {
    // The same words twice are read once only: the second time they are another text.
    this.#announced = sentence === this.#announced ? `${sentence} ` : sentence;
    this.#live.replaceChildren(say(this.#announced));
  }

  #askSummary(): void {
    this.#summaryTimer ??= setTimeout(() => {
      this.#summaryTimer = undefined;
      if (this.#state?.phase === 'ready') this.#outside.post({ type: 'summary' });
    }, summaryMs);
  }

  #choose(row: ViewerRow, how: 'move' | 'open' | 'focus'): void {
    this.#keepPlace();
    if (how === 'move' && this.#detail.id === undefined) return;
    const { id, type, outcome } = row;
    this.#open({ id, type, ...(outcome === undefined ? {} : { outcome }) }, how === 'focus', how === 'move' ? detailMs : 0);
  }

  #open(record: OpenRecord, focus: boolean, afterMs: number): void {
    this.#detail.open(record, focus);
    this.#save({ open: record });
    this.#layOut();
    clearTimeout(this.#detailTimer);
    this.#detailTimer = setTimeout(() => this.#outside.post({ type: 'detail', id: record.id }), afterMs);
  }

  #closeDetail(focus: boolean): void {
    if (this.#detail.id === undefined) return;
    this.#detail.close();
    const { open: _, ...rest } = this.#saved;
    this.#saved = rest;
    this.#save({});
    this.#layOut();
    if (focus) this.#list.focus();
  }

  #showNews(count: number): void {
    this.#news.hidden = count <= 0;
    if (count > 0) this.#news.lastElementChild?.replaceChildren(say(fill(this.#words.newAbove, this.#formats.count(count))));
  }

  #toNews(): void {
    this.#list.toTop();
    this.#list.focus();
  }

  #startVerify(): void {
    this.#verify.disabled = true;
    this.#say(this.#words.verifying);
    this.#outside.post({ type: 'verify' });
  }

  #layOut(): void {
    const isOpen = this.#detail.id !== undefined;
    const side: Side = this.#split.clientWidth >= wideEnough ? 'right' : 'bottom';
    this.#split.className = `split ${isOpen ? `with-detail side-${side}` : ''}`;
    this.#sash.root.hidden = !isOpen;
    this.#sash.turn(side);
    this.#detail.root.style.flexBasis = `${this.#sash.share}%`;
  }

  #onKey(event: KeyboardEvent): void {
    const isFind = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'f';
    if (isFind) {
      event.preventDefault();
      this.#bar.focus();
      return;
    }
    if (event.key === 'Escape' && !event.defaultPrevented && this.#detail.id !== undefined) this.#closeDetail(true);
  }

  #keepPlace(): void {
    if (this.#restoring) return;
    const { epoch = freshState.epoch, grown = 0 } = this.#state ?? {};
    const current = this.#list.currentIndex;
    this.#save({ place: this.#list.place, epoch, grown, ...(current === undefined ? {} : { current }) });
  }

  /** Kept at once, as the page may be gone the next moment; what changes with every frame only now and then. */
  #save(change: Partial<SavedState>): void {
    this.#saved = { ...this.#saved, ...change };
    if (!('place' in change || 'share' in change)) {
      this.#outside.save(this.#saved);
      return;
    }
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = undefined;
      this.#outside.save(this.#saved);
    }, saveMs);
  }
}

function facetsDiffer(before: ViewerState, after: ViewerState): boolean {
  return before.revision !== after.revision || before.total !== after.total;
}
