// A room in which scripts really run: a bubblewrap in which only one scratch directory can be written, with a PATH of programs that
// write down that they were started and with which words. Afterwards the files tell what else happened.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { realPrograms, stubPrograms } from './programs.ts';
import { scratchFolder } from '../support/scratch.ts';

/** Shells that scripts run under. */
export type ShellName = 'bash' | 'dash' | 'zsh';

/** A program that really started. */
export interface Started {
  readonly program: string;
  readonly argv: readonly string[];
}

/** What really happened. Paths are absolute. */
export interface Observed {
  readonly started: readonly Started[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
}

/** One script to be run, with what must lie ready for it. */
export interface Case {
  readonly shell: ShellName;
  readonly script: string;
}

/** A case in its place: its project is the current directory, its home lies beside it. */
export interface Placed extends Case {
  readonly cwd: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Files that lie in every project, by name; `undefined` is a folder, a text that starts with `->` a link. */
const fixture: readonly (readonly [string, string | undefined])[] = [
  ['p', undefined],
  ['p/a.txt', 'alpha one\nbeta two\n'],
  ['p/b.txt', 'x y\n'],
  ['p/c.log', 'log\n'],
  ['p/two words.txt', 'tw\n'],
  ['p/.hidden', 'h\n'],
  ['p/-n', 'dash\n'],
  ['p/words', 'red\ngreen blue\n"q r" s\n'],
  ['p/lib.sh', 'libvar=lv\nlibfun() { alpha lib "$@"; }\nalpha sourced "$#"\n'],
  ['p/run.sh', '#!/bin/sh\nbeta ran "$@"\nfor i in "$@"; do gamma "$i"; done\n'],
  ['p/tool', '#!/bin/bash\nalpha tool "${1:-none}"\ncd sub && touch made-by-tool\n'],
  ['p/sub', undefined],
  ['p/sub/d.txt', 'd\n'],
  ['p/sub/e.md', 'e\n'],
  ['p/sub/deep', undefined],
  ['p/sub/deep/f.txt', 'f\n'],
  ['p/link', '->sub'],
  ['p/flink', '->a.txt'],
  ['home', undefined],
  ['home/notes', 'n\n'],
];

const executable = new Set(['p/run.sh', 'p/tool']);
const long = new Date('2020-01-01T00:00:00Z');

/** Where a case can be run: a project that lies as the fixture says, and what is known of its files. */
interface Slot {
  readonly number: number;
  readonly base: string;
  before: Map<string, string>;
  after: Map<string, string>;
}

export class Room {
  readonly root: string;
  #bin: string;
  #compiled: boolean;
  #next = 0;
  #free: Slot[] = [];
  #used = new Map<string, Slot>();

  constructor() {
    this.root = scratchFolder('oracle');
    this.#bin = join(this.root, 'bin');
    for (const folder of ['bin', 's', 'w', 'log']) mkdirSync(join(this.root, folder));
    this.#compiled = this.#compile();
    if (!this.#compiled) this.#writeScripts();
  }

  /** Lays out the files of each case. */
  place(cases: readonly Case[]): readonly Placed[] {
    return cases.map((item) => {
      const slot = this.#free.pop() ?? this.#newSlot();
      writeFileSync(join(this.root, 's', `${slot.number}.sh`), item.script);
      const home = join(slot.base, 'home');
      const placed = { ...item, cwd: join(slot.base, 'p'), home, env: { PATH: this.#bin, HOME: home, LC_ALL: 'C.UTF-8' } };
      this.#used.set(placed.cwd, slot);
      return placed;
    });
  }

  /** Runs the placed cases one after the other. */
  async run(placed: readonly Placed[]): Promise<readonly Observed[]> {
    const slots = placed.map((item) => this.#slotOf(item));
    await this.#sandboxed(slots.map((slot, i) => `${placed[i]?.shell} ${slot.number}\n`).join(''));
    const started = readLog(join(this.root, 'log', 'started'));
    return slots.map((slot) => {
      const after = snapshot(slot.base);
      slot.after = after;
      return {
        started: started.get(String(slot.number)) ?? [],
        changed: [...after].filter(([path, state]) => slot.before.get(path) !== state).map(([path]) => path),
        deleted: [...slot.before.keys()].filter((path) => !after.has(path)),
      };
    });
  }

  /** What the case printed, for people who look for a cause. */
  output(item: Placed): string {
    return readFileSync(join(this.root, 'log', `${this.#slotOf(item).number}.out`), 'utf8');
  }

  /** Makes the places of cases ready for others: what a script changed is laid out anew. */
  clear(placed: readonly Placed[]): void {
    for (const item of placed) {
      const slot = this.#slotOf(item);
      this.#used.delete(item.cwd);
      const { before, after } = slot;
      const differs = new Set([...before.keys(), ...after.keys()].filter((path) => before.get(path) !== after.get(path)));
      const isFolder = (path: string): boolean => before.get(path)?.startsWith('d') ?? false;
      if ([...differs].some(isFolder)) {
        rmSync(slot.base, { recursive: true, force: true });
        layOut(slot.base, () => true);
      } else if (differs.size > 0) {
        for (const path of differs) remove(path);
        layOut(slot.base, (path) => differs.has(path));
      }
      if (differs.size > 0) slot.before = snapshot(slot.base);
      slot.after = slot.before;
      this.#free.push(slot);
    }
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #newSlot(): Slot {
    const number = this.#next++;
    const base = join(this.root, 'w', String(number));
    layOut(base, () => true);
    const before = snapshot(base);
    return { number, base, before, after: before };
  }

  #slotOf(item: Placed): Slot {
    const slot = this.#used.get(item.cwd);
    if (!slot) throw new Error(`${item.cwd} is no place of this room`);
    return slot;
  }

  /** Compiles the driver and the programs, where there is a compiler. */
  #compile(): boolean {
    const driver = join(this.root, 'driver');
    const source = join(import.meta.dirname, 'room.c');
    const { status } = spawnSync(
      'cc',
      ['-O1', '-static', `-DROOM="${this.root}"`, `-DSTUBS=" ${stubPrograms.join(' ')} "`, source, '-o', driver],
      { stdio: 'ignore' },
    );
    if (status !== 0) return false;
    for (const name of [...stubPrograms, ...realPrograms]) linkSync(driver, join(this.#bin, name));
    return true;
  }

  /** The same in the language of the shell, slower. */
  #writeScripts(): void {
    const log = join(this.root, 'log', 'started');
    const record = `#!/usr/bin/dash\nprintf '%s\\0' "$#" "\${0##*/}" "$@" >>${log}\n`;
    for (const name of stubPrograms)
      writeFileSync(join(this.#bin, name), `${record}case $1 in fail*) exit 1;; esac\nexit 0\n`, { mode: 0o755 });
    for (const name of realPrograms) writeFileSync(join(this.#bin, name), `${record}exec /usr/bin/${name} "$@"\n`, { mode: 0o755 });
    writeFileSync(
      join(this.root, 'driver'),
      `#!/usr/bin/bash
while read -r shell n; do
cd ${this.root}/w/$n/p || continue
case $shell in zsh) set -- /usr/bin/zsh -f;; *) set -- /usr/bin/$shell;; esac
printf '%s\\0' -1 $n >>${log}
/usr/bin/env -i PATH=${this.#bin} HOME=${this.root}/w/$n/home LC_ALL=C.UTF-8 /usr/bin/timeout -k 1 4 "$@" ${this.root}/s/$n.sh </dev/null >${this.root}/log/$n.out 2>&1
done
`,
      { mode: 0o755 },
    );
  }

  #sandboxed(list: string): Promise<void> {
    rmSync(join(this.root, 'log', 'started'), { force: true });
    const bind = (name: string): string[] => ['--bind', join(this.root, name), join(this.root, name)];
    const args = [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--tmpfs',
      '/tmp',
      '--ro-bind',
      this.root,
      this.root,
      ...bind('w'),
      ...bind('log'),
      '--unshare-all',
      '--die-with-parent',
      '--',
      join(this.root, 'driver'),
    ];
    return new Promise((resolve, reject) => {
      const child = spawn('bwrap', args, { stdio: ['pipe', 'inherit', 'inherit'] });
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`the room closed with ${code}`))));
      child.stdin.end(list);
    });
  }
}

/** Removes whatever lies there; Node 24 leaves a link that leads nowhere. */
function remove(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) rmSync(path, { recursive: true });
  else if (stat) unlinkSync(path);
}

function layOut(base: string, isWanted: (path: string) => boolean): void {
  mkdirSync(base, { recursive: true });
  for (const [name, text] of fixture) {
    const path = join(base, name);
    if (!isWanted(path)) continue;
    if (text === undefined) mkdirSync(path);
    else if (text.startsWith('->')) symlinkSync(text.slice(2), path);
    else {
      writeFileSync(path, text);
      utimesSync(path, long, long);
      if (executable.has(name)) chmodSync(path, 0o755);
    }
  }
}

/** What was started, by case: a count of words, the program and its words; a count of -1 begins the case whose name follows. */
function readLog(path: string): Map<string, Started[]> {
  const words = readFileSync(path, 'utf8').split('\0');
  const cases = new Map<string, Started[]>();
  let current: Started[] = [];
  for (let i = 0; i + 1 < words.length; ) {
    const count = Number(words[i]);
    const name = words[i + 1] ?? '';
    if (count < 0) {
      current = [];
      cases.set(name, current);
    } else current.push({ program: name, argv: words.slice(i + 2, i + 2 + count) });
    i += 2 + Math.max(count, 0);
  }
  return cases;
}

/** State of every file below a folder, as something that can be compared. */
function snapshot(base: string): Map<string, string> {
  const found = new Map<string, string>();
  // A script may have removed even the folder that its own lies in.
  const visit = (folder: string): void => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const stat = lstatSync(path);
      if (entry.isDirectory()) {
        found.set(path, `d${stat.mode}`);
        visit(path);
      } else if (entry.isSymbolicLink()) found.set(path, `l${readlinkSync(path)}`);
      else found.set(path, `f${stat.mode} ${stat.mtimeMs} ${stat.size} ${stat.ino}`);
    }
  };
  visit(base);
  return found;
}
