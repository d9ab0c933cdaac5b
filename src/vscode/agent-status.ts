import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { workspace } from 'vscode';
import { diagnose } from '../agents/install/doctor.ts';
import { targets } from '../agents/install/targets.ts';
import { thisMachine } from './hook-program.ts';
import type { StatusLine } from './protection-status.ts';
import { t } from './translate.ts';

/** Programs by which an agent shows that it is on this machine, where they are not called as the agent is. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'claude-code': ['claude'],
  cursor: ['cursor-agent'],
  kiro: ['kiro-cli'],
  antigravity: ['agy'],
};

/** What each agent that is on this machine says of its hooks. Agents that are not here, and VS Code's own, are left out. */
export async function agentStatus(): Promise<readonly StatusLine[]> {
  const project = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
  const machine = thisMachine(project);
  return targets
    .filter(({ id }) => id !== 'vscode' && (programs[id] ?? [id]).some(isOnPath))
    .map((target) => {
      const { protected: isGuarded, checks } = diagnose(target, machine);
      const worst = checks.find(({ result }) => result === 'failed') ?? checks.find(({ result }) => result === 'warning');
      return {
        ok: isGuarded,
        label: isGuarded ? t('{0} is guarded', target.id) : t('{0} is not guarded', target.id),
        ...(worst ? { detail: worst.detail } : {}),
      };
    });
}

function isOnPath(program: string): boolean {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)));
}
