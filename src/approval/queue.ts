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

/** An open question as a list shows it. */
export interface PendingItem extends Pending {
  readonly id: number;
  /** Whether it waits until a person opens it. */
  readonly isQuiet: boolean;
}

interface Waiter {
  readonly request: ApprovalRequest;
  readonly settle: (answer: ApprovalAnswer) => void;
  readonly stop: () => void;
}

interface Entry {
  readonly id: number;
  readonly key: string;
  /** Put by itself, or once it has been opened. */
  due: boolean;
  /** Opened by the person: goes before what only waits. */
  opened: boolean;
  readonly waiters: Set<Waiter>;
  readonly ended: AbortController;
  /** Waiters that the shown question counts: only they get an answer that allows. */
  shown: ReadonlySet<Waiter>;
}

/**
 * Puts questions to a person one after the other. Identical ones that wait at the same time are one question. Quiet ones are put when the person
 * opens them, and keep nothing else waiting.
 */
export class RequestQueue {
  readonly #present: Present;
  readonly #changed: (waiting: number) => void;
  readonly #isQuiet: (request: ApprovalRequest) => boolean;
  readonly #entries: Entry[] = [];
  #count = 0;
  #busy = false;
  #disposed = false;

  /** `changed` is told the number of open questions whenever it may have changed. */
  constructor(
    present: Present,
    changed: (waiting: number) => void = () => {},
    isQuiet: (request: ApprovalRequest) => boolean = () => false,
  ) {
    this.#present = present;
    this.#changed = changed;
    this.#isQuiet = isQuiet;
  }

  /** Open questions. */
  get size(): number {
    return this.#entries.length;
  }

  /** The open questions, oldest first. */
  get items(): readonly PendingItem[] {
    return this.#entries.map((entry) => ({ ...pendingOf(entry), id: entry.id, isQuiet: !entry.due }));
  }

  /** Puts a question as soon as no other is being put: that one, or the oldest quiet one. False where there is none. */
  open(id?: number): boolean {
    const entry = this.#entries.find((one) => (id === undefined ? !one.due : one.id === id));
    if (entry === undefined) return false;
    entry.due = true;
    entry.opened = true;
    this.#changed(this.#entries.length);
    void this.#run();
    return true;
  }

  /** Denies one question. */
  deny(id: number, message?: string): void {
    const entry = this.#entries.find((one) => one.id === id);
    if (entry !== undefined) this.#end(entry, entry.waiters, message === undefined ? denied : { answer: 'deny', message });
  }

  /** Asks; `signal` says that the call waits no more, which is a deny. Never rejects. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    if (this.#disposed || signal.aborted) return Promise.resolve(denied);
    return new Promise((resolve) => {
      const key = keyOf(request);
      const entry = this.#entries.find((one) => one.key === key) ?? this.#add(key, !this.#isQuiet(request));
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

  #add(key: string, due: boolean): Entry {
    this.#count += 1;
    const entry: Entry = { id: this.#count, key, due, opened: false, waiters: new Set(), ended: new AbortController(), shown: new Set() };
    this.#entries.push(entry);
    return entry;
  }

  #next(): Entry | undefined {
    return this.#entries.find((entry) => entry.opened) ?? this.#entries.find((entry) => entry.due);
  }

  #leave(entry: Entry, waiter: Waiter): void {
    this.#end(entry, [waiter], denied);
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) {
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
    return pendingOf(entry);
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

function pendingOf(entry: Entry): Pending {
  const requests = [...entry.waiters].map((waiter) => waiter.request);
  const request = requests[0];
  if (!request) throw new Error('nobody waits for this answer any more');
  return { request, waiting: requests.length, signal: entry.ended.signal, deadline: Math.max(...requests.map((one) => one.deadline)) };
}

/** Requests with the same key are the same question. The session is part of it: an answer for one agent is none for another. */
function keyOf(request: ApprovalRequest): string {
  const { agent, session, cwd, workspace, nativeTool, actions, rule, layer, risk } = request;
  return JSON.stringify([agent, session, cwd, workspace, nativeTool, actions, rule, layer, risk]);
}
