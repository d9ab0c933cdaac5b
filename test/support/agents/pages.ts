// The pages of docs/agents that say no more than what the adapters and targets know: made from them, so that they stay true.
import { getAdapter } from './adapters.ts';
import { type Machine, type Scope, scopes } from '../../../src/agents/install/place.ts';
import type { Target } from '../../../src/agents/install/targets.ts';
import { agentsUnderTest } from './agents.ts';
import { packageOf, type RealAgent } from './install.ts';

const machine: Machine = { env: {}, platform: 'linux', home: '~', project: 'PROJECT', node: 'node' };
const scopeNames: Readonly<Record<Scope, string>> = { user: 'your sessions', project: 'this folder', system: 'everybody' };
const kinds = {
  entries: 'our entry is added to what is there',
  whole: 'a file of our own',
  rules: 'a second layer: rules that the agent keeps by itself',
  denials: 'a second layer: denials that the agent keeps by itself, added to what is there',
  'codex-trust': 'the trust in the hook, without which it would not run',
} as const;

function isRun(id: string): id is RealAgent {
  return Object.hasOwn(agentsUnderTest, id);
}

/** The page of an agent. */
export function pageOf(target: Target): string {
  const adapter = getAdapter(target.id);
  const seconds = adapter.hostTimeoutMs / 1000;
  const files = scopes.flatMap((scope) =>
    (target.files[scope]?.(machine) ?? []).map(
      ({ file, kind }) => `| ${scope} (${scopeNames[scope]}) | \`${file.replace('PROJECT/', '')}\` | ${kinds[kind]} |`,
    ),
  );
  const status =
    target.isUntried !== true && isRun(target.id)
      ? `Tried with the real program, \`${packageOf(target.id)}\`, with its own approvals switched off: every dangerous action of the test matrix is stopped, the agent is told why and goes on, and nothing runs where the hook crashes, hangs, is missing or prints garbage.`
      : 'Documented, not run: this follows the documentation of the agent and has not been tried with the program itself. Run `agent-policy doctor`, then let the agent try a `git push --force` in a scratch repository before you rely on it.';
  const switches = target.switches(machine).map(({ file, path }) => `- \`${path.join('.')}\` in \`${file.replace('PROJECT/', '')}\``);
  return `# ${adapter.title}

\`\`\`sh
agent-policy install --agent ${target.id}
agent-policy doctor --agent ${target.id}
\`\`\`

${status}

## What is installed

| scope | file | what |
|---|---|---|
${files.join('\n')}

- The guard answers before the agent gives up, which it does after ${seconds} s.
- What the policy escalates ${adapter.hasPrompt ? 'is asked in VS Code' : 'is asked in VS Code, as the agent has no prompt that can be relied on'}; where no window is open it is denied.
- On approve the hook says nothing, so the agent's own prompts stay as you have set them.
${switches.length === 0 ? '' : `\n## What switches it off\n\n${switches.join('\n')}\n\nThe guard stops agents from writing these; \`doctor\` finds them.\n`}
## Limits

${target.notes.map((note) => `- ${note}`).join('\n')}
`;
}
