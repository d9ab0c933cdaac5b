import { homedir, userInfo } from 'node:os';
import { ProgressLocation, type QuickPickItem, window } from 'vscode';
import { hasHook } from '../agents/install/installed.ts';
import { install } from '../agents/install/install.ts';
import { lastingNode, type Machine } from '../agents/install/place.ts';
import { prepareHook } from '../agents/install/prepare-hook.ts';
import type { Target } from '../agents/install/targets.ts';
import { appendRecord, type AuditLog } from '../audit/append.ts';
import { withoutLinks } from '../present/visible-text.ts';
import { protectedFileChanged, stateOnDisk } from '../session/tripwire.ts';
import { agentsHere } from './agents-here.ts';
import { thisMachine } from './hook-program.ts';
import { t } from './translate.ts';

interface AgentItem extends QuickPickItem {
  readonly target: Target;
}

/** Lets the person choose agents on this machine and installs our hook into their settings, for all their sessions. `version` of this extension. */
export async function connectAgents(version: string, log: AuditLog): Promise<void> {
  const machine = hookMachine();
  const items = agentsHere().map((target): AgentItem => {
    const isConnected = hasHook(target, machine);
    return { target, label: target.id, picked: !isConnected, ...(isConnected ? { description: t('connected') } : {}) };
  });
  if (items.length === 0) {
    void window.showInformationMessage(
      t('No other agent was found on this machine. GitHub Copilot in VS Code is guarded by this extension itself.'),
    );
    return;
  }
  const picked = await window.showQuickPick(items, {
    title: t('Agent Policy: connect agents'),
    placeHolder: t('A hook is added to the settings of each agent; everything else in them stays as it is'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined || picked.length === 0) return;
  const failures = await window.withProgress({ location: ProgressLocation.Notification, title: t('Connecting agents…') }, async () => {
    const failed: string[] = [];
    for (const { target } of picked) {
      try {
        for (const { file, change } of install(target, 'user', machine, version, false))
          if (change !== 'none') recordChange(log, file, target);
      } catch (error) {
        failed.push(`${target.id}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failed.length < picked.length) prepareHook(machine, 'user');
    return failed;
  });
  if (failures.length > 0) void window.showErrorMessage(withoutLinks(t('Not connected: {0}', failures.join('; '))));
  else
    void window.showInformationMessage(t('Connected: {0}. Restart their running sessions.', picked.map(({ label }) => label).join(', ')));
}

/** This machine, with a Node that other programs can start: VS Code's own is none without a variable in the environment. */
function hookMachine(): Machine {
  const machine = thisMachine(homedir());
  return { ...machine, node: lastingNode(process.execPath, process.env['PATH'], process.platform) };
}

/** The tripwire takes what a person has had this window write for no change of somebody else's. */
function recordChange(log: AuditLog, file: string, { id }: Target): void {
  appendRecord(log, {
    type: 'event',
    event: protectedFileChanged,
    timestamp: new Date().toISOString(),
    user: userInfo().username,
    details: { file, outcome: 'saved', after: stateOnDisk(file), connected: id, by: 'window' },
  });
}
