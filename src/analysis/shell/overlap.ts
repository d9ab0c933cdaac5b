// Commands that run at the same time: each may find files as they were before another one ran, or as that has left them.
import type { Run } from './run.ts';
import { absorb, joined } from './state-join.ts';
import type { State } from './state.ts';
import { changedFiles, unsettle, type Unsettled } from './unsettled.ts';

/** A command that runs beside others. */
export interface Job {
  /** What it is in the script. */
  readonly node: object;
  readonly body: (state: State) => void;
  readonly span: Run['span'];
  /** What was known where it was started. */
  readonly start: State;
  /** The same with what others have done to files since; `undefined` where they have done nothing. */
  seen: State | undefined;
  /** Files as it was last told of. */
  files: State['files'];
}

/** More of them are not followed. */
const mostJobs = 50;

/** A command that starts now and ends some time. */
export function job(node: object, start: State, run: Run, body: (state: State) => void): Job {
  const own = start.fork();
  return { node, body, span: run.span, start: own, seen: undefined, files: own.files };
}

/** Remembers a command that goes on while others run. */
export function addJob(added: Job, run: Run): void {
  if (run.isAgain || run.jobs.some(({ node, files }) => node === added.node && files === added.files)) return;
  if (run.jobs.length < mostJobs) run.jobs.push(added);
  else run.opaque('more at the same time than can be followed');
}

/** Tells commands what others have done to files in the meantime. */
export function tellFiles(jobs: readonly Job[], state: State): void {
  for (const each of jobs) {
    if (each.files === state.files) continue;
    const view = each.start.fork();
    absorb(view, state);
    view.unsettled = unsettle(view.unsettled, changedFiles(each.files, state.files), 'open');
    each.seen = joined(each.seen ?? each.start, view);
    each.files = state.files;
  }
}

/** Follows them once more, where files may have become others while they ran. */
export function runAgain(jobs: readonly Job[], run: Run): void {
  const { isAgain, span } = run;
  for (const { seen, body, span: own } of jobs) {
    if (!seen) continue;
    run.isAgain = true;
    run.span = own;
    body(seen.fork());
  }
  run.isAgain = isAgain;
  run.span = span;
}

/** A command that was started goes on: files are as it left them, or as they were, and what it writes it may write at any time. */
export function goesOn(before: State, state: State, how: Unsettled): void {
  if (before.files === state.files) return;
  const written = changedFiles(before.files, state.files);
  absorb(state, joined(before, state));
  state.unsettled = unsettle(state.unsettled, written, how);
}

/** Lets a command (`inner`) see what others have done since `before`, which run beside it. What is returned keeps what they wrote and it did not. */
export function beside(before: State, inner: State, state: State): () => void {
  const prior = state.fork();
  const written = changedFiles(before.files, prior.files);
  absorb(inner, joined(before, inner));
  const began = inner.fork();
  inner.unsettled = unsettle(inner.unsettled, written, 'open');
  return () => {
    for (const path of written) {
      const known = prior.files.get(path);
      if (known && state.files.get(path) === began.files.get(path)) state.setFile(path, known);
    }
  };
}
