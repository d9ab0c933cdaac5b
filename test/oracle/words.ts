import type { ShellName } from './room.ts';
import { leaf, quote, textOf, type Part } from './tree.ts';
import { names, patterns, values } from './vocabulary.ts';

/** Random words: values, expansions, sums, names, and what prints them. */
export class Words {
  unknowable = false;
  protected readonly next: () => number;
  protected readonly shell: ShellName;
  protected functions: string[] = [];
  protected arrays: string[] = [];
  protected scripts: string[] = [];
  protected bash: boolean;
  protected count = 0;

  constructor(next: () => number, shell: ShellName) {
    this.next = next;
    this.shell = shell;
    this.bash = shell === 'bash';
  }

  protected below(n: number): number {
    return Math.floor(this.next() * n);
  }

  protected chance(p: number): boolean {
    return this.next() < p;
  }

  protected pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  protected name(): string {
    return this.pick(names);
  }

  protected literal(): string {
    const text = this.pick(values);
    const forms: (() => string)[] = [
      () => quote(text),
      () => `"${text.replace(/["\\$`]/g, '\\$&')}"`,
      () => (/^[\w./:-]+$/.test(text) ? text : quote(text)),
      () => (/^[\w./:-]+$/.test(text) ? text.replace(/^(.)/, '\\$1') : quote(text)),
    ];
    if (this.bash)
      forms.push(
        () => `$'${text.replace(/[\\']/g, '\\$&').replace(/r/, '\\x72').replace(/b/, '\\142')}'`,
        () => (/^\w{2,}$/.test(text) ? `${text.charAt(0)}''"${text.slice(1)}"` : quote(text)),
      );
    return this.pick(forms)();
  }

  protected quoted(body: string): string {
    return `"${body}"`;
  }

  /** An expansion, without quotes around it. */
  protected expansion(depth: number): string {
    const v = this.name();
    const n = (): string => String(this.below(4));
    const simple = ['red', 'x', 'a', '.', '*', '?', 'b*', '*X', 'sub', '/*', '*/', '.*', '*.'];
    const posix: (() => string)[] = [
      () => `$${v}`,
      () => `\${${v}}`,
      () => `\${${v}:-${this.pick(['red', 'a b', '$w', '"x y"', ''])}}`,
      () => `\${${v}-${this.pick(['red', 'b'])}}`,
      () => `\${${v}:+${this.pick(['set', '$w', 'a b'])}}`,
      () => `\${${v}+${this.pick(['set', 'q'])}}`,
      () => `\${${v}:=${this.pick(['dflt', 'a.txt'])}}`,
      () => `\${#${v}}`,
      () => `\${${v}#${this.pick(simple)}}`,
      () => `\${${v}##${this.pick(simple)}}`,
      () => `\${${v}%${this.pick(simple)}}`,
      () => `\${${v}%%${this.pick(simple)}}`,
      () => `$((${this.sum()}))`,
      () => '$#',
      () => this.pick(['$?', '$-', '${0##*/}', '${#1}', '${1:+two words}', '${v:?}']),
      () => this.pick(['$1', '${1}', '$2', '${3:-third}']),
      () => `$(${textOf(this.producer(depth - 1))})`,
    ];
    if (this.shell !== 'zsh') posix.push(() => `\`${this.pick(['echo tick', 'printf a.txt', "echo 'x y'"])}\``);
    if (!this.bash) return this.pick(posix)();
    const bash: (() => string)[] = [
      () => `\${${v}/${this.pick(simple.filter((s) => !s.includes('/')))}/${this.pick(['R', '', '$w', 'x y'])}}`,
      () => `\${${v}//${this.pick(['a', 'e', '?', '[a-e]', '.', ' '])}/${this.pick(['R', '', '_', '$x'])}}`,
      () => `\${${v}/#${this.pick(['a', 'r*', '?'])}/${this.pick(['R', ''])}}`,
      () => `\${${v}/%${this.pick(['t', '*d', '?'])}/${this.pick(['R', ''])}}`,
      () => `\${${v}:${n()}}`,
      () => `\${${v}:${n()}:${n()}}`,
      () => `\${${v}: -${n()}}`,
      () => `\${${v}:0:-1}`,
      () => `\${${v}^}`,
      () => `\${${v}^^}`,
      () => `\${${v},,}`,
      () => `\${${v}^^[a-m]}`,
      () => `\${${v}@Q}`,
      () => `\${${v}@${this.pick(['U', 'E', 'A', 'P', 'u', 'L', 'a', 'K'])}}`,
      () =>
        this.pick([
          '$_',
          '$LINENO',
          '${FUNCNAME:-none}',
          '${BASH_SOURCE[0]##*/}',
          '${v/#/p}',
          '${v/%/s}',
          '${v:$#}',
          '${v: -1:1}',
          '${x//[!a-z]}',
        ]),
      () => `\${!${v}}`,
      () => '${!v@}',
      () => '${@:2}',
      () => '${*:1:2}',
    ];
    if (this.arrays.length > 0) {
      const a = this.pick(this.arrays);
      bash.push(
        () => `\${${a}[${n()}]}`,
        () => `\${${a}[${this.index(a)}]}`,
        () => `\${${a}[@]:${this.index(a)}}`,
        () => `\${${a}[${this.index(a)}]:=${this.literal()}}`,
        () => `\${${a}[@]}`,
        () => `\${${a}[*]}`,
        () => `\${#${a}[@]}`,
        () => `\${!${a}[@]}`,
        () => `\${${a}[@]:1:2}`,
        () => `\${${a}[@]/a/R}`,
        () => `\${${a}[@]#?}`,
        () => `\${${a}}`,
        () => `\${${a}[$((1-1))]}`,
      );
    }
    return this.pick([...posix, ...bash])();
  }

  protected index(array: string): string {
    return this.pick(['0', '1', '2', '5', '-1', '-2', '010', '1+1', 'n', `\${#${array}[@]}`, '$((1-1))']);
  }

  protected sum(): string {
    const a = this.pick(['1', '2', '3', '10', '${y:-4}', '0x10', '(2+1)', this.bash ? '010' : '8']);
    const b = this.pick(['1', '2', '3', '5']);
    const op = this.pick(['+', '-', '*', '/', '%', '<', '==', '&&', '||', '<<', '&', '|', '^', ...(this.bash ? ['**', ','] : [])]);
    return this.chance(0.1) ? `${a} > ${b} ? 7 : 8` : `${a} ${op} ${b}`;
  }

  protected word(depth = 2): string {
    const r = this.next();
    if (r < 0.3) return this.literal();
    if (r < 0.42) return this.quoted(this.expansion(depth));
    if (r < 0.55) return this.shell === 'zsh' ? this.quoted(this.expansion(depth)) : this.expansion(depth);
    if (r < 0.62)
      return `${this.pick(['pre', '', '-', './'])}${this.quoted(this.expansion(depth))}${this.pick(['post', '.txt', '', '/x'])}`;
    if (r < 0.7) return this.shell === 'zsh' ? 'a*' : this.pick(patterns.slice(0, this.bash ? undefined : -1));
    if (r < 0.76 && this.bash)
      return this.pick([
        '{a,b}.txt',
        '{1..3}',
        'x{,y}',
        '{a..c}',
        "{'q r',s}",
        'p{1,{2,3}}q',
        '{01..03}',
        '$v{a,b}',
        '{a,b}{c,d}',
        '{$v,$w}',
        '"{a,b}"',
        '{a}',
        '{5..1..2}',
        'a{b',
        '\\{a,b}',
        '{a,"$(echo z)"}',
      ]);
    if (r < 0.8) return this.pick(['~', '~/x', '"~"', ...(this.bash ? ['~+', '~+/y'] : [])]);
    if (r < 0.86) return this.pick(['"$@"', '"$*"', ...(this.shell === 'zsh' ? [] : ['$@', '$*', 'a"$@"b', 'x$*y'])]);
    if (r < 0.9) return this.pick(['--', '-n', '-e', '\\#c', 'k=v', "''", '""', 'é', '\\*', '"*"', '@', '%', '+x', ':']);
    return this.pick(['one', 'two', 'a.txt', 'sub']);
  }

  protected words(max = 3): string {
    return Array.from({ length: this.below(max + 1) }, () => this.word()).join(' ');
  }

  // An array that later expansions may use.
  protected array(name: string, text: string): string {
    this.arrays = [...this.arrays, name];
    return text;
  }

  protected program(): string {
    return this.pick(['alpha', 'beta', 'gamma', 'delta']);
  }

  /** A command that prints something known. */
  protected producer(depth: number): Part {
    const forms: (() => string)[] = [
      () => `echo ${this.words(2)}`,
      () => `printf '%s\\n' ${this.word(depth)} ${this.pick(['one', 'two words', '"a b"'])}`,
      () => `printf ${this.pick(["'a b'", "'%s' x", "'x\\ny\\n'", "'%s %d' n 3", "'\\141.txt'", "'%5s|' ab", "'%b' 'a\\tb'", "'%%'"])}`,
      () => 'cat words',
      () => 'cat a.txt b.txt',
      () => `echo ${this.pick(['abc', 'a.txt'])} | rev`,
      () => `echo ${this.pick(['hello', 'a b'])} | tr ${this.pick(['a-z A-Z', 'e x', '-d l', "' ' '\\n'", "'a-m' 'n-z'", '-s l'])}`,
      () => `seq ${this.pick(['3', '2 4', '1 2 7'])}`,
      () => `basename ${this.pick(['a/b.txt .txt', '/x/y/', 'sub'])}`,
      () => `dirname ${this.pick(['a/b.txt', '/x', 'q'])}`,
      () => `head -n ${this.pick(['1', '2'])} words`,
      () => `tail -1 words`,
      () => `echo cmVkIGdyZWVu | base64 -d`,
      () => 'pwd',
      () => `ls sub`,
      () => `sort words`,
      () => `cut -d' ' -f1 a.txt`,
      () => `grep one a.txt`,
      () => `sed s/a/b/ a.txt`,
      () => `expr 1 + 2`,
      () => `[ -f ${this.pick(['a.txt', 'none'])} ] && echo yes`,
      () => `wc -l < words`,
      () => `echo x; echo y`,
      () => `true && printf q`,
      () => `false || echo p`,
    ];
    if (this.bash)
      forms.push(
        () => `echo -e ${this.pick(["'a\\tb'", "'x\\ny'", "'\\x61'"])}`,
        () => `echo -n ${this.word(depth)}`,
        () => 'echo {a,b}',
        () => `cat <<< ${this.word(depth)}`,
      );
    return leaf(this.pick(forms)());
  }
}
