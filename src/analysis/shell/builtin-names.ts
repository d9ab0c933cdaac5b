/** What `builtins.ts` knows, between blanks: it is loaded when one of these is met. A test holds them to it. */
export const builtinNames =
  ' : true false cd chdir pushd popd dirs pwd export declare typeset local readonly unset set shopt setopt unsetopt shift eval source . exec ' +
  'command builtin noglob nocorrect - repeat autoload trap alias unalias break continue return exit logout read mapfile readarray printf ' +
  'getopts let test [ hash enable wait jobs bg fg disown umask ulimit times type history fc caller complete compgen bind suspend ';

let names: ReadonlySet<string> | undefined;

/** Whether a name is that of one. */
export function isBuiltin(name: string): boolean {
  names ??= new Set(builtinNames.trim().split(' '));
  return names.has(name);
}
