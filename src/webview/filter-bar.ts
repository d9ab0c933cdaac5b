import { risks } from '../model/effect.ts';
import { type ViewerFacet, type ViewerFacets, type ViewerOutcome, viewerOutcomes } from '../model/viewer.ts';
import { ChoiceMenu, type Choice } from './choice-menu.ts';
import { button, component, element, icon, say } from './dom.ts';
import { activeFilters, type FilterChoice, isSameFilter, noChoice, type SpanName, spanNames, withRange, withSpan } from './filter-state.ts';
import type { Formats } from './format.ts';
import { outcomeSign, riskWord } from './outcome.ts';
import { fill, type Words } from './words.ts';

/** A person who types is not searched for at every letter. */
const typingMs = 180;

const noFacets: ViewerFacets = { agents: [], rules: [], risks: [], outcomes: [], kinds: [] };

/** The component of VS Code Elements, as far as it is used. */
interface TextField extends HTMLElement {
  value: string;
  readonly wrappedElement: HTMLInputElement;
  readonly updateComplete: Promise<boolean>;
}

/** Search field and filters. */
export class FilterBar {
  readonly search: HTMLElement;
  readonly filters: HTMLElement;
  readonly #field: TextField;
  readonly #count = element('span', { slot: 'content-after', class: 'search-count' });
  readonly #menus: readonly ChoiceMenu[];
  readonly #clear: HTMLButtonElement;
  readonly #words: Words;
  readonly #formats: Formats;
  readonly #onChange: (choice: FilterChoice) => void;
  #choice: FilterChoice = noChoice;
  #facets: ViewerFacets = noFacets;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(words: Words, formats: Formats, onChange: (choice: FilterChoice) => void) {
    this.#words = words;
    this.#formats = formats;
    this.#onChange = onChange;
    this.#field = component<TextField>(
      'vscode-textfield',
      { label: words.search, placeholder: words.searchHint, maxlength: 1000, autocomplete: 'off', spellcheck: 'false' },
      element('span', { slot: 'content-before', class: 'search-icon' }, icon('search')),
      this.#count,
    );
    this.#field.addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#search(), typingMs);
    });
    this.#field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#search();
      if (event.key !== 'Escape' || this.#field.value === '') return;
      event.stopPropagation();
      this.#field.value = '';
      this.#search();
    });
    this.search = element('div', { class: 'search', role: 'search' }, this.#field);
    this.#menus = this.#makeMenus();
    this.#clear = button(words.clearFilters, () => this.reset(), { icon: 'clear-all' });
    this.filters = element(
      'div',
      { class: 'filters', role: 'group', 'aria-label': words.filters },
      ...this.#menus.map(({ root }) => root),
      this.#clear,
    );
    this.#show();
  }

  get choice(): FilterChoice {
    return this.#choice;
  }

  /** Sets the filter without telling. */
  set(choice: FilterChoice): void {
    this.#choice = choice;
    this.#field.value = choice.filter.text;
    this.#show();
  }

  /** Changes the filter and tells. */
  change(choice: FilterChoice): void {
    if (isSameFilter(choice.filter, this.#choice.filter)) return;
    this.#choice = choice;
    this.#show();
    this.#onChange(choice);
  }

  reset(): void {
    clearTimeout(this.#typing);
    this.#field.value = '';
    this.change(noChoice);
    this.focus();
  }

  focus(): void {
    void this.#field.updateComplete.then(() => {
      this.#field.wrappedElement.focus();
      this.#field.wrappedElement.select();
    });
  }

  /** Takes over what values there are. */
  setFacets(facets: ViewerFacets): void {
    this.#facets = facets;
    for (const menu of this.#menus) menu.update();
  }

  /** How many lines match, as a sentence; empty where that says nothing. */
  setCount(sentence: string): void {
    this.#count.replaceChildren(say(sentence));
  }

  #search(): void {
    clearTimeout(this.#typing);
    const text = this.#field.value.slice(0, 1000);
    this.change({ ...this.#choice, filter: { ...this.#choice.filter, text } });
  }

  #show(): void {
    for (const menu of this.#menus) menu.update();
    this.#clear.hidden = activeFilters(this.#choice) === 0 && this.#choice.filter.text === '';
  }

  #makeMenus(): readonly ChoiceMenu[] {
    const words = this.#words;
    const patch = (change: Partial<FilterChoice['filter']>) =>
      this.change({ ...this.#choice, filter: { ...this.#choice.filter, ...change } });
    const counted = (facets: readonly ViewerFacet[], label: (value: string) => string): readonly Choice[] =>
      facets.map(({ value, count }) => ({ value, label: label(value), count: this.#formats.count(count) }));
    const inOrder = (order: readonly string[], facets: readonly ViewerFacet[]) =>
      order.flatMap((value) => facets.filter((facet) => facet.value === value));
    const many = (name: string, key: 'agents' | 'rules', label: (value: string) => string) =>
      new ChoiceMenu({
        name,
        many: true,
        none: words.nothingToChoose,
        choices: () => counted(this.#facets[key], label),
        chosen: () => this.#choice.filter[key],
        choose: (values) => patch({ [key]: values }),
      });
    return [
      new ChoiceMenu({
        name: words.outcome,
        many: true,
        none: words.nothingToChoose,
        choices: () => counted(inOrder(viewerOutcomes, this.#facets.outcomes), (value) => outcomeSign(outcomeOf(value), words).word),
        chosen: () => this.#choice.filter.outcomes,
        choose: (values) => patch({ outcomes: viewerOutcomes.filter((outcome) => values.includes(outcome)) }),
      }),
      many(words.agent, 'agents', (value) => value),
      many(words.rule, 'rules', (value) => (value === '' ? words.noRule : value)),
      new ChoiceMenu({
        name: words.risk,
        many: true,
        none: words.nothingToChoose,
        choices: () =>
          counted(inOrder([...risks].reverse(), this.#facets.risks), (value) => {
            const risk = risks.find((one) => one === value);
            return risk ? riskWord(risk, words) : value;
          }),
        chosen: () => this.#choice.filter.risks,
        choose: (values) => patch({ risks: risks.filter((risk) => values.includes(risk)) }),
      }),
      new ChoiceMenu({
        name: words.time,
        many: false,
        none: words.nothingToChoose,
        choices: () => this.#timeChoices(),
        chosen: () => [this.#choice.span ?? (this.#isRange ? 'range' : 'any')],
        choose: ([value]) => {
          if (value !== 'range') this.change(withSpan(this.#choice, spanOf(value), Date.now()));
        },
        below: (close) => this.#rangeFields(close),
      }),
      new ChoiceMenu({
        name: words.kind,
        many: false,
        none: words.nothingToChoose,
        choices: () => [{ value: 'all', label: words.kindAll }, ...counted(this.#facets.kinds, (value) => kindWord(value, words))],
        chosen: () => [this.#choice.filter.kind],
        choose: ([value]) => patch({ kind: value === 'decision' || value === 'event' || value === 'damaged' ? value : 'all' }),
      }),
    ];
  }

  #rangeFields(close: () => void): HTMLElement {
    const { since, until } = this.#choice.filter;
    const field = (word: string, time: string | undefined): readonly [HTMLElement, HTMLInputElement] => {
      const input = element('input', { type: 'datetime-local', step: 1, value: time === undefined ? '' : localTime(time) });
      return [element('label', {}, element('span', {}, say(word)), input), input];
    };
    const [from, first] = field(this.#words.timeFrom, since);
    const [to, last] = field(this.#words.timeTo, until);
    const msOf = ({ value }: HTMLInputElement) => (value === '' ? undefined : new Date(value).getTime());
    const apply = (): void => {
      close();
      this.change(withRange(this.#choice, msOf(first), msOf(last)));
    };
    return element('div', { class: 'range' }, from, to, button(this.#words.timeApply, apply, { class: 'secondary' }));
  }

  get #isRange(): boolean {
    const { since, until } = this.#choice.filter;
    return since !== undefined || until !== undefined;
  }

  #timeChoices(): readonly Choice[] {
    const words = this.#words;
    const labels: Readonly<Record<SpanName, string>> = {
      quarter: words.timeQuarter,
      hour: words.timeHour,
      day: words.timeDay,
      week: words.timeWeek,
      month: words.timeMonth,
    };
    const { since, until } = this.#choice.filter;
    const end = (time: string | undefined) => (time === undefined ? '…' : this.#formats.moment(time));
    const range = { value: 'range', label: fill(words.timeRange, end(since), end(until)) };
    return [
      { value: 'any', label: words.timeAny },
      ...spanNames.map((value) => ({ value, label: labels[value] })),
      ...(this.#choice.span === undefined && this.#isRange ? [range] : []),
    ];
  }
}

function outcomeOf(value: string): ViewerOutcome {
  return viewerOutcomes.find((outcome) => outcome === value) ?? 'deny';
}

function spanOf(value: string | undefined): SpanName | undefined {
  return spanNames.find((name) => name === value);
}

function kindWord(value: string, words: Words): string {
  return value === 'decision' ? words.kindDecision : value === 'event' ? words.kindEvent : words.kindDamaged;
}

/** A time as a field for local times wants it. */
function localTime(time: string): string {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
