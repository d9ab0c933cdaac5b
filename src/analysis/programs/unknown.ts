import { isAbsolute } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import { known, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { classify } from '../zones.ts';
import { findProgram, isRunner } from './registry.ts';

/**
 * A program nobody described. What it does with its arguments cannot be known, so they are judged by what they name: a path with a
 * secret in it may be read, a command that stands among them may be started (`mywrap git push -f`).
 */
export function runUnknown(call: Invocation): Result | undefined {
  call.state.touched = true;
  const { args } = call;
  for (const [index, arg] of args.entries()) {
    const text = known(arg);
    if (text === undefined) continue;
    judgePath(text.startsWith('-') && text.includes('=') ? text.slice(text.indexOf('=') + 1) : text, call);
    const name = text.slice(text.lastIndexOf('/') + 1);
    if (
      index < 6 &&
      index < args.length - 1 &&
      isCommandWord(text) &&
      (findProgram(name) !== undefined || isRunner(name)) &&
      precededByOptionsOnly(args, index)
    ) {
      call.start(args.slice(index));
      break;
    }
    // A whole command in one argument: `runner 'rm -rf /'`, `wrap -c "git push -f"`.
    if (/\s/.test(text) && looksLikeCommand(text)) call.shell(text);
  }
  return undefined;
}

function isCommandWord(text: string): boolean {
  return /^(?:[\w.+-]+|\/[\w./+-]+)$/.test(text) && !text.startsWith('-');
}

// `tool add git` names a thing; `tool -- git push` and `tool -n 5 git push` name a command.
function precededByOptionsOnly(args: readonly Text[], index: number): boolean {
  return args
    .slice(0, index)
    .every(
      (arg, i) =>
        /^(?:-.*|\d+[a-z]*|[\w.]+=.*|--)$/.test(known(arg) ?? '') ||
        (i > 0 && /^-/.test(known(args[i - 1] ?? '') ?? '')) ||
        (i === 0 && index === 1 && /^(?:exec|run|--|x)$/.test(known(arg) ?? '')),
    );
}

function looksLikeCommand(text: string): boolean {
  const first = /^\s*(?:sudo\s+)?([\w./+-]+)\s/.exec(text)?.[1];
  if (first === undefined) return false;
  const name = first.slice(first.lastIndexOf('/') + 1);
  return dangerousFirst.has(name);
}

// Only programs that can do harm: a sentence that starts with "make" or "find" is a sentence.
const dangerousFirst = new Set([
  'rm',
  'git',
  'dd',
  'mkfs',
  'shred',
  'chmod',
  'chown',
  'curl',
  'wget',
  'bash',
  'sh',
  'zsh',
  'python',
  'python3',
  'node',
  'perl',
  'sudo',
  'mv',
  'truncate',
  'kill',
  'pkill',
  'killall',
  'shutdown',
  'reboot',
  'kubectl',
  'terraform',
  'docker',
  'psql',
  'mysql',
]);

function judgePath(text: string, call: Invocation): void {
  if (!/^[~./]|\//.test(text) && !/^\.?[\w.-]+$/.test(text)) return;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return;
  const path = text.startsWith('~/') ? call.run.places.home + text.slice(1) : text;
  if (!isAbsolute(path) && call.state.cwds.length === 0) return;
  for (const { real } of locations(path, call.state, call.run)) {
    if (classify(real, call.run.places).includes('secret')) call.read(path, { evidence: path });
  }
}
