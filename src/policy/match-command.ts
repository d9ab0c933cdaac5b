import type { Effect } from '../model/effect.ts';
import type { CommandTest, TextTest } from './compiled.ts';
import { testText } from './test-text.ts';
import type { Work } from './work.ts';
import { allOf, anyOf, no, possible, type Truth, truth, yes } from './truth.ts';

/** Options of git before its subcommand that take the next word as their value. */
const gitValueOptions = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--exec-path', '--super-prefix', '--config-env']);
/** Letters after which the rest of a bundle of options is a value: always for git, and likely for git and for everything else. */
const gitValueLetters = 'mFo';
const likelyValueLetters = { git: 'cCSt', other: 'cemoDI' };

/**
 * Whether a program start passes a `command:` test. Words that cannot be known leave it possible. Options and refspecs are two ways to ask for
 * the same, as `-f` and `+main` are: a rule against it needs one of them, a rule that lets it happen (`sure`) both.
 */
export function matchCommand(test: CommandTest, effect: Effect, sure: boolean, work: Work): Truth {
  if (effect.kind !== 'execute') return no;
  const { program } = effect;
  if (program === undefined) return possible;
  let result = test.program === undefined ? yes : anyOf(test.program, (each) => testText(each, program, work));
  if (result === no) return no;
  const words = readWords(program, effect.argv ?? [null]);
  const { flags, refspec } = test;
  const ways = [
    ...(flags === undefined ? [] : [() => anyOf(flags, (flag) => matchFlag(flag, words))]),
    ...(refspec === undefined ? [] : [() => matchOperands(refspec, words, 1, work)]),
  ];
  for (const each of [
    test.subcommand && matchSubcommand(test.subcommand, words, work),
    ways.length > 0 && (sure ? allOf(ways, (way) => way()) : anyOf(ways, (way) => way())),
    test.args && matchOperands(test.args, words, 0, work),
  ]) {
    if (each !== undefined && each !== false && each < result) result = each;
  }
  return result;
}

interface Words {
  readonly git: boolean;
  readonly options: readonly string[];
  /** Words that are no options, with how certain that is: the value of an unknown option looks like one. */
  readonly operands: readonly { readonly text: string; readonly certain: boolean }[];
  /** Some words cannot be known. */
  readonly gaps: boolean;
  /** Such words come before the first operand. */
  readonly gapFirst: boolean;
}

function readWords(program: string, argv: readonly (string | null)[]): Words {
  const git = program === 'git';
  const options: string[] = [];
  const operands: { text: string; certain: boolean }[] = [];
  let gaps = false;
  let gapFirst = false;
  let only = false;
  let afterOption = false;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === null || word === undefined) {
      gaps = true;
      gapFirst ||= operands.length === 0;
      afterOption = false;
    } else if (!only && word === '--') {
      only = true;
      afterOption = false;
    } else if (!only && word.length > 1 && word.startsWith('-')) {
      options.push(word);
      if (git && operands.length === 0) {
        if (gitValueOptions.has(word)) i++;
      } else afterOption = !word.includes('=');
    } else {
      operands.push({ text: word, certain: !afterOption });
      afterOption = false;
    }
  }
  return { git, options, operands, gaps, gapFirst };
}

function matchSubcommand(tests: readonly TextTest[], words: Words, work: Work): Truth {
  for (const { text, certain } of words.operands) {
    const accepted = anyOf(tests, (test) => testText(test, text, work));
    if (accepted !== no) return certain && !words.gapFirst ? accepted : possible;
    if (certain) return words.gapFirst ? possible : no;
  }
  return words.gaps ? possible : no;
}

/** `--force` also as `--force=…` and, not certainly, abbreviated; `-f` also inside of a bundle such as `-vf`. */
function matchFlag(flag: string, words: Words): Truth {
  const found = anyOf(words.options, (word) => {
    const name = word.replace(/=.*$/s, '');
    if (name === flag) return yes;
    if (flag.startsWith('--')) return name.length >= 4 && name.startsWith('--') && flag.startsWith(name) ? possible : no;
    const letter = flag[1];
    if (flag.length !== 2 || letter === undefined || word.startsWith('--')) return no;
    const index = word.indexOf(letter, 1);
    if (index < 0) return no;
    const before = word.slice(1, index);
    const has = (letters: string): boolean => [...before].some((each) => letters.includes(each));
    if (words.git && has(gitValueLetters)) return no;
    if (has(words.git ? likelyValueLetters.git : likelyValueLetters.other)) return possible;
    return truth(/^[A-Za-z0-9]*$/.test(before));
  });
  return found === no && words.gaps ? possible : found;
}

/** Whether any word after the subcommand, and after `skip` more, passes; for a refspec the word skipped is the remote. */
function matchOperands(tests: readonly TextTest[], words: Words, skip: number, work: Work): Truth {
  const found = anyOf([...words.operands.entries()].slice(1), ([index, { text }]) => {
    const accepted = anyOf(tests, (test) => testText(test, text, work));
    if (accepted === no) return no;
    return index > skip && words.operands.slice(0, index).every(({ certain }) => certain) ? accepted : possible;
  });
  return found === no && words.gaps ? possible : found;
}
