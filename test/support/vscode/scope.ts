// Child processes and a temporary folder that never outlive their test.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './wait.ts';
import { scratchFolder } from '../scratch.ts';

const marker = 'AGENT_POLICY_TEST_RUN';
const open = new Set<Scope>();

/** Owner of a temporary folder and of all processes started through it, with their descendants. */
export class Scope {
  readonly folder: string;
  readonly #id = randomUUID();
  readonly #groups = new Set<number>();

  constructor(name: string) {
    this.folder = scratchFolder(name);
    open.add(this);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** For a process that somebody else starts: it is ended with this scope. */
  get env(): Readonly<Record<string, string>> {
    return { [marker]: this.#id };
  }

  spawn(program: string, args: readonly string[], options: SpawnOptions & { readonly env: NodeJS.ProcessEnv }): ChildProcess {
    const child = spawn(program, args, { ...options, env: { ...options.env, ...this.env }, detached: true });
    if (child.pid !== undefined) this.#groups.add(child.pid);
    return child;
  }

  async close(): Promise<void> {
    open.delete(this);
    this.#signal('SIGTERM');
    if ((await until(() => !this.#isAlive(), 3000, 100)) === undefined) this.#signal('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** The same at once, for a process that ends. */
  abandon(): void {
    this.#signal('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): void {
    for (const pid of this.#groups) send(-pid, signal);
    for (const pid of this.#strays()) send(pid, signal);
  }

  #isAlive(): boolean {
    return [...this.#groups].some((pid) => send(-pid, 0)) || this.#strays().length > 0;
  }

  /** A descendant that left its group still carries this scope's id in its environment. */
  #strays(): readonly number[] {
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && environment(pid).includes(`${marker}=${this.#id}`))
      .map(Number);
  }
}

function environment(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

process.on('exit', () => {
  for (const scope of open) scope.abandon();
});
