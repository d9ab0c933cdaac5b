import { homedir } from 'node:os';
import { join } from 'node:path';
import { env, type ExtensionContext, ThemeIcon, TerminalProfile, window, workspace } from 'vscode';
import { dataDirectory } from '../agents/install/place.ts';
import type { Directories } from '../platform/directories.ts';
import {
  guardedEnvironment,
  ownFiles,
  shellArguments,
  shellOf,
  type Surroundings,
  watchingEnvironment,
  writeShims,
} from '../terminal/surroundings.ts';
import { DisposableStore } from './disposable-store.ts';
import { thisMachine } from './hook-program.ts';
import { t } from './translate.ts';

const setting = 'terminal.guardAgentTerminals';

/**
 * Guards terminals: those that agents open, which say so in their environment, and those that a person opens with the profile "Guarded Agent
 * Terminal". Every other terminal is as it was.
 */
export function guardTerminals(context: ExtensionContext, directories: Directories): DisposableStore {
  const store = new DisposableStore();
  if (process.platform === 'win32') return store;
  const surroundings: Surroundings = {
    ...ownFiles(),
    shims: join(dataDirectory(thisMachine(homedir()), 'user'), 'shims'),
    node: process.execPath,
    runtime: directories.runtime,
  };
  const variables = context.environmentVariableCollection;
  const apply = () => {
    variables.clear();
    variables.description = t(
      'Lets the shells of agents’ terminals ask Agent Policy before each command. Other terminals are not changed.',
    );
    if (workspace.getConfiguration('agentPolicy').get<boolean>(setting) === false) return;
    writeShims(surroundings);
    for (const [name, value] of Object.entries(watchingEnvironment(surroundings, process.env))) variables.replace(name, value);
  };
  apply();
  store.add(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`agentPolicy.${setting}`)) apply();
    }),
  );
  store.add(
    window.registerTerminalProfileProvider('agentPolicy.guardedTerminal', {
      provideTerminalProfile: () => {
        writeShims(surroundings);
        const wanted = env.shell;
        const shell = shellOf(wanted);
        return new TerminalProfile({
          name: t('Guarded Agent Terminal'),
          shellPath: shell === undefined ? 'bash' : wanted,
          shellArgs: [...shellArguments(shell ?? 'bash', surroundings.media)],
          env: guardedEnvironment(surroundings, process.env),
          iconPath: new ThemeIcon('shield'),
        });
      },
    }),
  );
  return store;
}
