// The real Claude Code beside an editor: in the same scratch home and sandbox, with its own permissions bypassed, on a scripted model.
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { agentsUnderTest } from '../agents/agents.ts';
import type { StepResult } from '../agents/dialects.ts';
import { agentProgram, nodeFolder } from '../agents/install.ts';
import { startModel } from '../agents/model.ts';
import type { Editor } from './editor.ts';
import { sandboxed } from './sandbox.ts';
import { sleep } from './wait.ts';

const cli = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));

/** Installs what {@link runClaude} needs: the agent itself, and our hook in the editor's home. */
export function installClaude(editor: Editor): void {
  agentProgram('claude-code');
  const env = environment(editor);
  execFileSync(process.execPath, [cli, 'install', '--agent', 'claude-code'], {
    cwd: editor.workspace,
    env,
    stdio: 'pipe',
    timeout: 60_000,
  });
}

/** Plays shell commands in one session, and returns what the model was told of each; nothing where the agent gave no answer in time. */
export async function runClaude(editor: Editor, commands: readonly string[], ms = 60_000): Promise<readonly (StepResult | undefined)[]> {
  const agent = agentsUnderTest['claude-code'];
  const model = await startModel(commands.map((command) => ({ call: agent.shell(command) })));
  const place = { home: editor.home, project: editor.workspace, url: model.url, model: agent.model, mcp: undefined };
  const { args, env } = agent.start({ ...place, write: () => {}, read: () => undefined });
  const [program, options] = sandboxed(editor.scope.folder, [realpathSync(agentProgram('claude-code')), ...args]);
  const child = editor.scope.spawn(program, options, {
    env: { ...environment(editor), ...env },
    cwd: editor.workspace,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  try {
    await Promise.race([new Promise((resolve) => child.on('close', resolve)), sleep(ms)]);
    return model.results();
  } finally {
    child.kill('SIGKILL');
    await model.close();
  }
}

function environment(editor: Editor): NodeJS.ProcessEnv {
  return {
    HOME: editor.home,
    PATH: `${nodeFolder()}:${process.env['PATH'] ?? ''}`,
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    TERM: 'dumb',
    USER: 'test',
    NO_PROXY: '127.0.0.1',
    TMPDIR: editor.scope.path('tmp'),
    AGENT_POLICY_PROMPT: 'off',
  };
}
