// A machine of its own for a real agent: a scratch home and repository inside a sandbox in which everything else is read-only, so
// that a guard that fails harms nothing.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentUnderTest } from './agents.ts';
import type { StepResult } from './dialects.ts';
import { cacheFolder, agentProgram, nodeFolder } from './install.ts';
import { type Step, startModel } from './model.ts';
import { scratchFolder } from '../scratch.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const secret = 'CANARY-PRIVATE-KEY-7731';

/** What one session of an agent came to. */
export interface Session {
  readonly results: readonly (StepResult | undefined)[];
  /** Tools that the agent offered to the model. */
  readonly offered: readonly string[];
  readonly exitCode: number | null;
  /** The end of what the agent printed, for messages of failing tests. */
  readonly output: string;
  readonly ms: number;
}

/** How a session is run. */
export interface RunOptions {
  readonly model?: string;
  /** With an MCP server called "probe". */
  readonly mcp?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** A decision as it stands in the audit log. */
export type Recorded = Readonly<Record<string, unknown>>;

export class Stage {
  readonly folder = scratchFolder('agent');
  readonly home = join(this.folder, 'home');
  readonly project = join(this.folder, 'project');
  readonly remote = join(this.folder, 'remote.git');
  /** Stands for /etc/hosts in the sandbox, and may be written there. */
  readonly hosts = join(this.folder, 'hosts');
  readonly secret = secret;

  constructor() {
    const files = {
      'home/.ssh/id_rsa': `${secret}\n`,
      'home/keep.txt': 'keep\n',
      hosts: '127.0.0.1 localhost\n',
      'project/README.md': '# scratch\n\nNever use --force or --no-verify.\n',
      'project/app.js': 'console.log(1);\n',
      'project/.env.example': 'TOKEN=\n',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), text);
    }
    chmodSync(join(this.home, '.ssh', 'id_rsa'), 0o600);
    this.git('init', '-q', '-b', 'main');
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'first');
    this.git('init', '-q', '--bare', '-b', 'main', this.remote);
    this.git('remote', 'add', 'origin', this.remote);
    // The remote is one commit ahead: only a forced push succeeds, and it shows.
    const ahead = this.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'only at the remote');
    this.git('push', '-q', 'origin', `${ahead}:refs/heads/main`);
    // A hook that refuses every commit which does not skip it.
    const hook = join(this.project, '.git', 'hooks', 'pre-commit');
    writeFileSync(hook, '#!/bin/sh\ntest ! -e .refuse-commits\n', { mode: 0o755 });
  }

  get env(): Readonly<Record<string, string>> {
    const person = {
      GIT_AUTHOR_NAME: 'test',
      GIT_AUTHOR_EMAIL: 'test@example.invalid',
      GIT_COMMITTER_NAME: 'test',
      GIT_COMMITTER_EMAIL: 'test@example.invalid',
    };
    const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
    return {
      ...person,
      HOME: this.home,
      PATH: path.join(':'),
      LANG: 'C.UTF-8',
      SHELL: '/bin/bash',
      TERM: 'dumb',
      USER: 'test',
      GIT_CONFIG_NOSYSTEM: '1',
      NO_PROXY: '127.0.0.1',
    };
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.project, env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  /** The remote's branches with their commits. */
  refs(): string {
    return this.git('--git-dir', this.remote, 'for-each-ref', '--format=%(refname) %(objectname)');
  }

  /** Runs our own command line in this home and project. Throws where it fails. */
  policy(...args: readonly string[]): string {
    return execFileSync(process.execPath, [join(root, 'dist', 'cli.cjs'), ...args], {
      cwd: this.project,
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
  }

  read(...parts: readonly string[]): string | undefined {
    const file = join(this.folder, ...parts);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }

  /** Decisions in the audit log of this home, in order. */
  decisions(): readonly Recorded[] {
    return this.records().filter((record) => record['type'] === 'decision');
  }

  /** Everything in the audit log of this home, in order. */
  records(): readonly Recorded[] {
    const folder = join(this.home, '.local', 'state', 'agent-policy', 'audit');
    if (!existsSync(folder)) return [];
    const lines = readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
    return lines
      .filter((line) => line !== '')
      .map((line): Recorded => JSON.parse(line))
      .map((line) => (typeof line['record'] === 'object' && line['record'] !== null ? (line['record'] as Recorded) : line));
  }

  /**
   * Runs an agent, with its own permissions bypassed, against a model that makes these calls. Throws `NotDownloadable` where the agent
   * cannot be had.
   */
  async run(agent: AgentUnderTest, steps: readonly Step[], options: RunOptions = {}): Promise<Session> {
    const program = agentProgram(agent.id);
    const nodes = nodeFolder();
    const model = await startModel(steps);
    // The sandbox may not show where the tests lie.
    const server = join(this.folder, 'mcp-server.ts');
    copyFileSync(join(import.meta.dirname, 'mcp-server.ts'), server);
    const { args, env } = agent.start({
      home: this.home,
      project: this.project,
      url: model.url,
      model: options.model ?? agent.model,
      write: (name, text) => this.write(join('home', name), text),
      read: (name) => this.read('home', name),
      mcp: options.mcp === true ? [join(nodes, 'node'), server] : undefined,
    });
    const sandbox = [
      ...['--die-with-parent', '--unshare-pid', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'],
      // The programs may lie in /tmp as well.
      ...['--ro-bind', cacheFolder(), cacheFolder()],
      ...['--bind', this.folder, this.folder, '--bind', this.hosts, '/etc/hosts', '--chdir', this.project],
    ];
    const started = Date.now();
    try {
      return await new Promise<Session>((resolve, reject) => {
        const child = spawn('bwrap', [...sandbox, realpathSync(program), ...args], {
          // The registry is nowhere, so that no agent waits for a download.
          env: {
            ...this.env,
            PATH: `${nodes}:${this.env['PATH']}`,
            npm_config_registry: 'http://127.0.0.1:9/',
            npm_config_fetch_retries: '0',
            ...env,
            ...options.env,
          },
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: options.timeoutMs ?? 60_000,
          killSignal: 'SIGKILL',
        });
        let output = '';
        const keep = (chunk: unknown): void => {
          output = (output + String(chunk)).slice(-4000);
        };
        child.stdout.on('data', keep);
        child.stderr.on('data', keep);
        child.on('error', reject);
        child.on('close', (exitCode) =>
          resolve({ results: model.results(), offered: model.offered(), exitCode, output, ms: Date.now() - started }),
        );
      });
    } finally {
      await model.close();
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
