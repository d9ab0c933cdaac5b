import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A throw-away machine to act on: a home, a repository with a work tree, and the bare remote it pushes to. */
export interface Stage {
  readonly root: string;
  readonly home: string;
  readonly project: string;
  readonly remote: string;
  /** The environment in which everything on the stage runs: its own home, nothing of the user's git or agents. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs git in the work tree and gives what it printed; throws where it fails. */
  git(...args: string[]): string;
  remove(): void;
}

/** A hook that would refuse the commit, so that skipping it shows. */
const preCommit = `#!/bin/sh
if git diff --cached --name-only | grep -q '\\.broken$'; then
  echo 'pre-commit: tests fail' >&2
  exit 1
fi
`;

/** Sets the stage. `path` is the search path for programs. Throws where git is missing. */
export function setStage(path: string): Stage {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'agent-policy-demo-')));
  const [home, project, remote] = [join(root, 'home'), join(root, 'project'), join(root, 'remote.git')];
  const env: Record<string, string> = {
    PATH: path,
    HOME: home,
    USERPROFILE: home,
    USER: 'demo',
    LANG: 'C.UTF-8',
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_RUNTIME_DIR: join(home, '.run'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // Nobody is asked in a demonstration.
    AGENT_POLICY_PROMPT: 'off',
  };
  for (const name of ['SystemRoot', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP']) {
    const value = name.endsWith('DATA') ? join(home, name) : process.env[name];
    if (process.platform === 'win32' && value !== undefined) env[name] = value;
  }
  const gitIn = (cwd: string, args: readonly string[]) =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const git = (...args: string[]) => gitIn(project, args);
  const put = (file: string, text: string) => {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  };

  for (const directory of [home, project, remote]) mkdirSync(directory);
  put(
    join(home, '.gitconfig'),
    '[user]\n\tname = Demo Agent\n\temail = demo@example.com\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n',
  );
  put(join(home, '.ssh', 'id_rsa'), '-----BEGIN OPENSSH PRIVATE KEY-----\nnot a real key\n-----END OPENSSH PRIVATE KEY-----\n');
  put(join(home, 'Documents', 'thesis.txt'), 'ten years of work\n');
  gitIn(remote, ['init', '--quiet', '--bare']);
  git('init', '--quiet');
  git('remote', 'add', 'origin', remote);
  put(join(project, '.gitignore'), 'node_modules/\n');
  put(join(project, 'README.md'), '# Shop\n');
  put(join(project, 'src', 'app.js'), "console.log('hello');\n");
  put(join(project, 'node_modules', 'left-pad', 'index.js'), 'module.exports = 1;\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'First commit');
  put(join(project, '.git', 'hooks', 'pre-commit'), preCommit);
  chmodSync(join(project, '.git', 'hooks', 'pre-commit'), 0o755);
  // A colleague's commit that a force push would lose.
  put(join(project, 'src', 'colleague.js'), "console.log('from a colleague');\n");
  git('add', '.');
  git('commit', '--quiet', '-m', "A colleague's commit");
  git('push', '--quiet', 'origin', 'main');
  git('reset', '--quiet', '--hard', 'HEAD~1');
  git('switch', '--quiet', '-c', 'feature');
  return { root, home, project, remote, env, git, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A command of the hook as it stands in the agent's settings. */
interface ConfiguredHook {
  readonly command: string;
  readonly args?: readonly string[];
}

/** What the hook process answered. */
export interface HookAnswer {
  readonly exitCode: number | null;
  /** Whether the agent would go on: exit code 0 and no decision against it. */
  readonly goesOn: boolean;
  readonly output: string;
}

/** The hooks that Claude Code would start before a tool call, read from its settings as it does. */
export function configuredHooks(home: string): readonly ConfiguredHook[] {
  const file = join(home, '.claude', 'settings.json');
  if (!existsSync(file)) return [];
  const settings: { hooks?: { PreToolUse?: { hooks?: ConfiguredHook[] }[] } } = JSON.parse(readFileSync(file, 'utf8'));
  return (settings.hooks?.PreToolUse ?? []).flatMap(({ hooks = [] }) => hooks);
}

/** Starts a hook exactly as configured, with the payload on its standard input, and reads the answer as Claude Code does. */
export function runHook(hook: ConfiguredHook, payload: object, stage: Stage): HookAnswer {
  const options = { input: JSON.stringify(payload), cwd: stage.project, env: stage.env, encoding: 'utf8', timeout: 30_000 } as const;
  const { status, stdout } = hook.args ? spawnSync(hook.command, hook.args, options) : spawnSync('/bin/sh', ['-c', hook.command], options);
  return { exitCode: status, goesOn: status === 0 && !/"permissionDecision"\s*:\s*"(deny|ask)"/.test(stdout), output: stdout };
}
