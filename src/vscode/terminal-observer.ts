import { userInfo } from 'node:os';
import { type Disposable, type Terminal, window } from 'vscode';
import { appendRecord, type AuditLog } from '../audit/append.ts';
import { redactText } from '../audit/redact.ts';
import { agentOf } from '../terminal/markers.ts';

/** Records what agents' terminals begin to run, as the shell integration tells it: an observation, not a decision. */
export function observeTerminals(log: AuditLog): Disposable {
  return window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
    const agent = agentOf(environmentOf(terminal));
    if (agent === 'terminal') return;
    try {
      appendRecord(log, {
        type: 'event',
        event: 'terminal-command-observed',
        timestamp: new Date().toISOString(),
        user: userInfo().username,
        details: {
          agent,
          terminal: terminal.name.slice(0, 200),
          command: redactText(execution.commandLine.value.slice(0, 2000)),
          confidence: execution.commandLine.confidence,
          ...(execution.cwd === undefined ? {} : { cwd: execution.cwd.fsPath }),
        },
      });
    } catch {
      // What runs has been decided elsewhere; there is nobody to tell.
    }
  });
}

function environmentOf({ creationOptions }: Terminal): Readonly<Record<string, string | undefined>> {
  const env = 'env' in creationOptions ? (creationOptions.env ?? {}) : {};
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? undefined]));
}
