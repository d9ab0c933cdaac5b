import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls of every day, in the words of Claude Code: what they need of the hook's code is worth compiling once. */
const calls: readonly (readonly [tool: string, input: Readonly<Record<string, string>>])[] = [
  ['Bash', { command: 'git status --short' }],
  ['Read', { file_path: 'src/a.ts' }],
  ['Bash', { command: 'cd src && npm test -- --grep "one thing" 2>&1 | tail -n 20; git push --force origin main' }],
  ['Bash', { command: 'for file in src/*.ts; do wc -l "$file"; done; echo "$HOME" $(git rev-parse HEAD)' }],
  ['Write', { file_path: 'src/a.ts', content: 'text' }],
];

/** What one call may take, in milliseconds. */
const patience = 20_000;

/** Runs a hook program for each call, with the options of this process and a home of its own that is removed afterwards. Throws what the file system says. */
export function runEverydayCalls(program: string): void {
  const home = mkdtempSync(join(tmpdir(), 'agent-policy-prepare-'));
  try {
    const project = join(home, 'project');
    mkdirSync(project);
    const { XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR, NODE_OPTIONS, ...rest } = process.env;
    const env = { ...rest, HOME: home, USERPROFILE: home, APPDATA: home, LOCALAPPDATA: home };
    for (const [index, [tool_name, tool_input]] of calls.entries()) {
      const payload = {
        session_id: 'prepare',
        cwd: project,
        hook_event_name: 'PreToolUse',
        tool_name,
        tool_input,
        tool_use_id: `${index}`,
      };
      const input = JSON.stringify(payload);
      spawnSync(process.execPath, [...process.execArgv, program, 'claude-code'], { cwd: project, env, input, timeout: patience });
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
