import { Commands } from './commands.ts';
import { around, quote, type Part } from './tree.ts';

/** Random ways that a text can take from what prints it to what runs it. */
export class Routes extends Commands {
  /** Text that is printed by way of other descriptors, and arrives at something that runs it. */
  protected routed(script: Part): Part {
    const id = ++this.count;
    const redirections = (most: number): string => Array.from({ length: this.below(most + 1) }, () => this.redirection(id)).join(' ');
    const [inner, outer] = [redirections(2), redirections(3)];
    const writer = this.writer(inner, id);
    const own = this.redirection(id);
    const program = this.program();
    const arrive = this.pick([
      (text: string) => `${text} | sh`,
      (text: string) => `${text} | while read -r q; do ${program} "$q"; done`,
      (text: string) => `${text} | tee t${id} | cat > e${id}; sh e${id}; sh t${id}`,
      (text: string) => `t${id}=$( ${text}\n); eval "$t${id}"`,
      (text: string) => `{ ${text}\n} > e${id}; sh e${id}`,
      (text: string) => `exec ${own}; ${text} | sh; exec >&2`,
      ...(this.bash
        ? [
            (text: string) => `${text} |& sh`,
            (text: string) => `sh <( ${text}\n)`,
            (text: string) => `{ ${text}\n} > >(sh); wait; sleep 0.2`,
            (text: string) => `sh <<< "$( ${text}\n)"`,
            (text: string) => `mapfile -t r < <( ${text}\n); $r`,
            (text: string) => `coproc { ${text}\n}; read -r q <&"\${COPROC[0]}"; $q; wait`,
          ]
        : []),
    ]);
    return around([script], ([x = '']) => arrive(`${writer(x)} ${outer}`));
  }

  private writer(inner: string, id: number): (script: string) => string {
    const print = this.pick<(x: string) => string>([
      (x) => `printf '%s\\n' ${quote(x)} ${inner}`,
      (x) => `echo ${quote(x.replaceAll('\\', ''))} ${inner}`,
      (x) => `cat ${inner} <<'R${id}'\n${x}\nR${id}`,
    ]);
    const own = this.redirection(id);
    const around = this.pick<(text: string) => string>([
      (text) => `{ ${text}\n}`,
      (text) => `(${text}\n)`,
      (text) => `for i in 1 2; do ${text}\ndone`,
      (text) => `if true; then ${text}\nfi`,
      (text) => `sh -c ${quote(text)}`,
      (text) => `eval ${quote(text)}`,
      (text) => `{ p${id}() { ${text}\n}; p${id}; }`,
      (text) => `{ echo '# first'; { ${text}\n}; echo '# last'; }`,
      (text) => `{ { ${text}\n} ${own}; }`,
      (text) => `{ exec ${own}; ${text}\n}`,
      (text) => `{ x=$( ${text}\n); echo "$x"; }`,
    ]);
    return (x) => around(print(x));
  }

  private redirection(id: number): string {
    return this.pick([
      '2>&1',
      '>&2',
      '1>&2',
      '3>&1',
      '>&3',
      '2>&3',
      '4>&2',
      '>&4',
      '3>&-',
      '2>&-',
      '>/dev/null',
      '2>/dev/null',
      '> /dev/stdout',
      '> /dev/stderr',
      '>> /dev/fd/1',
      '2> /proc/self/fd/1',
      `> e${id}`,
      `>> e${id}`,
      `2> t${id}`,
      `3> e${id}`,
      `3<> t${id}`,
      '3>&1 1>&2 2>&3',
      ...(this.bash ? [`&> e${id}`, `&>> t${id}`, '3>&1-', `{fd}> e${id}`, '>&2-', `>& t${id}`] : []),
    ]);
  }
}
