import { type FilterChoice, filterFrom, noChoice, spanNames, withSpan } from './filter-state.ts';

/** What the page keeps while it is hidden, and over a restart of the window. */
export interface SavedState {
  readonly choice: FilterChoice;
  readonly view: 'records' | 'charts';
  readonly asTables: boolean;
  /** Share of the detail, in percent. */
  readonly share: number;
  /** Where the list stood, and the place of its current row. */
  readonly place: number;
  readonly current?: number;
  readonly isDetailOpen: boolean;
}

export const freshState: SavedState = {
  choice: noChoice,
  view: 'records',
  asTables: false,
  share: 42,
  place: 0,
  isDetailOpen: false,
};

/** The state out of what the editor kept, field by field: an older version of the page may have written it. */
export function savedStateFrom(value: unknown, now: number): SavedState {
  if (typeof value !== 'object' || value === null) return freshState;
  const { choice, view, asTables, share, place, current, isDetailOpen } = value as Readonly<Record<string, unknown>>;
  return {
    choice: choiceFrom(choice, now),
    view: view === 'charts' ? 'charts' : 'records',
    asTables: asTables === true,
    share: isNumber(share) ? share : freshState.share,
    place: isNumber(place) ? place : 0,
    ...(isNumber(current) ? { current: Math.floor(current) } : {}),
    isDetailOpen: isDetailOpen === true,
  };
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
