import { diagnose } from '../agents/install/doctor.ts';
import { targets } from '../agents/install/targets.ts';
import { localPolicy } from '../gateway/local-policy.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { directories } from '../platform/directories.ts';
import { dateWarnings } from '../policy/lint.ts';
import { damagedSessions } from '../session/store.ts';
import { agentNames, agentOption, thisMachine } from './agent-options.ts';
import { type Command, exitCodes, hasFlag, type Io, textOption } from './command.ts';
import { diagnosticLine } from './policy.ts';

const marks = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const;

/** `agent-policy doctor`: proves that an agent is guarded. */
export const doctor: Command = {
  summary: 'prove that an agent is guarded',
  help: `Usage: agent-policy doctor [--agent NAME] [--json]

Sends a force push and a "git status" through the hooks as they are installed for an agent (nothing is run), and looks for
settings that switch hooks off. Without --agent: all agents that have hooks of Agent Policy. Names what is wrong with the policy
of this folder, and sessions of which what they did is no longer known.

  --agent NAME   ${agentNames}
  --json         print one JSON object a line

Exit code 0: guarded; 2: not guarded; 1: an error.
`,
  options: { agent: { type: 'string' } },
  async run(parsed, io) {
    const machine = thisMachine(io);
    const isNamed = textOption(parsed, 'agent') !== undefined || parsed.positionals.length > 0;
    const all = (isNamed ? [agentOption(parsed)] : targets).map((target) => diagnose(target, machine));
    const shown = isNamed ? all : all.filter((diagnosis) => diagnosis.scopes.length > 0);
    if (shown.length === 0)
      io.err(`agent-policy doctor: no agent has hooks of Agent Policy. Install them: agent-policy install --agent NAME\n`);
    for (const diagnosis of shown) {
      if (hasFlag(parsed, 'json')) {
        await io.out(`${JSON.stringify(diagnosis)}\n`);
        continue;
      }
      await io.out(`${diagnosis.agent}: ${diagnosis.protected ? 'guarded' : 'NOT GUARDED'}\n`);
      for (const { name, result, detail } of diagnosis.checks) await io.out(`  ${marks[result]} ${name.padEnd(14)} ${detail}\n`);
      for (const note of diagnosis.notes) await io.out(`  note    ${note}\n`);
    }
    const damaged = damagedSessions(directories(io.env, io.platform, io.home));
    if (hasFlag(parsed, 'json')) for (const folder of damaged) await io.out(`${JSON.stringify({ damagedSession: folder })}\n`);
    else if (damaged.length > 0) {
      await io.out('sessions\n');
      for (const folder of damaged) await io.out(`  ${marks.warning} ${'session'.padEnd(14)} ${damagedSentence(folder)}\n`);
    }
    const policyNotes = policyProblems(io);
    if (hasFlag(parsed, 'json')) for (const problem of policyNotes) await io.out(`${JSON.stringify({ policy: problem })}\n`);
    else if (policyNotes.length > 0) {
      await io.out('policy\n');
      for (const problem of policyNotes) await io.out(`  ${marks.warning} ${'policy'.padEnd(14)} ${diagnosticLine(problem)}\n`);
    }
    return shown.length > 0 && shown.every((diagnosis) => diagnosis.protected) ? exitCodes.ok : exitCodes.deny;
  },
};

function damagedSentence(folder: string): string {
  return `${folder} is damaged: what that session did is not known, and where the policy asks for it only harmless reading is approved. Remove the folder if the session may begin anew.`;
}

/** What is wrong with the policy that holds in this folder: with errors the failure rules decide, outside of its dates safe_coding does. */
function policyProblems({ env, platform, home, cwd }: Io): readonly Diagnostic[] {
  const { policy, diagnostics } = localPolicy(directories(env, platform, home), platform, cwd);
  const now = Date.now();
  return [
    ...diagnostics.filter(({ severity }) => severity === 'error'),
    ...(policy?.layers ?? []).flatMap((layer) => dateWarnings(layer, now)),
  ];
}
