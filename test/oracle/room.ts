// A room in which scripts really run: a bubblewrap in which only one scratch directory can be written, with a PATH of programs that
// write down that they were started and with which words. Afterwards the files tell what else happened.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realPrograms, stubPrograms } from './programs.ts';

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

export class Room {
  readonly root: string;
  #bin: string;
  #next = 0;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'ap-oracle-'));
    this.#bin = join(this.root, 'bin');
    for (const folder of ['bin', 's', 'w', 'log']) mkdirSync(join(this.root, folder));
    const log = join(this.root, 'log', 'current');
    const record = `#!/usr/bin/dash\nprintf '%s\\0' "$#" "\${0##*/}" "$@" >>${log}\n`;
    writeFileSync(join(this.#bin, '.stub'), `${record}case $1 in fail*) exit 1;; esac\nexit 0\n`, { mode: 0o755 });
    for (const name of stubPrograms) symlinkSync('.stub', join(this.#bin, name));
    for (const name of realPrograms) writeFileSync(join(this.#bin, name), `${record}exec /usr/bin/${name} "$@"\n`, { mode: 0o755 });
    writeFileSync(
      join(this.root, 'driver'),
      `while read -r shell n; do
cd ${this.root}/w/$n/p || continue
case $shell in zsh) set -- /usr/bin/zsh -f;; *) set -- /usr/bin/$shell;; esac
: >${log}
/usr/bin/env -i PATH=${this.#bin} HOME=${this.root}/w/$n/home LC_ALL=C.UTF-8 /usr/bin/timeout -k 1 4 "$@" ${this.root}/s/$n.sh </dev/null >${this.root}/log/$n.out 2>&1
[ $? = 124 ] && [ -n "$ORACLE_SLOW" ] && { echo "slow: $n"; /usr/bin/cat ${this.root}/s/$n.sh; } >&2
cd /
/usr/bin/mv ${log} ${this.root}/log/$n
done
`,
    );
  }

  /** Lays out the files of each case. */
  place(cases: readonly Case[]): readonly Placed[] {
    return cases.map((item) => {
      const n = this.#next++;
      const base = join(this.root, 'w', String(n));
      mkdirSync(base);
      for (const [name, text] of fixture) {
        const path = join(base, name);
        if (text === undefined) mkdirSync(path);
        else if (text.startsWith('->')) symlinkSync(text.slice(2), path);
        else {
          writeFileSync(path, text);
          utimesSync(path, long, long);
          if (executable.has(name)) chmodSync(path, 0o755);
        }
      }
      writeFileSync(join(this.root, 's', `${n}.sh`), item.script);
      const home = join(base, 'home');
      return { ...item, cwd: join(base, 'p'), home, env: { PATH: this.#bin, HOME: home, LC_ALL: 'C.UTF-8' } };
    });
  }

  /** Runs the placed cases one after the other. */
  async run(placed: readonly Placed[]): Promise<readonly Observed[]> {
    const before = placed.map((item) => snapshot(join(item.cwd, '..')));
    const numbers = placed.map((item) => item.cwd.split('/').at(-2) ?? '');
    const list = placed.map((item, i) => `${item.shell} ${numbers[i]}\n`).join('');
    await this.#sandboxed(list);
    return placed.map((item, i) => {
      const after = snapshot(join(item.cwd, '..'));
      const was = before[i] ?? new Map<string, string>();
      const started = readLog(join(this.root, 'log', numbers[i] ?? ''));
      return {
        started,
        changed: [...after].filter(([path, state]) => was.get(path) !== state).map(([path]) => path),
        deleted: [...was].filter(([path]) => !after.has(path)).map(([path]) => path),
      };
    });
  }

  /** What the case printed, for people who look for a cause. */
  output(item: Placed): string {
    return readFileSync(join(this.root, 'log', `${item.cwd.split('/').at(-2)}.out`), 'utf8');
  }

  /** Takes the files of cases away. */
  clear(placed: readonly Placed[]): void {
    for (const item of placed) {
      const n = item.cwd.split('/').at(-2) ?? '';
      rmSync(join(this.root, 'w', n), { recursive: true, force: true });
      for (const file of [join('s', `${n}.sh`), join('log', n), join('log', `${n}.out`)]) rmSync(join(this.root, file), { force: true });
    }
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #sandboxed(list: string): Promise<void> {
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
      '/usr/bin/bash',
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

function readLog(path: string): Started[] {
  let words: string[];
  try {
    words = readFileSync(path, 'utf8').split('\0');
  } catch {
    return [];
  }
  const started: Started[] = [];
  for (let i = 0; i + 1 < words.length; ) {
    const count = Number(words[i]);
    started.push({ program: words[i + 1] ?? '', argv: words.slice(i + 2, i + 2 + count) });
    i += 2 + count;
  }
  return started;
}

/** State of every file below a folder, as something that can be compared. */
function snapshot(base: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
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
