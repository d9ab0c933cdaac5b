import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { Bash, type CpOptions, type FileContent, type MkdirOptions, OverlayFs, type RmOptions } from 'just-bash';
import type { DryRunAnswer, DryRunJob } from './dry-run.ts';
import type { FileChange } from '../model/preview.ts';
import { simulatedPrograms } from './simulated-programs.ts';

/** Largest file whose text is shown. */
const largestText = 512 * 1024;
const largestRead = 10 * 1024 * 1024;

/** The disk to read and a memory to write, that remembers what was changed and whether a link was met. */
class TrialFiles extends OverlayFs {
  readonly touched = new Set<string>();
  metLink = false;
  /** A place outside the root that is there on the machine and not in the trial. */
  outside: string | undefined;
  readonly #root: string;

  constructor(root: string) {
    super({ root, mountPoint: root, maxFileReadSize: largestRead, maxMemoryBytes: 128 * 1024 * 1024 });
    this.#root = root;
  }

  #touch(path: string): string {
    this.touched.add(this.#look(path));
    return path;
  }

  /** Links are not followed here as the machine would: where one is on the way, the trial is worth nothing. */
  #look(path: string): string {
    // Where the simulated shell keeps its own programs and devices.
    if (/^\/(?:dev|usr\/bin|bin)(?:\/|$)/.test(path)) return path;
    try {
      const real = realpathSync(path);
      if (this.#root.startsWith(path === '/' ? path : path + sep)) return path;
      if (path !== this.#root && !path.startsWith(this.#root + sep)) this.outside ??= path;
      else if (real !== path) this.metLink = true;
    } catch {
      // Not on the disk.
    }
    return path;
  }

  /** What lies beside the root is not in the trial. */
  #list(path: string): string {
    if (path !== this.#root && !path.startsWith(this.#root + sep) && !/^\/(?:usr\/)?bin\/?$/.test(path)) this.outside ??= path;
    // A link to a file is not listed, here or there.
    return kindOf(path, true) === 'folder' ? this.#look(path) : path;
  }

  override readdir(path: string) {
    return super.readdir(this.#list(path));
  }

  override readdirWithFileTypes(path: string) {
    return super.readdirWithFileTypes(this.#list(path));
  }

  override readFile(...args: Parameters<OverlayFs['readFile']>) {
    this.#look(args[0]);
    return super.readFile(...args);
  }

  override readFileBuffer(path: string) {
    return super.readFileBuffer(this.#look(path));
  }

  override stat(path: string) {
    return super.stat(this.#look(path));
  }

  override writeFile(path: string, content: FileContent, ...more: [Parameters<OverlayFs['writeFile']>[2]?]) {
    return super.writeFile(this.#touch(path), content, ...more);
  }

  override appendFile(path: string, content: FileContent, ...more: [Parameters<OverlayFs['appendFile']>[2]?]) {
    return super.appendFile(this.#touch(path), content, ...more);
  }

  override mkdir(path: string, options?: MkdirOptions) {
    return super.mkdir(this.#look(path), options);
  }

  override rm(path: string, options?: RmOptions) {
    // A link is removed, not what it leads to; one on the way to it counts.
    this.touched.add(path);
    this.#look(dirname(path));
    return super.rm(path, options);
  }

  override cp(from: string, to: string, options?: CpOptions) {
    return super.cp(this.#look(from), this.#touch(to), options);
  }

  override mv(from: string, to: string) {
    this.touched.add(from);
    return super.mv(from, this.#touch(to));
  }
}

/** Runs the command on a file system in memory and compares it with the disk. Never rejects. */
export async function simulate(job: DryRunJob): Promise<DryRunAnswer> {
  try {
    const files = new TrialFiles(job.root);
    const bash = new Bash({
      fs: files,
      cwd: job.cwd,
      env: { ...job.env },
      commands: [...simulatedPrograms],
      sleep: () => Promise.resolve(),
    });
    const { stderr } = await bash.exec(job.command);
    const missing = /(?:^|\n)(?:bash: )?(?:line \d+: )?([^\s:]+): command not found/.exec(stderr)?.[1];
    if (missing !== undefined) return { why: 'program', subject: missing };
    const unknown =
      /(?:invalid|unrecognized|unknown|unsupported) option[^\n]*/i.exec(stderr)?.[0] ?? /syntax error[^\n]*/i.exec(stderr)?.[0];
    if (unknown !== undefined) return { why: 'unknown', subject: unknown };
    if (files.outside !== undefined) return { why: 'outside', subject: files.outside };
    if (files.metLink) return { why: 'links', subject: '' };
    return await compare(files, job);
  } catch (error) {
    return { why: 'failed', subject: error instanceof Error ? error.message : String(error) };
  }
}

async function compare(files: TrialFiles, job: DryRunJob): Promise<DryRunAnswer> {
  const changes = new Map<string, FileChange>();
  const seen = new Set<string>();
  const open = [...files.touched];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path) || path.startsWith('/dev/')) continue;
    seen.add(path);
    if (seen.size > job.mostFiles * 2) return { why: 'too-much', subject: '' };
    const [before, after] = [kindOf(path), await trialKindOf(files, path)];
    if (before === 'folder') open.push(...readdirSync(path).map((name) => join(path, name)));
    if (after === 'folder') open.push(...(await files.readdir(path)).map((name) => join(path, name)));
    const change = await changeOf(files, path, before, after);
    if (change !== undefined) changes.set(path, change);
  }
  return { files: [...changes.values()] };
}

type Kind = 'file' | 'folder' | undefined;

async function changeOf(files: TrialFiles, path: string, before: Kind, after: Kind): Promise<FileChange | undefined> {
  if (before === 'file' && after !== 'file') {
    const text = textOf(readFileSync(path));
    return { path, change: 'delete', size: lstatSync(path).size, ...(text === undefined ? {} : { before: text }) };
  }
  if (after !== 'file') return undefined;
  const now = Buffer.from(await files.readFileBuffer(path));
  if (before !== 'file') return { path, change: 'create', ...(textOf(now) === undefined ? {} : { after: textOf(now) ?? '' }) };
  const old = readFileSync(path);
  if (old.equals(now)) return undefined;
  const texts = [textOf(old), textOf(now)] as const;
  return {
    path,
    change: 'modify',
    size: old.length,
    ...(texts[0] === undefined || texts[1] === undefined ? {} : { before: texts[0], after: texts[1] }),
  };
}

function kindOf(path: string, follow = false): Kind {
  const stat = (follow ? statSync : lstatSync)(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : stat.isDirectory() ? 'folder' : 'file';
}

async function trialKindOf(files: TrialFiles, path: string): Promise<Kind> {
  try {
    return (await files.lstat(path)).isDirectory ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

/** Text that can be shown; `undefined` for anything else. */
function textOf(bytes: Buffer): string | undefined {
  return bytes.length > largestText || bytes.includes(0) ? undefined : bytes.toString('utf8');
}
