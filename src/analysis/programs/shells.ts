import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { isEnvironment, runContent } from '../shell/execute-file.ts';
import { display, isMany, known, knownPrefix, originOf, type Text } from '../shell/value.ts';
import type { Program } from './registry.ts';
import { runPattern } from './script-pattern.ts';

/** Shells: `-c` text, a script file, or what comes from standard input. Source: POSIX sh, bash(1), zsh(1), fish(1). */
export const shellPrograms = (): Readonly<Record<string, Program>> => ({
  sh: shell,
  bash: shell,
  dash: shell,
  ash: shell,
  ksh: shell,
  mksh: shell,
  rbash: shell,
  zsh: shell,
  yash: shell,
  posh: shell,
  'bash-static': shell,
  'zsh-static': shell,
  fish: foreign,
  csh: foreign,
  tcsh: foreign,
  nu: foreign,
  elvish: foreign,
  xonsh: foreign,
  rc: foreign,
  es: foreign,
});

/** Options of shells that take a word of their own. */
const withValue = new Set(['-o', '+o', '-O', '+O', '--rcfile', '--init-file', '--emulate']);

function shell(call: Invocation): Result | Outcome | undefined {
  const { args } = call;
  let takesCommand = false;
  let readsInput = false;
  let readsOnly = false;
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i] ?? '';
    const text = known(arg);
    if (text === undefined) {
      if (isMany(arg) || knownPrefix(arg) === '' || knownPrefix(arg).startsWith('-')) {
        if (takesCommand || args.length > i + 1) break;
      }
      break;
    }
    if (text === '--' || text === '-') {
      i += 1;
      break;
    }
    if (withValue.has(text)) {
      if (text === '--rcfile' || text === '--init-file') readFirst(args[i + 1] ?? '', call);
      i += 1;
      continue;
    }
    if (/^--/.test(text)) continue;
    if (/^[-+][A-Za-z]+$/.test(text)) {
      if (text.startsWith('-') && text.includes('c')) takesCommand = true;
      if (text.startsWith('-') && text.includes('s')) readsInput = true;
      if (text.startsWith('-') && text.includes('n')) readsOnly = true;
      if (text.startsWith('-') && /o$/.test(text)) i += 1;
      continue;
    }
    break;
  }
  const rest = args.slice(i);
  const first = rest[0];
  // `bash -n file` looks whether it can be parsed.
  if (readsOnly) {
    if (first !== undefined && !takesCommand) call.read(first);
    return undefined;
  }
  if (takesCommand) return first === undefined ? undefined : runText(first, rest[1] ?? call.name, rest.slice(2), call);
  if (first !== undefined && !readsInput) return runScriptFile(first, rest.slice(1), call);
  return fromInput(rest, call);
}

/** What an interactive shell reads before its commands: `bash --rcfile file -i -c …`. */
function readFirst(file: Text, call: Invocation): void {
  call.read(file);
  if (isEnvironment(file)) return;
  const content = call.content(file);
  if (content) call.shell(content.text);
  else if (!call.isIn(file, 'workspace') && known(file) !== '/dev/null') call.opaque(`what ${display(file)} contains cannot be known`);
}

function runText(text: Text, name: Text, positional: readonly Text[], call: Invocation): Outcome {
  return call.shell(text, name, positional.some(isMany) ? 'unknown' : positional);
}

function runScriptFile(file: Text, args: readonly Text[], call: Invocation): Outcome | Result | undefined {
  if (known(file) === undefined) {
    call.read(file);
    if (call.run.reportOrigin(originOf(file))) call.run.problem('a script that cannot be known');
    else if (!runPattern(file, call, (path) => runScriptFile(path, args, call))) call.opaque(`the script ${display(file)} cannot be known`);
    return undefined;
  }
  call.read(file);
  const content = call.content(file);
  if (!content) {
    missingScript(file, call);
    return undefined;
  }
  return runContent(content, file, args, call.state, call.io, call.run, call.name);
}

/** A script that cannot be read: inside the project there is nothing to run; elsewhere nobody knows what it does. */
export function missingScript(file: Text, call: Invocation): void {
  call.run.problem(`${display(file)} cannot be read`);
  if (call.run.unpacked) call.run.reportOrigin('download');
  if (call.isWhollyIn(file, 'workspace'))
    call.run.emit({ kind: 'unknown', certainty: 'opaque', evidence: `${display(file)} cannot be read` });
  else call.opaque(`the script ${display(file)} cannot be known`);
  call.state.touched = true;
}

function fromInput(rest: readonly Text[], call: Invocation): Outcome | Result | undefined {
  if (!call.io.input) return undefined;
  return call.shell(call.io.input.text, call.name, rest.some(isMany) ? 'unknown' : rest, { input: undefined, capture: call.io.capture });
}

/** Shells of another grammar: plain commands read the same, anything else is not known. */
function foreign(call: Invocation): Result | Outcome | undefined {
  const at = call.args.findIndex((arg) => /^(?:-\w*c|--command|--commands|-C|--init-command)$/.test(known(arg) ?? ''));
  const inline = call.args
    .map((arg) => /^(?:--command|--init-command)=([\s\S]*)$/.exec(known(arg) ?? '')?.[1])
    .find((text) => text !== undefined);
  const text: Text | undefined = inline ?? (at >= 0 ? call.args[at + 1] : call.args.length === 0 ? call.io.input?.text : undefined);
  if (text === undefined) {
    const file = call.args.find((arg) => !(known(arg) ?? '-').startsWith('-'));
    if (file !== undefined) {
      call.read(file);
      missingScript(file, call);
    }
    return undefined;
  }
  const source = known(text);
  // fish writes `;` and `and` and `(…)` where sh writes others: what is not plain is opaque, and followed all the same.
  if (source !== undefined && /[(){}]|\b(?:and|or|not|begin|end|set|function|if|for|while|switch|string|eval|source)\b/.test(source)) {
    call.opaque(`${call.name} code`);
    call.shell(
      source
        .replace(/\(([^()]*)\)/g, '$($1)')
        .replace(/(^|[;\n])\s*(?:and|or|not|begin|end|else|if|while)\s+/g, '$1 ')
        .replace(/\bset\s+(?:-\w+\s+)*(\w+)\s+([^;\n]+)/g, '$1=$2'),
    );
    return undefined;
  }
  return call.shell(text);
}
