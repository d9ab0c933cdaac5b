import type { ExportFormat, ViewerFilter, ViewerState } from '../model/viewer.ts';

/** What a worker is started for. */
export type WorkerTask = { readonly task: 'index' | 'verify'; readonly directory: string };

/** What the index is asked; each is answered with the value of the function of that name. */
export type Question =
  | { readonly ask: 'rows'; readonly from: number; readonly count: number }
  | { readonly ask: 'detail'; readonly id: string }
  | { readonly ask: 'summary' }
  | { readonly ask: 'openExport'; readonly format: ExportFormat }
  | { readonly ask: 'nextPiece'; readonly number: number }
  | { readonly ask: 'closeExport'; readonly number: number };

export type ToWorker =
  | { readonly type: 'filter'; readonly filter: ViewerFilter }
  | { readonly type: 'question'; readonly id: number; readonly question: Question };

export type FromWorker =
  | { readonly type: 'state'; readonly state: ViewerState }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown };
