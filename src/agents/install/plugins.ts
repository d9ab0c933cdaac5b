import type { AgentId } from '../agent.ts';
import type { Machine, Scope } from './place.ts';
import { execForm } from './place.ts';

/**
 * The part that all generated plugins share: it runs the hook, and blocks whatever happens but an answer of it. Plugins need
 * nothing but Node's own modules, because a host that cannot load a plugin goes on without it and says nothing.
 */
function helper(machine: Machine, scope: Scope, agent: AgentId, timeoutMs: number): string {
  const { command, args } = execForm(machine, scope, agent);
  return `// Written by "agent-policy install --agent ${agent}"; "agent-policy uninstall --agent ${agent}" removes it.
import { spawn } from 'node:child_process';

const command = ${JSON.stringify(command)};
const args = ${JSON.stringify(args)};

/** What the guard says: undefined for approve, { reason } for a denial, { input } for changed arguments. */
const ask = (payload, cwd) => new Promise((resolve) => {
  const broken = (what) => resolve({ reason: 'agent-policy: the guard could not run (' + what + '), so this call is blocked.' });
  try {
    const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'], timeout: ${timeoutMs}, killSignal: 'SIGKILL', windowsHide: true });
    let out = '';
    child.stdout.on('data', (chunk) => { out += chunk; });
    child.stdin.on('error', () => {});
    child.on('error', (error) => broken(error.code ?? 'error'));
    child.on('close', (code, signal) => {
      if (code === 0 && out === '') return resolve(undefined);
      try {
        const answer = JSON.parse(out);
        if (answer.decision === 'deny') return resolve({ reason: String(answer.reason) });
        if (code === 0 && answer.decision === 'approve' && answer.input) return resolve({ input: answer.input });
      } catch {}
      broken(signal ?? 'exit code ' + code);
    });
    child.stdin.end(JSON.stringify(payload));
  } catch (error) {
    broken(String(error));
  }
});
`;
}

/** opencode: `tool.execute.before` blocks by throwing, and arguments change in place only. */
export function opencodePlugin(machine: Machine, scope: Scope): string {
  return `${helper(machine, scope, 'opencode', 600_000)}
export const AgentPolicy = async ({ directory, worktree }) => ({
  'tool.execute.before': async (input, output) => {
    const payload = { hook: 'tool.execute.before', input, output: { args: output.args }, ctx: { directory, worktree } };
    const answer = await ask(payload, directory);
    if (answer?.reason !== undefined) throw new Error(answer.reason);
    if (answer?.input) {
      for (const name of Object.keys(output.args)) delete output.args[name];
      Object.assign(output.args, answer.input);
    }
  },
});
`;
}

/** Cline ends a run whose plugin hook takes 3 s, so the guard gets a little less. */
export function clinePlugin(machine: Machine, scope: Scope): string {
  return `${helper(machine, scope, 'cline', 2_700)}
export default {
  name: 'agent-policy',
  manifest: { capabilities: ['hooks'] },
  hooks: {
    async beforeTool({ toolCall, input }) {
      const workspaceRoot = process.cwd();
      const answer = await ask({ toolCall, input, workspaceRoot }, workspaceRoot);
      if (answer?.reason !== undefined) return { skip: true, reason: answer.reason };
      return answer?.input ? { input: answer.input } : undefined;
    },
  },
};
`;
}

/** Amp, after its documentation. */
export function ampPlugin(machine: Machine, scope: Scope): string {
  return `${helper(machine, scope, 'amp', 600_000)}
export default function agentPolicy(amp) {
  amp.on('tool.call', async (event) => {
    const directory = process.cwd();
    const { tool, input, toolUseID } = event;
    const answer = await ask({ hook: 'tool.call', event: { tool, input, toolUseID }, directory }, directory);
    return answer?.reason === undefined ? { action: 'allow' } : { action: 'reject-and-continue', message: answer.reason };
  });
}
`;
}
