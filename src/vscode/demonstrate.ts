import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { commands, window, workspace } from 'vscode';
import { canary } from '../agents/install/canary.ts';
import { visibleText } from '../present/visible-text.ts';
import { t } from './translate.ts';

/** Session of the demonstration in the audit log. */
export const demonstrationSession = 'agent-policy-demonstration';

const command = 'git push --force origin main';
const patience = 20_000;

/** Puts a force push to the real hook, as VS Code would for its agent, and shows what the agent is told. The hook only decides: nothing is pushed. */
export async function demonstrateBlock(extensionPath: string): Promise<void> {
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
  const { code, output } = await runHook(join(extensionPath, 'dist', 'hook.cjs'), folder);
  const told = reasonIn(output);
  const [log, another] = [t('Show Log'), t('Check a Command')];
  const answer =
    code === 2 && told !== undefined
      ? await window.showInformationMessage(
          t('Agent Policy stopped this, and nothing was run: {0}', command),
          { modal: true, detail: t('The agent is told: {0}', visibleText(told).slice(0, 600)) },
          log,
          another,
        )
      : await window.showWarningMessage(
          t('The demonstration was not stopped.'),
          { modal: true, detail: t('In the mode Shadow nothing is. Else “Show Protection Status” says what is wrong.') },
          log,
        );
  if (answer === log) await commands.executeCommand('agentPolicy.showAuditLog');
  if (answer === another) await commands.executeCommand('agentPolicy.checkCommand');
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function runHook(program: string, folder: string): Promise<Ended> {
  const payload = { ...canary('vscode', command, folder, randomUUID()), session_id: demonstrationSession };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, 'vscode'], {
      cwd: folder,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: patience,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, 64 * 1024);
    });
    child.on('error', () => resolve({ code: null, output }));
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(payload));
  });
}

function reasonIn(output: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(output);
    if (typeof answer !== 'object' || answer === null || !('permissionDecisionReason' in answer)) return undefined;
    const { permissionDecisionReason: reason } = answer;
    return typeof reason === 'string' ? reason : undefined;
  } catch {
    return undefined;
  }
}
