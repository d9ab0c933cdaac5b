import { type Bar, stackedColumns, stackedRow, ticks, roundUp } from './chart-geometry.ts';
import { element, say, svg } from './dom.ts';

/** One kind of thing that a chart counts. Its colour is that of a class in media/viewer/viewer.css; hatching tells what was stopped without colours. */
export interface Series {
  readonly name: string;
  readonly tone: string;
  readonly isHatched?: boolean;
}

export interface ChartData {
  readonly title: string;
  /** What the first column of the table holds. */
  readonly category: string;
  readonly series: readonly Series[];
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[];
  /** One sentence below the title. */
  readonly note?: string;
  /** Said where there is nothing to show. */
  readonly none: string;
}

export interface ChartLook {
  readonly kind: 'columns' | 'bars';
  readonly count: (value: number) => string;
}

/** A chart with its legend, and the same as a table: the table is there for screen readers also while the drawing is shown. */
export function chart(data: ChartData, look: ChartLook, asTable: boolean): HTMLElement {
  const { title, note, none, rows, series } = data;
  const isEmpty = rows.every(({ values }) => values.every((value) => value === 0));
  const body = isEmpty
    ? [element('p', { class: 'note' }, say(none))]
    : [
        ...(asTable
          ? []
          : [...(series.length > 1 ? [legend(series)] : []), look.kind === 'columns' ? columns(data, look) : bars(data, look)]),
        table(data, look, asTable),
      ];
  return element(
    'section',
    { class: `chart chart-${look.kind}` },
    element('h2', {}, say(title)),
    note === undefined ? undefined : element('p', { class: 'note' }, say(note)),
    ...body,
  );
}

function legend(series: readonly Series[]): HTMLElement {
  return element(
    'ul',
    { class: 'legend', 'aria-hidden': 'true' },
    ...series.map((one) =>
      element(
        'li',
        {},
        svg('svg', { class: 'swatch', viewBox: '0 0 10 10' }, ...area(one, { x: 0, y: 0, width: 10, height: 10 })),
        say(one.name),
      ),
    ),
  );
}

/** The area of a number, hatched where its series is; nothing for zero. */
function area(series: Series | undefined, { x, y, width, height }: Bar): readonly SVGElement[] {
  if (series === undefined || width === 0 || height === 0) return [];
  const place = { x, y, width, height };
  return [svg('rect', { class: series.tone, ...place }), ...(series.isHatched === true ? [svg('rect', { class: 'hatch', ...place })] : [])];
}

/** What hatches are made of: once in a page that has charts. */
export function hatching(): SVGElement {
  const line = svg('path', { class: 'hatch-line', d: 'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2' });
  const pattern = svg('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse' }, line);
  return svg('svg', { class: 'hatch-room', 'aria-hidden': 'true' }, svg('defs', {}, pattern));
}

const room = { width: 600, height: 120 };

function columns({ rows, series }: ChartData, { count }: ChartLook): HTMLElement {
  const end = roundUp(Math.max(...rows.map(({ values }) => sum(values))));
  const stacks = stackedColumns(
    rows.map(({ values }) => values),
    room,
    end,
    Math.min(2, room.width / rows.length / 4),
  );
  const lines = ticks(end).map((tick) => {
    const y = room.height - (tick / end) * room.height;
    return svg('line', { class: 'grid-line', x1: 0, x2: room.width, y1: y, y2: y });
  });
  const drawn = stacks.map((stack, index) => {
    const row = rows[index];
    const label = svg('title');
    label.append(say(row ? tooltip(row.label, row.values, series, count) : ''));
    const slot = room.width / stacks.length;
    return svg(
      'g',
      { class: 'column' },
      label,
      svg('rect', { class: 'column-area', x: index * slot, y: 0, width: slot, height: room.height }),
      ...stack.flatMap((bar, part) => area(series[part], bar)),
    );
  });
  const labels = ticks(end)
    .map((tick) => element('span', {}, say(count(tick))))
    .reverse();
  const [first, middle, last] = [rows[0], rows[Math.floor(rows.length / 2)], rows.at(-1)];
  const ends = (rows.length > 2 ? [first, middle, last] : [first, last]).map((row) => element('span', {}, say(row?.label ?? '')));
  return element(
    'div',
    { class: 'plot', 'aria-hidden': 'true' },
    element('div', { class: 'axis-y' }, ...labels),
    svg('svg', { class: 'drawing', viewBox: `0 0 ${room.width} ${room.height}`, preserveAspectRatio: 'none' }, ...lines, ...drawn),
    element('div', { class: 'axis-x' }, ...ends),
  );
}

const barLength = 200;

function bars({ rows, series }: ChartData, { count }: ChartLook): HTMLElement {
  const end = Math.max(1, ...rows.map(({ values }) => sum(values)));
  const lines = rows.map(({ label, values }) => {
    const parts = stackedRow(values, barLength, end);
    return element(
      'div',
      { class: 'bar-line', title: tooltip(label, values, series, count) },
      element('span', { class: 'bar-label' }, say(label)),
      svg(
        'svg',
        { class: 'bar', viewBox: `0 0 ${barLength} 10`, preserveAspectRatio: 'none' },
        ...parts.flatMap((part, index) => area(series[index], { ...part, y: 0, height: 10 })),
      ),
      element('span', { class: 'bar-count' }, say(count(sum(values)))),
    );
  });
  return element('div', { class: 'bars', 'aria-hidden': 'true' }, ...lines);
}

function table({ title, category, series, rows }: ChartData, { count }: ChartLook, isShown: boolean): HTMLElement {
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, say(category)),
    ...series.map(({ name }) => element('th', { scope: 'col', class: 'number' }, say(name))),
  );
  const lines = rows.map(({ label, values }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, say(label)),
      ...values.map((value) => element('td', { class: 'number' }, say(count(value)))),
    ),
  );
  return element(
    'div',
    isShown ? { class: 'table-room', tabindex: 0, role: 'group', 'aria-label': title } : { class: 'unseen' },
    element('table', {}, element('caption', { class: 'unseen' }, say(title)), element('thead', {}, head), element('tbody', {}, ...lines)),
  );
}

function tooltip(label: string, values: readonly number[], series: readonly Series[], count: (value: number) => string): string {
  return [label, ...values.flatMap((value, index) => (value === 0 ? [] : [`${series[index]?.name ?? ''}: ${count(value)}`]))].join('\n');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
