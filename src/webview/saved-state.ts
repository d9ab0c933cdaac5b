import { type ViewerRow, type ViewerState, viewerOutcomes } from '../model/viewer.ts';
import { type FilterChoice, filterFrom, noChoice, spanNames, withSpan } from './filter-state.ts';

/** What the page keeps while it is hidden, and over a restart of the window. */
export interface SavedState {
  readonly choice: FilterChoice;
  readonly view: 'records' | 'charts';
  readonly asTables: boolean;
  /** Share of the detail, in percent. */
  readonly share: number;
  /** Where the list stood, and the place of its current row, both as of this `epoch` and `grown`: see `ViewerState`. */
  readonly place: number;
  readonly current?: number;
  readonly epoch: number;
  readonly grown: number;
  /** The record whose details are open. */
  readonly open?: OpenRecord;
}

/** As much of a row as its details need until the rest has come. */
export type OpenRecord = Pick<ViewerRow, 'id' | 'type' | 'outcome'>;

export const freshState: SavedState = {
  choice: noChoice,
  view: 'records',
  asTables: false,
  share: 42,
  place: 0,
  epoch: -1,
  grown: 0,
};

/** The state out of what the editor kept, field by field: an older version of the page may have written it. */
export function savedStateFrom(value: unknown, now: number): SavedState {
  if (typeof value !== 'object' || value === null) return freshState;
  const { choice, view, asTables, share, place, current, epoch, grown, open } = value as Readonly<Record<string, unknown>>;
  return {
    choice: choiceFrom(choice, now),
    view: view === 'charts' ? 'charts' : 'records',
    asTables: asTables === true,
    share: isNumber(share) ? share : freshState.share,
    place: isNumber(place) ? place : 0,
    ...(isNumber(current) ? { current: Math.floor(current) } : {}),
    epoch: isNumber(epoch) ? epoch : freshState.epoch,
    grown: isNumber(grown) ? grown : 0,
    ...openFrom(open),
  };
}

function openFrom(value: unknown): { readonly open?: OpenRecord } {
  if (typeof value !== 'object' || value === null) return {};
  const { id, type, outcome: kept } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || (type !== 'decision' && type !== 'event' && type !== 'damaged')) return {};
  const outcome = viewerOutcomes.find((one) => one === kept);
  return { open: { id, type, ...(outcome === undefined ? {} : { outcome }) } };
}

/** How many rows have come above what was in sight, where that is known: the host then counted on while the page was hidden. */
export function grownSince({ epoch, grown }: SavedState, state: Pick<ViewerState, 'epoch' | 'grown'>): number {
  return epoch === state.epoch ? Math.max(0, state.grown - grown) : 0;
}

function choiceFrom(value: unknown, now: number): FilterChoice {
  if (typeof value !== 'object' || value === null) return noChoice;
  const { filter: kept, span: keptSpan } = value as Readonly<Record<string, unknown>>;
  const filter = filterFrom(kept);
  if (!filter) return noChoice;
  const span = spanNames.find((name) => name === keptSpan);
  // "The last hour" is that before now, not that before the window was closed.
  return span === undefined ? { filter } : withSpan({ filter }, span, now);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
