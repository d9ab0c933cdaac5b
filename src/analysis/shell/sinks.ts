// Files that redirections write, from when they are opened until the command has ended.
import { locations } from '../touch.ts';
import { remember } from './files.ts';
import type { Sink } from './open-file.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { closed, unsettle } from './unsettled.ts';
import { known, type Text } from './value.ts';

/** Files that are open. */
export interface OpenSinks {
  /** Whether a path is one of them. */
  has(path: string): boolean;
  /**
   * Says what they hold when the command has ended, in each state that it may have ended in: what it printed into the one that its standard output led
   * to, and nobody knows what in the others, and where the command itself did something to the file.
   */
  close(ends: readonly (State | undefined)[], main: Sink | undefined, printed: Text): void;
}

const none: OpenSinks = { has: () => false, close: () => undefined };

/**
 * Opens files. They are there before the command starts, and as long as it runs nobody knows what they hold:
 * `{ echo 'rm -rf ~'; sh f; } > f`.
 */
export function openSinks(sinks: readonly Sink[], state: State, run: Run): OpenSinks {
  if (sinks.length === 0) return none;
  const before = state.unsettled;
  const { reroutes, reopens } = run;
  const files = sinks.map((sink) => ({ sink, paths: begin(sink, state, run) }));
  const all = files.flatMap(({ paths }) => paths);
  state.unsettled = unsettle(state.unsettled, all, 'open');
  const opened = new Map(all.map((path) => [path, state.files.get(path)]));
  const lasting = files.filter(({ sink }) => sink.staysOpen).flatMap(({ paths }) => paths);
  return {
    has: (path) => all.includes(path),
    close(ends, main, printed) {
      // After `exec 3> f` it is open for the rest of the shell.
      const stay = run.reroutes > reroutes ? all : lasting;
      for (const end of new Set(ends)) {
        if (!end) continue;
        end.unsettled = closed(end.unsettled, before);
        for (const { sink, paths } of files) {
          // `> /dev/stdout` opens the same file once more: what is printed by both lies over each other.
          const isChanged = run.reopens > reopens || paths.some((path) => end.files.get(path) !== opened.get(path));
          remember(sink.target, sink === main && !isChanged && !sink.isOverlaid ? printed : undefined, end, run, sink.append);
        }
        if (stay.length > 0) end.unsettled = unsettle(end.unsettled, stay, 'lasting');
      }
    },
  };
}

// The file is there, and empty unless it is appended to, before the command starts.
function begin({ target, append, isOverlaid }: Sink, state: State, run: Run): readonly string[] {
  const path = known(target);
  if (path === undefined || run.virtual.has(path)) return [];
  return locations(path, state, run).flatMap(({ typed, real }) => {
    if (real.startsWith('/dev/')) return [];
    const isMade = state.file(typed) === undefined && ((!append && !isOverlaid) || run.world.kind(real) === undefined);
    if (isMade) state.setFile(typed, { text: '' });
    return typed === real ? [typed] : [typed, real];
  });
}
