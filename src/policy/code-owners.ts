import { runProgram } from './automaton.ts';
import type { Program } from './compiled.ts';
import { globProgram } from './match-path.ts';
import { parseGlob } from './glob.ts';
import { overlap } from './overlap.ts';
import { toProgram } from './pattern.ts';

/**
 * Who owns what, by a file CODEOWNERS: as GitHub documents it ("About code owners"), and with the sections, default owners, exclusions and
 * paths without a slash at their start that GitLab has ("Code Owners syntax and error handling"). A line that is not understood is skipped,
 * as both do.
 */
export interface CodeOwners {
  /** In each, the last line that fits decides; the owners of all sections together own a path. GitHub has one. */
  readonly sections: readonly (readonly Entry[])[];
}

interface Entry {
  readonly glob: string;
  /** Text that every path holds that fits: most lines are ruled out by it. */
  readonly literal: string;
  /** Whether it fits below any folder. */
  readonly floating: boolean;
  /** In lower case, as names of users and teams are compared. `undefined`: what fits is left out of the section. */
  readonly owners: readonly string[] | undefined;
}

/** Largest file that is read, in characters, and most lines that it may have. */
export const largestCodeOwners = 1024 * 1024;
const mostLines = 10_000;

/** Where the file is looked for: GitHub's order, then GitLab's. The first that is there counts. */
export const codeOwnersPlaces = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'] as const;

const header = /^\^?\[([^\]]+)\](?:\[\d+\])?(?:\s+(.*))?$/;

/** Reads a file CODEOWNERS; `undefined` where it is too large to be gone through for each path. */
export function parseCodeOwners(text: string): CodeOwners | undefined {
  if (text.length > largestCodeOwners) return undefined;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines.length > mostLines) return undefined;
  const hasSections = lines.some((line) => header.test(line));
  const sections = new Map<string, Entry[]>();
  let entries: Entry[] = [];
  let defaults: readonly string[] = [];
  sections.set('', entries);
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, owners = ''] = (hasSections ? header.exec(line) : null) ?? [];
    if (name !== undefined) {
      // Sections of one name are one, whatever its letter case.
      const key = name.trim().toLowerCase();
      entries = sections.get(key) ?? [];
      sections.set(key, entries);
      defaults = ownersIn(owners.split(/\s+/)) ?? [];
      continue;
    }
    const entry = readLine(line, hasSections, defaults);
    if (entry !== undefined) entries.push(entry);
  }
  return { sections: [...sections.values()].filter((section) => section.length > 0) };
}

function readLine(line: string, hasSections: boolean, defaults: readonly string[]): Entry | undefined {
  const [first = '', ...words] = line.match(/(?:\\.|\S)+/g) ?? [];
  const isLeftOut = hasSections && first.startsWith('!');
  const pattern = isLeftOut ? first.slice(1) : first;
  // On GitHub, escaping a # at the start, negating with ! and ranges in [ ] do not work.
  if (!hasSections && (/^!|^\\#/.test(pattern) || /[[\]]/.test(pattern))) return undefined;
  const owners = ownersIn(words);
  if (owners === undefined) return undefined;
  const glob = globOf(pattern, hasSections);
  if (glob === undefined) return undefined;
  const own = owners.length === 0 && hasSections ? defaults : owners;
  return { ...glob, owners: isLeftOut ? undefined : own };
}

/** Owners up to a comment; `undefined` where a word is none. */
function ownersIn(words: readonly string[]): readonly string[] | undefined {
  const end = words.findIndex((word) => word.startsWith('#'));
  const owners = (end < 0 ? words : words.slice(0, end)).filter((word) => word !== '');
  return owners.every((word) => /^@[^@]|^@@|^[^@\s]+@[^@\s]+$/.test(word)) ? owners.map((word) => word.toLowerCase()) : undefined;
}

/** A pattern in the notation of our own path globs, relative to the root of the repository. */
function globOf(pattern: string, floatsAlways: boolean): Pick<Entry, 'glob' | 'literal' | 'floating'> | undefined {
  const isAnchored = pattern.startsWith('/') || (!floatsAlways && /.\/./.test(pattern));
  const isFolder = pattern.endsWith('/');
  const inner = pattern.replace(/^\/|\/$/g, '');
  if (inner === '') return undefined;
  if (inner === '*' && !isAnchored) return { glob: '**', literal: '', floating: true };
  const plain = inner.replace(/\\(.)|([[\]{}()!+@\\])/g, (_, escaped: string | undefined, special: string | undefined) =>
    escaped === undefined ? `\\${special ?? ''}` : /\w|[ #/.-]/.test(escaped) ? escaped : `\\${escaped}`,
  );
  // What ends in a star alone is for the files of that folder, and not for what lies deeper.
  const end = !isFolder && /(?:^|\/)\*$/.test(inner) && (isAnchored || inner.includes('/')) ? '' : '/**';
  const glob = `${isAnchored || inner.startsWith('**/') ? '' : '**/'}${plain}${inner.endsWith('**') ? '' : end}`;
  if ('problem' in parseGlob(glob)) return undefined;
  const literal = inner
    .split(/[*?\\]+/)
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .reduce((longest, part) => (part.length > longest.length ? part : longest), '');
  return { glob, literal, floating: !isAnchored };
}

/** Each entry's program is made when it is first needed. */
const programs = new WeakMap<Entry, Program>();

function programOf(entry: Entry): Program | undefined {
  const known = programs.get(entry);
  if (known !== undefined) return known;
  const parsed = parseGlob(entry.glob);
  const result = 'pattern' in parsed ? toProgram(parsed.pattern) : parsed;
  if (!('program' in result)) return undefined;
  programs.set(entry, result.program);
  return result.program;
}

/** The owners of a path relative to the root, each once; `undefined` where to find out is too much work. */
export function ownersOf({ sections }: CodeOwners, path: string): readonly string[] | undefined {
  const owners = new Set<string>();
  for (const entries of sections) {
    if (entries.some((entry) => entry.owners === undefined && fits(entry, path) === true)) continue;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      const found = entry === undefined ? false : fits(entry, path);
      if (found === undefined) return undefined;
      if (!found) continue;
      for (const owner of entry?.owners ?? []) owners.add(owner);
      break;
    }
  }
  return [...owners];
}

function fits(entry: Entry, path: string): boolean | undefined {
  if (!path.includes(entry.literal)) return false;
  const program = programOf(entry);
  return program === undefined ? undefined : runProgram(program, path, false);
}

/** Most lines that are compared with a glob: that takes longer than a path. */
const mostCompared = 500;

/**
 * All that the owners of a path may be that a glob relative to the root stands for; `undefined` where that cannot be known. `inBuild`: what is
 * there was built, and lines for names anywhere are not meant for it.
 */
export function ownersWithin({ sections }: CodeOwners, glob: string, inBuild: boolean): readonly (readonly string[])[] | undefined {
  const program = globProgram(glob);
  if (program === undefined || sections.length > 1) return undefined;
  const entries = (sections[0] ?? []).filter(({ floating }) => !(inBuild && floating));
  if (entries.length > mostCompared) return undefined;
  const found: (readonly string[])[] = [];
  for (const entry of [...entries].reverse()) {
    const own = programOf(entry);
    if (own === undefined || entry.owners === undefined) return undefined;
    const { some, all } = overlap(program, own);
    if (some) found.push(entry.owners);
    if (all) return found;
  }
  return [...found, []];
}
