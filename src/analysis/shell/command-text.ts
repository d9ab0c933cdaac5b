import type { Dialect } from '../../model/tool-call.ts';
import { inShell, shellHooks as hooks } from './interpret.ts';
import type { Run, ShellHooks } from './run.ts';
import { evaluateText } from './script-text.ts';
import { State } from './state.ts';
import { anyText } from './value.ts';

/**
 * The door to the interpreter of commands: what is behind it is a bundle of its own, loaded with the first command, so that a call
 * without one does not pay for it. Nothing outside of the interpreter may import more of it than this file and its plain values.
 */
export function runCommandText(command: string, dialect: Dialect | undefined, cwd: string, run: Run): void {
  const state = new State([cwd], new Map());
  // Agents start the shell of the person, which on macOS is zsh.
  state.zsh = dialect === 'zsh' || (dialect === undefined && !/\/(?:ba|da|a|k)?sh$/.test(run.world.variable('SHELL') ?? ''));
  state.posix = dialect === 'sh';
  state.scriptName = anyText;
  const io = { input: undefined, capture: false };
  if (command.includes('\0')) run.opaque('the command contains a NUL character');
  const shell = dialect === undefined ? undefined : foreignShells[dialect];
  if (shell) {
    run.shell.start([...shell, command], state, io, run);
    return;
  }
  // Positions of the text the person sees count, so this is not one more nested text.
  run.nested -= 1;
  inShell(state, run, (inner) => evaluateText(command, inner, io, run));
  run.nested += 1;
}

/** Shells that write commands in another way: each is a program that is given the text. */
const foreignShells: Readonly<Partial<Record<Dialect, readonly string[]>>> = {
  fish: ['fish', '-c'],
  powershell: ['pwsh', '-Command'],
  cmd: ['cmd', '/c'],
};

/** What expansion and programs ask of the interpreter. */
export function shellHooks(): ShellHooks {
  return hooks;
}
