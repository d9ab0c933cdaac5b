import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../values.ts';
import { alone } from './alone.ts';
import { InstallError, missingFolders, readFile, removeFile, writeFile } from './files.ts';
import { appendTo, NoPlaceError, removeItems, setMissing } from './jsonc-edit.ts';
import { parseJsonc } from './jsonc.ts';
import { builtFolder, bundles, dataDirectory, isOurEntry, type Machine, nodeOptions, type Scope } from './place.ts';
import { forgetPrepared, nodeFile } from './prepare-hook.ts';
import type { Entry, Placement, Target } from './targets.ts';
import { removeTrust, setTrust } from './codex-trust.ts';
import { withDenials, withoutDenials } from './second-layer.ts';

/** What becomes of one file. */
export interface Change {
  readonly file: string;
  readonly change: 'create' | 'update' | 'delete' | 'restore' | 'none';
  /** The file's text afterwards; nothing where it is deleted. */
  readonly text?: string;
}

/** What an installation remembers of a file, so that it can be put back byte for byte. */
interface Remembered {
  readonly file: string;
  /** Text before the first installation; nothing where the file did not exist. */
  readonly original?: string;
  /** sha-256 of what was written. */
  readonly written: string;
  /** Folders that were made for it. */
  readonly made: readonly string[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** File that remembers an installation. A project's is named after the project's folder. */
function recordFile(machine: Machine, scope: Scope, target: Target): string {
  const place = scope === 'project' ? `-${sha256(machine.project).slice(0, 16)}` : '';
  return join(dataDirectory(machine, scope), 'installs', `${target.id}-${scope}${place}.json`);
}

function readRecord(file: string): Remembered[] {
  const text = readFile(file);
  if (text === undefined) return [];
  try {
    const record: unknown = JSON.parse(text);
    const files = isRecord(record) ? record['files'] : undefined;
    if (!Array.isArray(files)) return [];
    return files.filter(
      (entry): entry is Remembered =>
        isRecord(entry) && typeof entry['file'] === 'string' && typeof entry['written'] === 'string' && Array.isArray(entry['made']),
    );
  } catch {
    return [];
  }
}

function placementsOf(target: Target, scope: Scope, machine: Machine): readonly Placement[] {
  const files = target.files[scope];
  if (files === undefined)
    throw new InstallError(`${target.id} has no hooks in scope "${scope}". Scopes: ${Object.keys(target.files).join(', ')}.`);
  return files(machine);
}

/** What an edit makes of a JSON file's text. Throws an {@link InstallError} where the text cannot be read or has no place for what is added. */
function inJson(file: string, before: string | undefined, edit: (text: string, value: unknown) => string): string {
  const text = before === undefined || before.trim() === '' ? '{}\n' : before;
  const parsed = parseJsonc(text);
  if ('problem' in parsed) {
    const { line, column } = parsed.position;
    throw new InstallError(
      `${file}:${line}:${column}: this is not valid JSON: ${parsed.problem}. The file was left as it is; correct it and try again.`,
    );
  }
  try {
    return edit(text, parsed.root.value);
  } catch (error) {
    if (error instanceof NoPlaceError)
      throw new InstallError(`${file}: ${error.message}, so there is no place for the hooks. The file was left as it is.`);
    throw error;
  }
}

/** Text of a JSON file with our entries in it, once; the text itself where they are there already. */
function withEntries(text: string, value: unknown, entries: readonly Entry[], defaults: readonly Entry[]): string {
  const ours: string[] = [];
  const collect = (inner: unknown): void => {
    if (Array.isArray(inner)) for (const item of inner) isOurEntry(item) ? ours.push(JSON.stringify(item)) : collect(item);
    else if (isRecord(inner)) for (const key of Object.keys(inner)) collect(inner[key]);
  };
  collect(value);
  if (JSON.stringify(ours.sort()) === JSON.stringify(entries.map((entry) => JSON.stringify(entry.value)).sort())) return text;
  let next = removeItems(text, isOurEntry);
  for (const { path, value: wantedValue } of defaults) next = setMissing(next, path, wantedValue);
  for (const { path, value: wantedValue } of entries) next = appendTo(next, path, wantedValue);
  return next;
}

/** What a file should hold, given what it holds now and what other files will hold. */
function wanted(placement: Placement, text: string | undefined, planned: ReadonlyMap<string, string | undefined>): string {
  switch (placement.kind) {
    case 'whole':
    case 'rules':
      return placement.text;
    case 'entries':
      return inJson(placement.file, text, (whole, value) => withEntries(whole, value, placement.entries, placement.defaults ?? []));
    case 'denials':
      // As opencode would add it by itself, and then it would not be the file that was written.
      return inJson(placement.file, text ?? `{\n  "$schema": "https://opencode.ai/config.json"\n}\n`, withDenials);
    case 'codex-trust':
      return setTrust(text ?? '', placement, planned.get(placement.hooks) ?? '');
  }
}

/**
 * Puts the hooks of an agent in place. Plans everything before it writes anything; `dryRun` ends there. Doing it again changes
 * nothing. Throws an {@link InstallError} where a file cannot be read, understood or written; every file is then what it was.
 */
export function install(target: Target, scope: Scope, machine: Machine, version: string, dryRun: boolean): readonly Change[] {
  if (dryRun) return plan(placementsOf(target, scope, machine)).map(({ change }) => change);
  return alone(machine, scope, () => {
    const placements = placementsOf(target, scope, machine);
    const planned = plan(placements);
    const recordPath = recordFile(machine, scope, target);
    const record = readFile(recordPath);
    const before = readRecord(recordPath);
    const written: (typeof planned)[number][] = [];
    try {
      copyProgram(machine, scope, version);
      const files = planned.map(({ change, current }) =>
        remember(
          change,
          current,
          before.find(({ file }) => file === change.file),
          placements.find(({ file }) => file === change.file),
        ),
      );
      // What is remembered first: a changed file that nobody remembers could not be put back byte for byte.
      writeFile(recordPath, `${JSON.stringify({ agent: target.id, scope, version, files }, undefined, 2)}\n`, 0o600);
      for (const each of planned) {
        if (each.change.change === 'none') continue;
        writeFile(each.change.file, each.change.text ?? '', scope === 'system' ? 0o644 : 0o600);
        written.push(each);
      }
    } catch (error) {
      for (const { change, current, missing } of written.reverse()) {
        if (current === undefined) removeFile(change.file);
        else writeFile(change.file, current, 0o600);
        removeEmpty(missing);
      }
      if (record === undefined) removeFile(recordPath);
      else writeFile(recordPath, record, 0o600);
      removeProgram(machine, scope);
      throw error;
    }
    return planned.map(({ change }) => change);
  });
}

/** What is to become of each file, with its text now and the folders that are missing for it. */
function plan(
  placements: readonly Placement[],
): readonly { readonly change: Change; readonly current: string | undefined; readonly missing: readonly string[] }[] {
  const next = new Map<string, string | undefined>();
  return placements.map((placement) => {
    const { file } = placement;
    const current = readFile(file);
    const text = wanted(placement, current, next);
    next.set(file, text);
    const change = current === text ? 'none' : current === undefined ? 'create' : 'update';
    return { change: { file, change, text }, current, missing: missingFolders(file) };
  });
}

/** What to remember of a file whose text is `current` before it is changed. */
function remember(
  { file, change, text = '' }: Change,
  current: string | undefined,
  known: Remembered | undefined,
  placement: Placement | undefined,
): Remembered {
  // Our own last version is no original; somebody else's changes since then are.
  const isKnown = known !== undefined && current !== undefined && sha256(current) === known.written;
  const original = isKnown
    ? known.original
    : current === undefined
      ? undefined
      : withoutOurs(current, placement, known === undefined ? current : known.original);
  const made = change === 'none' ? [] : missingFolders(file);
  return { file, ...(original === undefined ? {} : { original }), written: sha256(text), made: [...(known?.made ?? []), ...made] };
}

/** A file's text with what is ours taken out; nothing where all of it is ours. `original`: before the first installation. */
function withoutOurs(text: string, placement: Placement | undefined, original: string | undefined): string | undefined {
  if (placement?.kind === 'whole' || placement?.kind === 'rules') return undefined;
  if (placement?.kind === 'denials') return withoutDenials(text, original);
  if (placement?.kind === 'codex-trust') return removeTrust(text, placement);
  return 'problem' in parseJsonc(text) ? text : removeItems(text, isOurEntry);
}

/**
 * Takes the hooks of an agent away: byte for byte what was there before where nobody else has changed the file since, else only
 * our entries. Throws an {@link InstallError}.
 */
export function uninstall(target: Target, scope: Scope, machine: Machine, dryRun: boolean): readonly Change[] {
  return dryRun ? takeAway(target, scope, machine, true) : alone(machine, scope, () => takeAway(target, scope, machine, false));
}

function takeAway(target: Target, scope: Scope, machine: Machine, dryRun: boolean): readonly Change[] {
  const recordPath = recordFile(machine, scope, target);
  const record = readRecord(recordPath);
  const changes = placementsOf(target, scope, machine).map((placement): Change & { readonly made: readonly string[] } => {
    const { file } = placement;
    const text = readFile(file);
    const known = record.find((entry) => entry.file === file);
    const made = known?.made ?? [];
    // Copilot's CLI and VS Code share one file: it stays while the other is installed.
    if (text === undefined || isUsedElsewhere(file, recordPath)) return { file, change: 'none', made };
    if (known !== undefined && sha256(text) === known.written) {
      return known.original === undefined
        ? { file, change: 'delete', made }
        : { file, change: known.original === text ? 'none' : 'restore', text: known.original, made };
    }
    if (placement.kind === 'entries' || placement.kind === 'denials') {
      const parsed = parseJsonc(text);
      if ('problem' in parsed) {
        const { line, column } = parsed.position;
        throw new InstallError(
          `${file}:${line}:${column}: this is not valid JSON: ${parsed.problem}. The file was left as it is; remove the hooks of agent-policy by hand.`,
        );
      }
    }
    const rest = withoutOurs(text, placement, known?.original);
    if (rest === undefined) return { file, change: 'delete', made };
    return { file, change: rest === text ? 'none' : 'update', text: rest, made };
  });
  if (dryRun) return changes;

  for (const { file, change, text } of changes) {
    if (change === 'delete') removeFile(file);
    else if (change !== 'none' && text !== undefined) writeFile(file, text, 0o600);
  }
  // The last ones first: their folders may lie in those of the others.
  for (const { change, made } of changes.toReversed()) if (change === 'delete') removeEmpty(made);
  rmSync(recordPath, { force: true });
  removeProgram(machine, scope);
  return changes;
}

/** Whether another installation of ours has the same file. */
function isUsedElsewhere(file: string, recordPath: string): boolean {
  const folder = dirname(recordPath);
  if (!existsSync(folder)) return false;
  const others = readdirSync(folder).map((name) => join(folder, name));
  return others.some((other) => other !== recordPath && readRecord(other).some((entry) => entry.file === file));
}

/** Removes folders that we made and that nobody has used since. */
function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** Copies what hooks and the gateway run into the folder of the scope. Throws an {@link InstallError}. */
export function copyProgram(machine: Machine, scope: Scope, version: string): void {
  const from = builtFolder();
  if (from === undefined) throw new InstallError('The hook program "hook.cjs" is not beside this command. Build it first: npm run build.');
  const bin = join(dataDirectory(machine, scope), 'bin');
  const mode = scope === 'system' ? 0o644 : 0o600;
  // The hook last: it is replaced in one step, and what it loads is there already.
  const files = bundles.toReversed().filter((name) => existsSync(join(from, name)));
  const texts = [
    ...files.map((name): [string, string] => [name, readFileSync(join(from, name), 'utf8')]),
    [nodeFile, `${[machine.node, ...nodeOptions(machine)].join('\n')}\n`] as const,
  ];
  const changed = texts.filter(([name, text]) => readFile(join(bin, name)) !== text);
  for (const [name, text] of changed) writeFile(join(bin, name), text, mode);
  if (readFile(join(bin, 'version')) !== `${version}\n`) writeFile(join(bin, 'version'), `${version}\n`, mode);
  if (changed.length > 0) forgetPrepared(bin);
}

/** Removes the program when nothing uses it any more. */
export function removeProgram(machine: Machine, scope: Scope): void {
  const data = dataDirectory(machine, scope);
  const installs = join(data, 'installs');
  if (existsSync(installs) && readdirSync(installs).length > 0) return;
  for (const name of [...bundles, 'version', nodeFile]) rmSync(join(data, 'bin', name), { force: true });
  forgetPrepared(join(data, 'bin'));
  removeEmpty([data, join(data, 'bin')]);
  removeEmpty([data, installs]);
}
