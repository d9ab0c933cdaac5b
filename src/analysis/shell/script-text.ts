import { parseShell } from './front.ts';
import { inShell, runScript } from './interpret.ts';
import { either, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { anyText, anyWords, known, originOf, type Text } from './value.ts';
import { childOf } from './state-join.ts';

/** Name of the variable that stands for an unknown part of a script that is followed all the same. */
const holeName = '__unknown';

/**
 * Runs text as commands of the current shell. Text that cannot be known is opaque, and is followed as far as it is known all the
 * same, for what it surely does besides. What was downloaded or decoded is never taken for read, whatever it says.
 */
export function evaluateText(text: Text, state: State, io: Io, run: Run): Outcome {
  const origin = originOf(text);
  run.reportOrigin(origin);
  const source = known(text);
  if (source !== undefined) return evaluateSource(source, state, io, run);
  if (typeof text === 'string') return either(state);
  const harmless = text.pieces.every(
    (piece) => typeof piece === 'string' || 'text' in piece || ('hole' in piece && (piece.hole === 'name' || piece.origin === 'generated')),
  );
  // What was decoded or downloaded is told already.
  if (!harmless && (origin === 'download' || origin === 'decoded')) run.problem('code that cannot be known');
  else if (!harmless) run.opaque('code that cannot be known');
  if (!text.pieces.some((piece) => typeof piece === 'string')) return either(state);
  const followed = text.pieces
    .map((piece) =>
      typeof piece === 'string'
        ? piece
        : 'text' in piece
          ? piece.text
          : 'glob' in piece
            ? piece.glob
            : piece.origin === 'generated'
              ? ':'
              : `\${${holeName}}`,
    )
    .join('');
  state.set(holeName, anyWords);
  return evaluateSource(followed, state, io, run);
}

function evaluateSource(source: string, state: State, io: Io, run: Run): Outcome {
  const { script, problems } = parseShell(source);
  if (!script) {
    run.opaque(problems[0]?.message ?? 'code that cannot be parsed');
    return either(state);
  }
  run.nested += 1;
  const outcome = runScript(script, state, io, run);
  run.nested -= 1;
  return outcome;
}

/** Runs text in a shell of its own that sees exported variables only, as `sh -c` does. */
export function runChildShell(
  text: Text,
  name: Text,
  positional: readonly Text[] | undefined,
  state: State,
  io: Io,
  run: Run,
  shell = 'bash',
): Outcome {
  const child = childOf(state);
  child.zsh = /^zsh/.test(shell);
  child.posix = /^(?:sh|dash|ash)$/.test(shell);
  child.scriptName = known(name)?.startsWith('/dev/fd/63-') ? anyText : name;
  child.positional = positional;
  const outcome = inShell(child, run, (inner) => evaluateText(text, inner, io, run), state);
  return either(state, outcome.out);
}
