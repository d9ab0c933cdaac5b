import { type ViewerSummary, viewerOutcomes } from '../model/viewer.ts';
import { columnAt, stackedColumns } from './chart-geometry.ts';
import { element, say, svg } from './dom.ts';
import type { Formats } from './format.ts';
import { outcomeSign } from './outcome.ts';
import { fill, type Words } from './words.ts';

const room = { width: 600, height: 32 };

/** The strip above the list: what was decided when. Part of it can be marked to see only that time; by keyboard the time filter does the same. */
export class Timeline {
  readonly root: HTMLElement;
  readonly #words: Words;
  readonly #formats: Formats;
  readonly #onRange: (since: number, until: number) => void;
  readonly #mark = element('div', { class: 'timeline-mark' });
  readonly #drawing = element('div', { class: 'timeline-drawing' });
  readonly #ends = element('div', { class: 'timeline-ends' });
  #summary: ViewerSummary | undefined;
  #from: number | undefined;

  constructor(words: Words, formats: Formats, onRange: (since: number, until: number) => void) {
    this.#words = words;
    this.#formats = formats;
    this.#onRange = onRange;
    this.root = element('div', { class: 'timeline', 'aria-hidden': 'true', title: words.timelineHint }, this.#drawing, this.#ends);
    this.#mark.hidden = true;
    this.#drawing.append(this.#mark);
    this.#drawing.addEventListener('pointerdown', (event) => this.#begin(event));
    this.#drawing.addEventListener('pointermove', (event) => this.#extend(event));
    this.#drawing.addEventListener('pointerup', (event) => this.#finish(event));
    this.#drawing.addEventListener('pointercancel', () => this.#stop());
  }

  show(summary: ViewerSummary): void {
    this.#summary = summary;
    const { buckets, bucketMs } = summary;
    this.root.hidden = buckets.length === 0;
    const values = buckets.map(({ counts }) => viewerOutcomes.map((outcome) => counts[outcome]));
    const end = Math.max(1, ...values.map((parts) => parts.reduce((sum, part) => sum + part, 0)));
    const slot = room.width / Math.max(1, buckets.length);
    const bars = stackedColumns(values, room, end, Math.min(2, slot / 4)).map((stack, index) => {
      const title = svg('title');
      const bucket = buckets[index];
      if (bucket) title.append(say(this.#tooltip(bucket.start, values[index] ?? [])));
      return svg(
        'g',
        { class: 'column' },
        title,
        svg('rect', { class: 'column-area', x: index * slot, y: 0, width: slot, height: room.height }),
        ...stack.map((bar, part) => {
          const outcome = viewerOutcomes[part];
          if (bar.height === 0 || outcome === undefined) return undefined;
          const tone = `fill-${outcomeSign(outcome, this.#words).tone}`;
          return svg('rect', { class: tone, x: bar.x, y: bar.y, width: bar.width, height: bar.height });
        }),
      );
    });
    const drawing = svg('svg', { class: 'drawing', viewBox: `0 0 ${room.width} ${room.height}`, preserveAspectRatio: 'none' }, ...bars);
    this.#drawing.replaceChildren(drawing, this.#mark);
    const [first, last] = [buckets[0], buckets.at(-1)];
    const label = (start: number | undefined) => element('span', {}, say(start === undefined ? '' : this.#formats.bucket(start, bucketMs)));
    this.#ends.replaceChildren(label(first?.start), label(last === undefined ? undefined : last.start + bucketMs));
  }

  #tooltip(start: number, values: readonly number[]): string {
    const bucketMs = this.#summary?.bucketMs ?? 0;
    const span = fill(this.#words.timeRange, this.#formats.bucket(start, bucketMs), this.#formats.bucket(start + bucketMs, bucketMs));
    const counts = values.flatMap((value, index) => {
      const outcome = viewerOutcomes[index];
      return value === 0 || outcome === undefined ? [] : [`${outcomeSign(outcome, this.#words).word}: ${this.#formats.count(value)}`];
    });
    return [span, ...counts].join('\n');
  }

  #columnOf(event: PointerEvent): number | undefined {
    const { left, width } = this.#drawing.getBoundingClientRect();
    const x = Math.min(width - 1, Math.max(0, event.clientX - left));
    return columnAt(x, width, this.#summary?.buckets.length ?? 0);
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#from = this.#columnOf(event);
    if (this.#from === undefined) return;
    this.#drawing.setPointerCapture(event.pointerId);
    this.#extend(event);
  }

  #extend(event: PointerEvent): void {
    const to = this.#columnOf(event);
    const columns = this.#summary?.buckets.length ?? 0;
    if (this.#from === undefined || to === undefined) return;
    const [first, last] = [Math.min(this.#from, to), Math.max(this.#from, to)];
    this.#mark.hidden = false;
    this.#mark.style.left = `${(first / columns) * 100}%`;
    this.#mark.style.width = `${((last + 1 - first) / columns) * 100}%`;
  }

  #finish(event: PointerEvent): void {
    const from = this.#from;
    const to = this.#columnOf(event);
    this.#stop();
    const summary = this.#summary;
    if (from === undefined || to === undefined || !summary) return;
    const start = summary.buckets[Math.min(from, to)]?.start;
    const end = summary.buckets[Math.max(from, to)]?.start;
    if (start !== undefined && end !== undefined) this.#onRange(start, end + summary.bucketMs - 1);
  }

  #stop(): void {
    this.#from = undefined;
    this.#mark.hidden = true;
  }
}
