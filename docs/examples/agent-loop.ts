// A home-made agent loop whose tools are guarded: run it with `node agent-loop.ts` (Node 22.18 or later, `npm install agent-policy`).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { guard, PolicyDenied, PolicyEngine, PolicyEscalated } from 'agent-policy';

/** What a model asks for; a real loop gets these from its API. */
interface ToolUse {
  readonly tool: 'bash' | 'read';
  readonly args: { readonly command?: string; readonly path?: string };
}

// Rules of one's own: the first that matches decides. `PolicyEngine.fromTemplate('safe_coding')` takes ours.
const engine = PolicyEngine.fromYaml(`
policies:
  - name: no-force-push
    match: { tool: bash, args_pattern: 'git push.*(--force|-f\\b)' }
    action: deny
    reason: Push a new commit instead.
  - name: ask-before-deleting
    match: { tool: bash, args_pattern: '\\brm\\b' }
    action: escalate
    reason: Deletes files.
  - name: no-secrets
    match: { tool: read, path_patterns: ['*.env', '*.pem'] }
    action: deny
    reason: Holds secrets.
`);

// The functions run only where the policy approves; otherwise they throw, and nothing has happened.
const tools = {
  bash: guard(engine, ({ command = '' }: ToolUse['args']) => execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim(), 'bash'),
  read: guard(engine, ({ path = '' }: ToolUse['args']) => readFileSync(path, 'utf8'), 'read'),
};

/** One turn of the loop: what the model is told of a call. It can go on, because it learns why. */
function turn({ tool, args }: ToolUse, askPerson: (question: string) => boolean): string {
  try {
    return tools[tool](args);
  } catch (error) {
    if (error instanceof PolicyDenied) return `Denied by ${error.decision.rule}: ${error.decision.reason}`;
    if (error instanceof PolicyEscalated) {
      return askPerson(error.message) ? 'A person said yes.' : `A person said no to ${error.decision.rule}.`;
    }
    return `Failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

// What a model might ask for, one after the other.
const script: readonly ToolUse[] = [
  { tool: 'bash', args: { command: 'echo hello' } },
  { tool: 'bash', args: { command: 'git push --force origin main' } },
  { tool: 'bash', args: { command: 'rm -r build' } },
  { tool: 'read', args: { path: 'prod.env' } },
];
for (const use of script) console.log(turn(use, () => false));
