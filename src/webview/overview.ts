import { type ViewerShare, type ViewerSummary, viewerAnswers, viewerOutcomes, type ViewerAnswer } from '../model/viewer.ts';
import { visibleLine } from '../present/visible-text.ts';
import { chart, type ChartData, type ChartLook, hatching, type Series } from './chart.ts';
import { button, element, say } from './dom.ts';
import type { Formats } from './format.ts';
import { outcomeSign } from './outcome.ts';
import { fill, type Words } from './words.ts';

/** The charts of the decisions that pass the filter. */
export class Overview {
  readonly root: HTMLElement;
  readonly #words: Words;
  readonly #formats: Formats;
  readonly #onTables: (asTables: boolean) => void;
  #asTables: boolean;
  #summary: ViewerSummary | undefined;

  constructor(words: Words, formats: Formats, asTables: boolean, onTables: (asTables: boolean) => void) {
    this.#words = words;
    this.#formats = formats;
    this.#asTables = asTables;
    this.#onTables = onTables;
    this.root = element('div', { class: 'overview' });
    this.#draw();
  }

  show(summary: ViewerSummary): void {
    this.#summary = summary;
    this.#draw();
  }

  #draw(): void {
    const words = this.#words;
    const summary = this.#summary;
    if (!summary) {
      this.root.replaceChildren(element('p', { class: 'note' }, say(words.reading)));
      return;
    }
    const toggle = button(this.#asTables ? words.asCharts : words.asTables, () => this.#toggle(), {
      icon: this.#asTables ? 'graph' : 'table',
      class: 'secondary',
    });
    const { count } = this.#formats;
    const hadFocus = this.root.contains(document.activeElement);
    const charts = this.#charts(summary).map(([data, kind]) => chart(data, { kind, count } satisfies ChartLook, this.#asTables));
    this.root.replaceChildren(
      element('div', { class: 'overview-head' }, this.#figures(summary), toggle),
      element('div', { class: 'charts' }, hatching(), ...charts),
    );
    if (hadFocus) toggle.focus();
  }

  #toggle(): void {
    this.#asTables = !this.#asTables;
    this.#onTables(this.#asTables);
    this.#draw();
    this.root.querySelector<HTMLElement>('.overview-head button')?.focus();
  }

  /** The few numbers that matter most. */
  #figures({ decisions, outcomes, latency }: ViewerSummary): HTMLElement {
    const { count, percent, duration } = this.#formats;
    const words = this.#words;
    const stopped = outcomes.deny + outcomes.refused;
    const figure = (value: string, word: string, detail = '') =>
      element(
        'div',
        { class: 'figure' },
        element('dt', {}, say(word)),
        element('dd', {}, element('span', { class: 'figure-value' }, say(value)), element('span', { class: 'figure-detail' }, say(detail))),
      );
    const asked = outcomes.allowed + outcomes.refused + outcomes.ask;
    return element(
      'dl',
      { class: 'figures' },
      figure(count(decisions), words.decisions),
      figure(count(stopped), words.stopped, percent(stopped, decisions)),
      figure(count(asked), words.asked, percent(asked, decisions)),
      figure(duration(latency.p95), words.latency95),
    );
  }

  #charts(summary: ViewerSummary): readonly (readonly [ChartData, ChartLook['kind']])[] {
    const words = this.#words;
    const { bucket, duration, count } = this.#formats;
    const outcomeSeries = viewerOutcomes.map((outcome): Series => {
      const { word, tone } = outcomeSign(outcome, words);
      return { name: word, tone: `fill-${tone}`, isHatched: outcome === 'deny' || outcome === 'refused' };
    });
    const shares = (title: string, category: string, list: readonly ViewerShare[]): ChartData => ({
      title,
      category,
      series: [
        { name: words.ran, tone: 'fill-tone-approve' },
        { name: words.stopped, tone: 'fill-tone-deny', isHatched: true },
      ],
      rows: list.map(({ value, count: all, denied }) => ({ label: visibleLine(value), values: [all - denied, denied] })),
      none: words.nothingToShow,
    });
    const { p50, p95, p99, bars } = summary.latency;
    let from = 0;
    const latencyRows = bars.map(({ upTo, count: calls }) => {
      const label = upTo === null ? fill(words.latencyOver, duration(from)) : fill(words.latencyUpTo, duration(upTo));
      from = upTo ?? from;
      return { label, values: [calls] };
    });
    return [
      [
        {
          title: words.chartTime,
          category: words.time,
          series: outcomeSeries,
          rows: summary.buckets.map(({ start, counts }) => ({
            label: bucket(start, summary.bucketMs),
            values: viewerOutcomes.map((outcome) => counts[outcome]),
          })),
          none: words.nothingToShow,
        },
        'columns',
      ],
      [shares(words.chartRules, words.rule, summary.topRules), 'bars'],
      [shares(words.chartAgents, words.agent, summary.agents), 'bars'],
      [
        {
          title: words.chartLatency,
          category: words.duration,
          note: fill(words.latencyNote, duration(p50), duration(p95), duration(p99)),
          series: [{ name: words.decisions, tone: 'fill-plain' }],
          rows: latencyRows,
          none: words.nothingToShow,
        },
        'bars',
      ],
      [
        {
          title: words.chartAnswers,
          category: words.answer,
          note: fill(words.answersNote, count(viewerAnswers.reduce((sum, answer) => sum + summary.answers[answer], 0))),
          series: [{ name: words.questions, tone: 'fill-plain' }],
          rows: viewerAnswers.map((answer) => ({ label: answerWord(answer, words), values: [summary.answers[answer]] })),
          none: words.noQuestions,
        },
        'bars',
      ],
    ];
  }
}

function answerWord(answer: ViewerAnswer, words: Words): string {
  switch (answer) {
    case 'allowed':
      return words.answerAllowed;
    case 'denied':
      return words.answerDenied;
    case 'expired':
      return words.answerExpired;
    case 'nobody':
      return words.answerNobody;
    case 'agent':
      return words.answerAgent;
    case 'grant':
      return words.answerGrant;
    case 'break-glass':
      return words.answerBreakGlass;
  }
}
