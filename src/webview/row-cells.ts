import type { ViewerRow } from '../model/viewer.ts';
import { visibleLine } from '../present/visible-text.ts';
import { element, icon, quote, say } from './dom.ts';
import type { Formats } from './format.ts';
import { riskWord, rowSign } from './outcome.ts';
import type { Words } from './words.ts';

const columns = ['time', 'outcome', 'agent', 'what', 'rule', 'risk'] as const;

/** How many columns a row has. */
export const columnCount = columns.length;

/** What stands above the columns. */
export function headCells(words: Words): readonly HTMLElement[] {
  return columns.map((column) => element('div', { class: `cell cell-${column}`, role: 'columnheader' }, say(words[column])));
}

/** What a row shows of a record. */
export function rowCells(row: ViewerRow, words: Words, formats: Formats): readonly HTMLElement[] {
  const sign = rowSign(row, words);
  const cell = (name: (typeof columns)[number], ...children: readonly (Node | undefined)[]) =>
    element('div', { class: `cell cell-${name}`, role: 'gridcell' }, ...children);
  const subject = cell(
    'what',
    row.degraded
      ? element(
          'span',
          { class: 'flag', title: words.degraded },
          icon('warning'),
          element('span', { class: 'unseen' }, say(words.degraded)),
        )
      : undefined,
    element('span', { class: 'subject' }, quote(row.subject)),
  );
  subject.title = visibleLine(row.subject);
  return [
    cell('time', ...timeNodes(row.timestamp, formats)),
    cell('outcome', icon(sign.icon, sign.tone), element('span', {}, say(sign.word))),
    cell('agent', quote(row.agent ?? '')),
    subject,
    cell('rule', quote(row.rule ?? '')),
    cell('risk', row.risk ? element('span', { class: `risk risk-${row.risk}` }, say(riskWord(row.risk, words))) : undefined),
  ];
}

/** What stands in for a record that has not come yet. */
export function placeholderCell(words: Words): HTMLElement {
  return element(
    'div',
    { class: 'cell', role: 'gridcell', 'aria-colspan': columnCount },
    element('span', { class: 'placeholder' }),
    element('span', { class: 'unseen' }, say(words.reading)),
  );
}

function timeNodes(timestamp: string, formats: Formats): readonly Node[] {
  if (Number.isNaN(Date.parse(timestamp))) return [quote(timestamp === '' ? '—' : timestamp)];
  const [day, time] = formats.dayAndTime(timestamp);
  return [element('span', { class: 'date' }, say(`${day}, `)), say(time)];
}
