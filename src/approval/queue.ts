import type { ApprovalAnswer, ApprovalRequest } from './messages.ts';

/** A question that waits, with every identical request that arrived before it was answered. */
export interface Pending {
  readonly request: ApprovalRequest;
  /** How many identical requests wait for this answer. */
  readonly waiting: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970 at which the last of the waiting gives up. */
  readonly deadline: number;
}

/** Puts one question to the person. Rejecting is a deny. `current` gives the entry as it is now: others may have joined or left. */
export type Present = (current: () => Pending) => Promise<ApprovalAnswer>;

interface Waiter {
  readonly request: ApprovalRequest;
  readonly settle: (answer: ApprovalAnswer) => void;
  readonly stop: () => void;
}

interface Entry {
  readonly key: string;
  readonly waiters: Set<Waiter>;
  readonly ended: AbortController;
  /** Waiters that the shown question counts: only they get an answer that allows. */
  shown: ReadonlySet<Waiter>;
}

/** Puts questions to a person one after the other. Identical ones that wait at the same time are one question. */
export class RequestQueue {
  readonly #present: Present;
  readonly #changed: (waiting: number) => void;
  readonly #entries: Entry[] = [];
  #busy = false;
  #disposed = false;

  /** `changed` is told the number of open questions whenever it may have changed. */
  constructor(present: Present, changed: (waiting: number) => void = () => {}) {
    this.#present = present;
    this.#changed = changed;
  }

  /** Open questions. */
  get size(): number {
    return this.#entries.length;
  }

  /** Requests that wait, oldest question first, one of each kind. */
  get requests(): readonly ApprovalRequest[] {
    return this.#entries.flatMap((entry) => [...entry.waiters].slice(0, 1).map((waiter) => waiter.request));
  }

  /** Asks; `signal` says that the call waits no more, which is a deny. Never rejects. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    if (this.#disposed || signal.aborted) return Promise.resolve(denied);
    return new Promise((resolve) => {
      const key = keyOf(request);
      const entry = this.#entries.find((one) => one.key === key) ?? this.#add(key);
      const leave = () => this.#leave(entry, waiter);
      const waiter: Waiter = {
        request,
        settle: resolve,
        stop: () => signal.removeEventListener('abort', leave),
      };
      entry.waiters.add(waiter);
      signal.addEventListener('abort', leave);
      this.#changed(this.#entries.length);
      void this.#run();
    });
  }

  /** Denies everything that waits. */
  denyAll(): void {
    for (const entry of [...this.#entries]) this.#end(entry, entry.waiters, denied);
  }

  /** Denies everything that waits and everything that comes. */
  dispose(): void {
    this.#disposed = true;
    this.denyAll();
  }

  #add(key: string): Entry {
    const entry: Entry = { key, waiters: new Set(), ended: new AbortController(), shown: new Set() };
    this.#entries.push(entry);
    return entry;
  }

  #leave(entry: Entry, waiter: Waiter): void {
    this.#end(entry, [waiter], denied);
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let entry = this.#entries[0]; entry; entry = this.#entries[0]) {
        const asked = entry;
        const answer = await this.#present(() => this.#show(asked)).catch(() => denied);
        // An allow holds for those that the person saw counted; who joined later is asked about anew. A deny holds for all.
        this.#end(asked, answer.answer === 'allow' && answer.scope === 'once' ? asked.shown : asked.waiters, answer);
        asked.shown = new Set();
      }
    } finally {
      this.#busy = false;
    }
  }

  #show(entry: Entry): Pending {
    entry.shown = new Set(entry.waiters);
    const requests = [...entry.waiters].map((waiter) => waiter.request);
    const request = requests[0];
    if (!request) throw new Error('nobody waits for this answer any more');
    return { request, waiting: requests.length, signal: entry.ended.signal, deadline: Math.max(...requests.map((one) => one.deadline)) };
  }

  #end(entry: Entry, waiters: Iterable<Waiter>, answer: ApprovalAnswer): void {
    for (const waiter of [...waiters]) {
      if (!entry.waiters.delete(waiter)) continue;
      waiter.stop();
      waiter.settle(answer);
    }
    if (entry.waiters.size === 0) {
      const at = this.#entries.indexOf(entry);
      if (at >= 0) this.#entries.splice(at, 1);
      entry.ended.abort();
    }
    this.#changed(this.#entries.length);
  }
}

const denied: ApprovalAnswer = { answer: 'deny' };

/** Requests with the same key are the same question. The session is part of it: an answer for one agent is none for another. */
function keyOf(request: ApprovalRequest): string {
  const { agent, session, cwd, workspace, nativeTool, actions, rule, layer, risk } = request;
  return JSON.stringify([agent, session, cwd, workspace, nativeTool, actions, rule, layer, risk]);
}
