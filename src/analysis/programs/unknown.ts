import { isAbsolute } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import { known, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { classify } from '../zones.ts';
import { judgeLoadedCode } from './loaded-code.ts';
import { findProgram, isRunner } from './registry.ts';
import { judgeSkippedHooks } from './skipped-hooks.ts';

/**
 * A program nobody described. What it does with its arguments cannot be known, so they are judged by what they name: a path with a
 * secret in it may be read, a command that stands among them may be started (`mywrap git push -f`).
 */
export function runUnknown(call: Invocation): Result | undefined {
  call.state.touched = true;
  const { args } = call;
  judgeWords(call);
  judgeLoadedCode(call);
  judgeSkippedHooks(call);
  for (const [index, arg] of args.entries()) {
    const text = known(arg);
    if (text === undefined) continue;
    judgePath(text.startsWith('-') && text.includes('=') ? text.slice(text.indexOf('=') + 1) : text, call);
    judgeLoaded(text, args[index + 1], call);
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
    // What stands behind two dashes is one, where it is named like a program: `vault run -- rm -rf ~`.
    if (text === '--' && index < args.length - 2 && findProgram(known(args[index + 1] ?? '') ?? '') !== undefined) {
      call.start(args.slice(index + 1));
      break;
    }
    // A whole command in one argument: `runner 'rm -rf /'`, `wrap -c "git push -f"`.
    if (/\s/.test(text) && looksLikeCommand(text)) call.shell(text);
  }
  return undefined;
}

/** Options by which tools are told what code to load: their configuration, their plugins. */
const loading =
  /^--?(?:c|config(?:-?(?:file|path))?|r|require|plugins?|rulesdir|import|loader|global-?setup|setup-?files?|init-?script|preset)(?:=([\s\S]*))?$/i;

// Code in a folder for temporary files is no part of the project: `eslint -c /tmp/rules.js`.
function judgeLoaded(option: string, next: Text | undefined, call: Invocation): void {
  const match = loading.exec(option);
  const value = match && (match[1] ?? known(next ?? ''));
  if (value && call.isIn(value, 'temp') && (/\.(?:[cm]?[jt]sx?|rb|py|groovy|gradle|kts)$/.test(value) || call.isFolder(value)))
    call.opaque(`code that ${call.name} loads from ${value}`);
}

/** What a subcommand says of itself, in tools of every kind: `delete`, `drop-topic`, `db:wipe`. */
const destroying =
  /^(?:(?:delete|destroy|drop|purge|wipe|terminate|nuke|obliterate|undeploy|truncate)(?:[-_:][\w-]+)*|[\w-]+[-_:](?:delete|destroy|drop|purge|wipe|fresh|terminate|truncate))$/i;
const destroyingThings = /^(?:rm|del|unlink)$/;
const publishing = /^(?:publish|unpublish|yank)$/;
/** After one of these a word is what is asked for, and not what is done. */
const asking =
  /^(?:help|add|create|new|search|find|grep|list|ls|show|get|describe|explain|info|log|note|echo|say|print|test|lint|check|view|diff|plan|man|docs?)$/i;
const onlyAsking = /^(?:--?h(?:elp)?|--version|--dry[-_]?run|--plan|--check|--simulate|--what-if|--list)$/;

/** Programs whose words are for people. */
const speaking = new Set(
  'say espeak cowsay cowthink figlet toilet banner notify-send lolcat zenity dialog whiptail osd_cat write wall'.split(' '),
);

// The words of a tool that nobody described still say what it is told to do.
function judgeWords(call: Invocation): void {
  if (speaking.has(call.name)) return;
  const texts = call.args.map((arg) => known(arg) ?? '');
  if (texts.some((text) => onlyAsking.test(text))) return;
  const words = texts.filter((text) => !text.startsWith('-')).slice(0, 4);
  for (const [index, word] of words.slice(0, 3).entries()) {
    // A subcommand is a plain word, and what follows another one is its operand.
    if (asking.test(word) || !/^[A-Za-z][\w:-]*$/.test(word)) return;
    const isReset = index === 0 && word === 'migrate' && /^(?:fresh|refresh|reset|down|drop)$/.test(words[1] ?? '');
    if (isReset) call.act('db.drop', `${word} ${words[1]}`, 'delete');
    else if (destroying.test(word) || (index > 0 && destroyingThings.test(word) && words.length > index + 1))
      call.act('cloud.delete', words.slice(0, index + 1).join(' '), 'delete');
    else if (index < 2 && publishing.test(word)) call.act('package.publish', words.slice(0, index + 1).join(' '));
    else continue;
    return;
  }
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
