import { homedir } from 'node:os';
import { workspace } from 'vscode';
import { diagnose } from '../agents/install/doctor.ts';
import { agentsHere } from './agents-here.ts';
import { thisMachine } from './hook-program.ts';
import type { StatusLine } from './protection-status.ts';
import { t } from './translate.ts';

/** What each agent that is on this machine says of its hooks. Agents that are not here, and VS Code's own, are left out. */
export async function agentStatus(): Promise<readonly StatusLine[]> {
  const project = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
  const machine = thisMachine(project);
  return agentsHere().map((target) => {
    const { protected: isGuarded, checks } = diagnose(target, machine);
    const worst = checks.find(({ result }) => result === 'failed') ?? checks.find(({ result }) => result === 'warning');
    return {
      ok: isGuarded,
      label: isGuarded ? t('{0} is guarded', target.id) : t('{0} is not guarded', target.id),
      ...(worst ? { detail: worst.detail } : {}),
    };
  });
}
