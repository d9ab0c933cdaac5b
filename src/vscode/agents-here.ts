import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Target, targets } from '../agents/install/targets.ts';

/** Programs by which an agent shows that it is on this machine, where they are not called as the agent is. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'claude-code': ['claude'],
  cursor: ['cursor-agent'],
  kiro: ['kiro-cli'],
  antigravity: ['agy'],
};

/** The agents whose programs are on this machine, without VS Code's own, which needs no installation. */
export function agentsHere(): readonly Target[] {
  return targets.filter(({ id }) => id !== 'vscode' && (programs[id] ?? [id]).some(isOnPath));
}

function isOnPath(program: string): boolean {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)));
}
