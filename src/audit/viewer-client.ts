import { Worker } from 'node:worker_threads';
import type {
  AuditIndex,
  ExportFormat,
  ViewerDetail,
  ViewerFilter,
  ViewerRows,
  ViewerState,
  ViewerSummary,
  ViewerVerification,
} from '../model/viewer.ts';
import { threadFile } from '../platform/beside.ts';
import type { FromWorker, Question, ToWorker, WorkerTask } from './viewer-messages.ts';

const loading: ViewerState = {
  phase: 'loading',
  total: 0,
  matching: 0,
  revision: 0,
  epoch: 0,
  busy: true,
  grown: 0,
  isCut: false,
  facets: { agents: [], rules: [], risks: [], outcomes: [], kinds: [] },
};

/**
 * An index over the log in a directory, in a thread of its own, which is started by `open` and ended by `dispose`: a million records take seconds to read,
 * and the thread of the editor's extensions must not wait for them.
 */
export function openAuditIndex(directory: string): AuditIndex {
  return new Client(directory);
}

class Client implements AuditIndex {
  readonly #directory: string;
  readonly #listeners = new Set<(state: ViewerState) => void>();
  readonly #waiting = new Map<number, (value: unknown) => void>();
  readonly #verifying = new Set<Worker>();
  #worker: Worker | undefined;
  #filter: ViewerFilter | undefined;
  #state = loading;
  #next = 1;
  #isDisposed = false;

  constructor(directory: string) {
    this.#directory = directory;
  }

  onDidChange(listener: (state: ViewerState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(): void {
    if (this.#isDisposed || this.#worker !== undefined) return;
    const worker = startThread({ task: 'index', directory: this.#directory });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#take(message));
    worker.on('error', (error) => this.#stopped(error.message));
    worker.on('exit', () => this.#stopped('exit'));
    if (this.#filter !== undefined) this.#send({ type: 'filter', filter: this.#filter });
  }

  setFilter(filter: ViewerFilter): void {
    this.#filter = filter;
    this.#send({ type: 'filter', filter });
  }

  state(): ViewerState {
    return this.#state;
  }

  async rows(from: number, count: number): Promise<ViewerRows> {
    const { revision, epoch, grown } = this.#state;
    return ((await this.#ask({ ask: 'rows', from, count })) as ViewerRows | undefined) ?? { revision, epoch, grown, from, rows: [] };
  }

  async detail(id: string): Promise<ViewerDetail | undefined> {
    return (await this.#ask({ ask: 'detail', id })) as ViewerDetail | undefined;
  }

  async summary(): Promise<ViewerSummary | undefined> {
    return (await this.#ask({ ask: 'summary' })) as ViewerSummary | undefined;
  }

  verify(): Promise<ViewerVerification | undefined> {
    if (this.#isDisposed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const worker = startThread({ task: 'verify', directory: this.#directory });
      this.#verifying.add(worker);
      worker.once('message', (result: ViewerVerification) => resolve(result));
      worker.once('error', () => resolve(undefined));
      worker.once('exit', () => {
        this.#verifying.delete(worker);
        resolve(undefined);
      });
    });
  }

  async exportTo(format: ExportFormat, sink: (text: string) => void | Promise<void>): Promise<number | undefined> {
    const number = await this.#ask({ ask: 'openExport', format });
    if (typeof number !== 'number') return undefined;
    for (;;) {
      const piece = (await this.#ask({ ask: 'nextPiece', number })) as { readonly text?: string; readonly count: number } | undefined;
      if (piece?.text === undefined) return piece?.count;
      try {
        await sink(piece.text);
      } catch {
        void this.#ask({ ask: 'closeExport', number });
        return undefined;
      }
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listeners.clear();
    for (const worker of [this.#worker, ...this.#verifying]) void worker?.terminate();
    this.#verifying.clear();
    this.#release();
  }

  #ask(question: Question): Promise<unknown> {
    if (this.#isDisposed || this.#worker === undefined) return Promise.resolve(undefined);
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send({ type: 'question', id, question });
    });
  }

  #send(message: ToWorker): void {
    if (!this.#isDisposed) this.#worker?.postMessage(message);
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'state':
        this.#say(message.state);
        return;
      case 'answer':
        this.#waiting.get(message.id)?.(message.value);
        this.#waiting.delete(message.id);
    }
  }

  /** The thread ended by itself: out of memory, or a fault of ours. A new `open` starts another. */
  #stopped(why: string): void {
    this.#worker = undefined;
    this.#release();
    if (this.#isDisposed || this.#state.problem?.code === 'stopped') return;
    const problem = { code: 'stopped', path: this.#directory, why } as const;
    this.#say({ ...loading, phase: 'error', problem, busy: false, revision: this.#state.revision + 1, epoch: this.#state.epoch + 1 });
  }

  #release(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }

  #say(state: ViewerState): void {
    if (this.#isDisposed) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

function startThread(workerData: WorkerTask): Worker {
  // Most of the memory is outside of the thread's heap; a small heap keeps what is garbage small.
  return new Worker(threadFile(), {
    workerData,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 6 },
  });
}
