// Ways in which a hook can fail. Every one must end in a call that does not run.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AgentUnderTest } from './agents.ts';
import type { Stage } from './stage.ts';

const hook = 'home/.local/share/agent-policy/bin/hook.cjs';

/** Texts that stand in the place of the hook's program; nothing for a program that is gone. */
export const brokenPrograms: Readonly<Record<string, (whole: string) => string | undefined>> = {
  crashes: () => 'throw new Error("broken");\n',
  'is killed': () => 'process.kill(process.pid, "SIGKILL");\n',
  'is not JavaScript': () => '{{{\n',
  'ends with another code': () => 'process.exitCode = 1;\n',
  'prints garbage and ends with another code': () => 'process.stdout.write("{garbage"); process.exitCode = 1;\n',
  // As a NODE_OPTIONS that loads something talkative does.
  'prints noise before its answer': (whole) => `process.stdout.write("noise\\n");${whole.replace(/^#!.*\n/, '')}`,
  'never answers': () => 'setInterval(() => {}, 1000);\n',
  'is busy for ever': () => 'for (;;);\n',
  'is missing': () => undefined,
};

/** Puts a broken program in the place of the hook. */
export function breakProgram(stage: Stage, name: string, whole: string): void {
  const text = brokenPrograms[name]?.(whole);
  if (text === undefined) stage.remove(hook);
  else stage.write(hook, text);
}

/** Puts the whole program back. */
export function mendProgram(stage: Stage, whole: string): void {
  stage.write(hook, whole);
}

export function hookText(stage: Stage): string {
  return stage.read(hook) ?? '';
}

/** Changes what stands in the files of the guard, as far as they name it; Codex is told to trust what it finds then. */
function change(stage: Stage, agent: AgentUnderTest, edit: (text: string) => string): void {
  for (const name of agent.guardFiles) {
    const file = join('home', name);
    stage.write(file, edit(stage.read(file) ?? ''));
  }
  if (agent.id !== 'codex') return;
  const hooks: { hooks: { PreToolUse: readonly { hooks: readonly { command: string }[] }[] } } = JSON.parse(
    stage.read('home/.codex/hooks.json') ?? '',
  );
  const command = hooks.hooks.PreToolUse[0]?.hooks[0]?.command;
  const identity = { event_name: 'pre_tool_use', hooks: [{ async: false, command, timeout: 600, type: 'command' }], matcher: '*' };
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  const config = 'home/.codex/config.toml';
  stage.write(config, (stage.read(config) ?? '').replace(/trusted_hash = "[^"]*"/, `trusted_hash = "sha256:${hash}"`));
}

/** Makes the installed guard wait 2 s for its program, instead of minutes. */
export function hurry(stage: Stage, agent: AgentUnderTest): void {
  change(stage, agent, (text) =>
    text.replace('-s KILL 590', '-s KILL 2').replace('timeout: 600000', 'timeout: 2000').replaceAll('"timeout": 600,\n', '"timeout": 3,\n'),
  );
}

/** Takes away the Node that runs the hook. */
export function loseNode(stage: Stage, agent: AgentUnderTest): void {
  change(stage, agent, (text) => text.replaceAll(/(?<=['"])\/[^'"]*\/node(?=\\?['"])/g, '/nonexistent/node'));
}
