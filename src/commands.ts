/** The interpreter of commands with the programs that are met every day, loaded with the first command. */
export { runCommandText, shellHooks } from './analysis/shell/command-text.ts';
