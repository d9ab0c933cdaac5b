// Random scripts from a grammar of the shell. The same seed gives the same script. A script is a tree, so that one that fails can be
// made small by taking parts away.
import type { ShellName } from './room.ts';

/** A part of a script: statements in a row, or something built around other parts. */
export interface Part {
  readonly children: readonly Part[];
  readonly isList: boolean;
  readonly render: (texts: readonly string[]) => string;
}

export interface Generated {
  readonly shell: ShellName;
  readonly tree: Part;
  /** It contains something that nobody can know beforehand, such as `$RANDOM`. */
  readonly unknowable: boolean;
}

export const textOf = (part: Part): string => part.render(part.children.map(textOf));

const leaf = (text: string): Part => ({ children: [], isList: false, render: () => text });
const list = (children: readonly Part[], separator = '\n'): Part => ({
  children,
  isList: true,
  render: (texts) => (texts.length === 0 ? ':' : texts.join(separator)),
});
const around = (children: readonly Part[], render: (texts: readonly string[]) => string): Part => ({ children, isList: false, render });

export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A small generator of numbers (mulberry32): quick, and the same everywhere. */
export function numbers(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The script of a seed. */
export function generate(seed: number): Generated {
  const next = numbers(seed);
  const shell: ShellName = next() < 0.8 ? 'bash' : next() < 0.6 ? 'dash' : 'zsh';
  const script = new Grammar(next, shell);
  const tree = script.script();
  return { shell, tree, unknowable: script.unknowable };
}

/** Smaller versions of a tree, the boldest first. */
export function* smaller(tree: Part): Generator<Part> {
  for (const child of tree.children) yield child;
  if (tree.isList && tree.children.length > 1) {
    const half = tree.children.length >> 1;
    if (half > 1) {
      yield { ...tree, children: tree.children.slice(0, half) };
      yield { ...tree, children: tree.children.slice(half) };
    }
    for (let i = tree.children.length - 1; i >= 0; i--) yield { ...tree, children: tree.children.filter((_, j) => j !== i) };
  }
  for (const [i, child] of tree.children.entries())
    for (const less of smaller(child)) yield { ...tree, children: tree.children.map((other, j) => (j === i ? less : other)) };
}

const names = ['v', 'w', 'x', 'y'];
const values = [
  'red',
  'a.txt',
  'green blue',
  'sub',
  '',
  '*.txt',
  '3',
  'a:b:c',
  '-n',
  'path/to/file.tar.gz',
  "it's",
  'x  y',
  'aXbXc',
  '.',
  '2',
  'new file',
  'b?.txt',
  '$v',
  'q"r',
  'a\\b',
];
const files = [
  'a.txt',
  'b.txt',
  'new',
  'sub/g',
  'sub/d.txt',
  '"two words.txt"',
  '"n 1"',
  './c.log',
  'out',
  'link/d.txt',
  '$HOME/h1',
  '~/notes',
  'sub/deep/f.txt',
  '.hidden',
  'flink',
];
const patterns = [
  '*',
  'a*',
  '*.txt',
  '[ab].txt',
  '?.txt',
  'sub/*',
  '*/*.txt',
  '.h*',
  '*.none',
  'sub/[!d]*',
  '"two"*',
  '[[:alpha:]].*',
  '*/',
  '{a,b}*',
];

class Grammar {
  unknowable = false;
  readonly #next: () => number;
  readonly #shell: ShellName;
  #functions: string[] = [];
  #arrays: string[] = [];
  #scripts: string[] = [];
  #bash: boolean;
  #count = 0;

  constructor(next: () => number, shell: ShellName) {
    this.#next = next;
    this.#shell = shell;
    this.#bash = shell === 'bash';
  }

  script(): Part {
    const count = 2 + this.#below(6);
    const statements = Array.from({ length: count }, () => this.#statement(3));
    // A variable that the environment may have is not known to be unset.
    const start = this.#chance(0.3) ? 'unset v w x y' : `v=${this.#literal()}; w=${this.#literal()}; x=${this.#literal()}; unset y`;
    return list([leaf(start), ...statements, leaf('wait')]);
  }

  #below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  #chance(p: number): boolean {
    return this.#next() < p;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }

  #list(depth: number): Part {
    return list(Array.from({ length: 1 + this.#below(3) }, () => this.#statement(depth - 1)));
  }

  // --- Words

  #name(): string {
    return this.#pick(names);
  }

  #literal(): string {
    const text = this.#pick(values);
    const forms: (() => string)[] = [
      () => quote(text),
      () => `"${text.replace(/["\\$`]/g, '\\$&')}"`,
      () => (/^[\w./:-]+$/.test(text) ? text : quote(text)),
      () => (/^[\w./:-]+$/.test(text) ? text.replace(/^(.)/, '\\$1') : quote(text)),
    ];
    if (this.#bash)
      forms.push(
        () => `$'${text.replace(/[\\']/g, '\\$&').replace(/r/, '\\x72').replace(/b/, '\\142')}'`,
        () => (/^\w{2,}$/.test(text) ? `${text.charAt(0)}''"${text.slice(1)}"` : quote(text)),
      );
    return this.#pick(forms)();
  }

  #quoted(body: string): string {
    return `"${body}"`;
  }

  /** An expansion, without quotes around it. */
  #expansion(depth: number): string {
    const v = this.#name();
    const n = (): string => String(this.#below(4));
    const simple = ['red', 'x', 'a', '.', '*', '?', 'b*', '*X', 'sub', '/*', '*/', '.*', '*.'];
    const posix: (() => string)[] = [
      () => `$${v}`,
      () => `\${${v}}`,
      () => `\${${v}:-${this.#pick(['red', 'a b', '$w', '"x y"', ''])}}`,
      () => `\${${v}-${this.#pick(['red', 'b'])}}`,
      () => `\${${v}:+${this.#pick(['set', '$w', 'a b'])}}`,
      () => `\${${v}+${this.#pick(['set', 'q'])}}`,
      () => `\${${v}:=${this.#pick(['dflt', 'a.txt'])}}`,
      () => `\${#${v}}`,
      () => `\${${v}#${this.#pick(simple)}}`,
      () => `\${${v}##${this.#pick(simple)}}`,
      () => `\${${v}%${this.#pick(simple)}}`,
      () => `\${${v}%%${this.#pick(simple)}}`,
      () => `$((${this.#sum()}))`,
      () => '$#',
      () => this.#pick(['$1', '${1}', '$2', '${3:-third}']),
      () => `$(${textOf(this.#producer(depth - 1))})`,
    ];
    if (this.#shell !== 'zsh') posix.push(() => `\`${this.#pick(['echo tick', 'printf a.txt', "echo 'x y'"])}\``);
    if (!this.#bash) return this.#pick(posix)();
    const bash: (() => string)[] = [
      () => `\${${v}/${this.#pick(simple.filter((s) => !s.includes('/')))}/${this.#pick(['R', '', '$w', 'x y'])}}`,
      () => `\${${v}//${this.#pick(['a', 'e', '?', '[a-e]', '.', ' '])}/${this.#pick(['R', '', '_', '$x'])}}`,
      () => `\${${v}/#${this.#pick(['a', 'r*', '?'])}/${this.#pick(['R', ''])}}`,
      () => `\${${v}/%${this.#pick(['t', '*d', '?'])}/${this.#pick(['R', ''])}}`,
      () => `\${${v}:${n()}}`,
      () => `\${${v}:${n()}:${n()}}`,
      () => `\${${v}: -${n()}}`,
      () => `\${${v}:0:-1}`,
      () => `\${${v}^}`,
      () => `\${${v}^^}`,
      () => `\${${v},,}`,
      () => `\${${v}^^[a-m]}`,
      () => `\${${v}@Q}`,
      () => `\${${v}@U}`,
      () => `\${!${v}}`,
      () => '${!v@}',
      () => '${@:2}',
      () => '${*:1:2}',
    ];
    if (this.#arrays.length > 0) {
      const a = this.#pick(this.#arrays);
      bash.push(
        () => `\${${a}[${n()}]}`,
        () => `\${${a}[${this.#index(a)}]}`,
        () => `\${${a}[@]:${this.#index(a)}}`,
        () => `\${${a}[${this.#index(a)}]:=${this.#literal()}}`,
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
    return this.#pick([...posix, ...bash])();
  }

  #index(array: string): string {
    return this.#pick(['0', '1', '2', '5', '-1', '-2', '010', '1+1', 'n', `\${#${array}[@]}`, '$((1-1))']);
  }

  #sum(): string {
    const a = this.#pick(['1', '2', '3', '10', '${y:-4}', '0x10', '(2+1)', this.#bash ? '010' : '8']);
    const b = this.#pick(['1', '2', '3', '5']);
    const op = this.#pick(['+', '-', '*', '/', '%', '<', '==', '&&', '||', '<<', '&', '|', '^', ...(this.#bash ? ['**', ','] : [])]);
    return this.#chance(0.1) ? `${a} > ${b} ? 7 : 8` : `${a} ${op} ${b}`;
  }

  #word(depth = 2): string {
    const r = this.#next();
    if (r < 0.3) return this.#literal();
    if (r < 0.42) return this.#quoted(this.#expansion(depth));
    if (r < 0.55) return this.#shell === 'zsh' ? this.#quoted(this.#expansion(depth)) : this.#expansion(depth);
    if (r < 0.62)
      return `${this.#pick(['pre', '', '-', './'])}${this.#quoted(this.#expansion(depth))}${this.#pick(['post', '.txt', '', '/x'])}`;
    if (r < 0.7) return this.#shell === 'zsh' ? 'a*' : this.#pick(patterns.slice(0, this.#bash ? undefined : -1));
    if (r < 0.76 && this.#bash)
      return this.#pick([
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
    if (r < 0.8) return this.#pick(['~', '~/x', '"~"', ...(this.#bash ? ['~+', '~+/y'] : [])]);
    if (r < 0.86) return this.#pick(['"$@"', '"$*"', ...(this.#shell === 'zsh' ? [] : ['$@', '$*', 'a"$@"b', 'x$*y'])]);
    if (r < 0.9) return this.#pick(['--', '-n', '-e', '\\#c', 'k=v', "''", '""', 'é', '\\*', '"*"', '@', '%', '+x', ':']);
    return this.#pick(['one', 'two', 'a.txt', 'sub']);
  }

  #words(max = 3): string {
    return Array.from({ length: this.#below(max + 1) }, () => this.#word()).join(' ');
  }

  // An array that later expansions may use.
  #array(name: string, text: string): string {
    this.#arrays = [...this.#arrays, name];
    return text;
  }

  #program(): string {
    return this.#pick(['alpha', 'beta', 'gamma', 'delta']);
  }

  // --- Commands

  #call(): Part {
    const forms: (() => string)[] = [
      () => `${this.#program()} ${this.#words()}`,
      () => `${this.#program()} ${this.#words()}`,
      () => `${this.#program()} ${this.#words()}`,
      () => `"${this.#program()}" ${this.#words()}`,
      () => `al""pha ${this.#words()}`,
      () => `\\beta ${this.#words()}`,
      () => `c=${this.#program()}; ${this.#shell === 'zsh' ? '"$c"' : '$c'} ${this.#words()}`,
    ];
    if (this.#functions.length > 0)
      forms.push(
        () => `${this.#pick(this.#functions)} ${this.#words()}`,
        () => `${this.#pick(this.#functions)} ${this.#words()}`,
      );
    if (this.#bash)
      forms.push(
        () => `{${this.#program()},${this.#word()}}`,
        () => `$'\\x61lpha' ${this.#words()}`,
        () => `c=(${this.#program()} ${this.#words()}); "\${c[@]}"`,
        () => `c='alpha x'; $c ${this.#words()}`,
      );
    if (this.#scripts.length > 0) {
      const s = this.#pick(this.#scripts);
      forms.push(
        () => `sh ${s} ${this.#words(2)}`,
        () => `. ./${s}`,
        () => `chmod +x ${s}; ./${s} ${this.#words(2)}`,
      );
      if (this.#bash)
        forms.push(
          () => `bash ${s} ${this.#words(2)}`,
          () => `source ./${s} ${this.#words(2)}`,
        );
    }
    forms.push(
      () => `. ./lib.sh ${this.#bash ? this.#words(2) : ''}`,
      () => `./run.sh ${this.#words(2)}`,
      () => `sh run.sh ${this.#words(2)}`,
      () => `./tool ${this.#words(1)}`,
    );
    return leaf(this.#pick(forms)());
  }

  #fileCommand(): Part {
    const f = (): string => this.#pick(files);
    const g = (): string => (this.#chance(0.3) && this.#shell !== 'zsh' ? this.#pick(patterns.slice(0, -1)) : f());
    const forms: (() => string)[] = [
      () => `touch ${f()} ${f()}`,
      () => `rm ${this.#pick(['', '-f ', '-- '])}${g()}`,
      () => `rm -r${this.#pick(['', 'f'])} ${this.#pick(['sub', 'sub/deep', 'link', g(), 'out'])}`,
      () => `mkdir ${this.#pick(['', '-p '])}${this.#pick(['d1', 'sub/d2', 'd3/d4'])}`,
      () => `cp ${g()} ${f()}`,
      () => `cp ${this.#pick(['-r sub d5', '-a sub/deep .', '-t sub a.txt b.txt', 'a.txt b.txt sub'])}`,
      () => `mv ${f()} ${f()}`,
      () => `mv ${this.#pick(['a.txt sub', 'sub d6', 'sub/d.txt sub/e.md .', '-t sub a.txt', '*.txt sub'])}`,
      () => `ln ${this.#pick(['-s ', '', '-sf '])}${this.#pick(['a.txt', 'sub'])} ${this.#pick(['l1', 'sub/l2', 'out'])}`,
      () => `rmdir sub/deep`,
      () => `echo ${this.#word()} ${this.#pick(['>', '>>', ...(this.#bash ? ['&>', '>|'] : [])])} ${f()}`,
      () => `echo t | tee ${this.#pick(['', '-a '])}${f()}`,
      () => `cat ${f()} > ${f()}`,
      () => `${this.#program()} ${this.#words(1)} ${this.#pick(['>', '>>', '2>', '2>>', '<>', '1>'])} ${f()}`,
      () => `sed -i s/a/b/ ${g()}`,
      () =>
        `find ${this.#pick(['.', 'sub', '. -name "*.txt"', 'sub -type f', '. -maxdepth 1 -name "?.txt"', '"$HOME"', 'sub -name d.txt -o -name e.md'])} ${this.#pick(['-delete', '-exec rm -rf {} +', "-exec alpha x {} ';'", '-exec beta {} +', `-exec sh -c 'gamma "$1"' _ {} \\;`, '-print', '| xargs alpha', '-print0 | xargs -0 beta', '-exec touch {}.bak \\;', '-execdir delta {} \\;'])}`,
      () => `truncate -s 0 ${f()}`,
      () => `dd if=a.txt of=${f().replace('~', this.#bash ? '~' : '$HOME')}`,
      () => `cd ${this.#pick(['sub', '..', '/', 'nowhere', '-', '', 'sub/deep', 'link', '"$PWD/sub"', '~', 'a.txt'])}`,
      () => `sort -o ${f()} words`,
      () => `install -m 644 a.txt ${f()}`,
      () => `tar cf ${f()} a.txt`,
      () => `split -l 1 words sub/part`,
      () => `chmod 600 ${f()}`,
    ];
    if (this.#bash)
      forms.push(
        () => `pushd ${this.#pick(['sub', '..', 'sub/deep'])} >/dev/null`,
        () => 'popd >/dev/null',
        () => `exec ${this.#pick(['3>', '4>>'])} ${f()}; echo x >&3; exec 3>&-`,
      );
    return leaf(this.#pick(forms)());
  }

  #setting(): Part {
    const v = this.#name();
    const forms: (() => string)[] = [
      () => `${v}=${this.#literal()}`,
      () => `${v}=${this.#quoted(this.#expansion(1))}`,
      () => `${v}=${this.#shell === 'zsh' ? this.#quoted(this.#expansion(1)) : this.#expansion(1)}`,
      () => `${v}=$${this.#name()}x`,
      () => `export ${v}=${this.#literal()}`,
      () => `${v}=1; export ${v}`,
      () => `unset ${v}`,
      () => `set -- ${this.#words()}`,
      () => 'shift',
      () => `readonly z=${this.#literal()}; alpha "$z"`,
      () => `set -- ${this.#words()}; for i; do beta "$i"; done`,
      () => `IFS=${this.#pick([':', "'X '", "','", "''", "':/'"])}`,
      () => 'unset IFS',
      () => `: "\${${v}:=${this.#pick(['given', 'a b'])}}"`,
      () =>
        this.#pick([
          this.#shell === 'zsh' ? 'set -e' : 'set -f',
          'set +f',
          'set -e',
          'set -u',
          'set +u',
          'set +e',
          'set -o noglob',
          'set -eu',
          ...(this.#bash ? ['set -o pipefail'] : []),
        ]),
      () => `alias al='${this.#program()} ali'; al ${this.#words(1)}`,
      () => `${v}=$((${this.#sum()}))`,
      () => `: $((${v} = ${this.#sum()}))`,
      () => `getopts ab: opt -a -b val; alpha "$opt" "$OPTIND"`,
    ];
    if (this.#bash) {
      const a = this.#pick(['r', 's']);
      forms.push(
        () => this.#array(a, `${a}=(${this.#words(4)})`),
        () => this.#array(a, `${a}=(one "two 2" three)`),
        () => this.#array(a, `declare -a ${a}=(p q)`),
        () => this.#array(a, `${a}=([2]=two [0]=zero)`),
        () => `${a}+=(${this.#words(2)})`,
        () => `${a}[${this.#index(a)}]${this.#pick(['=', '=', '+='])}${this.#literal()}`,
        () => `${a}=${this.#literal()}`,
        () => `((${a}[${this.#index(a)}]=3))`,
        () => `${this.#pick(['printf -v', 'read'])} '${a}[${this.#index(a)}]' ${this.#word()} <<< in`,
        () => `${this.#pick(['declare', 'export', 'readonly'])} '${a}[${this.#index(a)}]=el'`,
        () => `IFS=, read -ra ${a} <<< ${this.#literal()},q`,
        () => `declare -ai ${a}=(1+2 ${v})`,
        () => `: $((${this.#pick([v, `$${v}`, '1/0', `${a}[1]`])}))`,
        () => `unset '${a}[0]'`,
        () => `declare -A m=([k]=kv [j]='j v'); alpha "\${m[k]}" "\${m[j]}"; beta "\${!m[@]}"`,
        () => `declare -n ref=${v}; ref=${this.#literal()}; alpha "$${v}"; unset -n ref`,
        () => `declare -n ref=${v}; ref=${this.#literal()}; alpha "$${v}" "\${!ref}"; ${v}=${this.#literal()}; beta "$ref"; unset -n ref`,
        () => `nf${v}() { local -n out=$1; out=${this.#literal()}; }; nf${v} ${v}; alpha "$${v}"`,
        () => `${a}=(one two); declare -n ref='${a}[1]'; ref=${this.#literal()}; alpha "\${${a}[@]}"; unset -n ref`,
        () => `declare -n ref; for ref in v w x; do ref+=z; alpha "$ref"; done; unset -n ref`,
        () => `${this.#test()} && declare -n ref=v || declare -n ref=w; ref=${this.#literal()}; alpha "$v" "$w"; unset -n ref`,
        () => `set -a; ${v}=${this.#literal()}; set +a; bash -c 'alpha "$${v}"'`,
        () => `declare ${this.#pick(['-i', '-r', '-x', '-l', '-u', '-g', ''])} q${this.#below(9)}=${this.#literal()}`,
        () => `${v}+=${this.#literal()}`,
        () => `printf -v ${v} '%s-%s' ${this.#word()} ${this.#word()}`,
        () => `read ${this.#pick(['', '-r '])}${v} ${this.#pick(['', 'w '])}<<< ${this.#word()}`,
        () => `read -ra ${a} <<< ${this.#word()}`,
        () => `IFS=: read -r v w <<< "$x"`,
        () => `mapfile -t ${a} < words`,
        () => `shopt -s ${this.#pick(['nullglob', 'dotglob', 'extglob', 'nocaseglob', 'failglob', 'globstar', 'lastpipe'])}`,
        () => `shopt -u ${this.#pick(['nullglob', 'dotglob', 'failglob'])}`,
        () => `shopt -s expand_aliases\nalias al='${this.#program()} ali'\nal ${this.#words(1)}`,
        () => `((${v} = ${this.#sum()}))`,
        () => `((${v}++))`,
        () => `let ${v}=${this.#below(9)}+1`,
        () => `local_${v}=${this.#literal()} ; alpha "$local_${v}"`,
      );
    }
    return leaf(this.#pick(forms)());
  }

  /** A command that prints something known. */
  #producer(depth: number): Part {
    const forms: (() => string)[] = [
      () => `echo ${this.#words(2)}`,
      () => `printf '%s\\n' ${this.#word(depth)} ${this.#pick(['one', 'two words', '"a b"'])}`,
      () => `printf ${this.#pick(["'a b'", "'%s' x", "'x\\ny\\n'", "'%s %d' n 3", "'\\141.txt'", "'%5s|' ab", "'%b' 'a\\tb'", "'%%'"])}`,
      () => 'cat words',
      () => 'cat a.txt b.txt',
      () => `echo ${this.#pick(['abc', 'a.txt'])} | rev`,
      () => `echo ${this.#pick(['hello', 'a b'])} | tr ${this.#pick(['a-z A-Z', 'e x', '-d l', "' ' '\\n'", "'a-m' 'n-z'", '-s l'])}`,
      () => `seq ${this.#pick(['3', '2 4', '1 2 7'])}`,
      () => `basename ${this.#pick(['a/b.txt .txt', '/x/y/', 'sub'])}`,
      () => `dirname ${this.#pick(['a/b.txt', '/x', 'q'])}`,
      () => `head -n ${this.#pick(['1', '2'])} words`,
      () => `tail -1 words`,
      () => `echo cmVkIGdyZWVu | base64 -d`,
      () => 'pwd',
      () => `ls sub`,
      () => `sort words`,
      () => `cut -d' ' -f1 a.txt`,
      () => `grep one a.txt`,
      () => `sed s/a/b/ a.txt`,
      () => `expr 1 + 2`,
      () => `[ -f ${this.#pick(['a.txt', 'none'])} ] && echo yes`,
      () => `wc -l < words`,
      () => `echo x; echo y`,
      () => `true && printf q`,
      () => `false || echo p`,
    ];
    if (this.#bash)
      forms.push(
        () => `echo -e ${this.#pick(["'a\\tb'", "'x\\ny'", "'\\x61'"])}`,
        () => `echo -n ${this.#word(depth)}`,
        () => 'echo {a,b}',
        () => `cat <<< ${this.#word(depth)}`,
      );
    return leaf(this.#pick(forms)());
  }

  #test(): string {
    const forms = [
      () => `[ ${this.#quoted(this.#expansion(1))} = ${this.#literal()} ]`,
      () => `[ -n ${this.#quoted(this.#expansion(1))} ]`,
      () => `[ -z "$${this.#name()}" ]`,
      () => `[ -f ${this.#pick(files)} ]`,
      () => `[ -d ${this.#pick(['sub', 'link', 'none'])} ]`,
      () => `[ ! -e ${this.#pick(['out', 'a.txt'])} ]`,
      () => `test ${this.#below(4)} -${this.#pick(['lt', 'gt', 'eq', 'ne'])} ${this.#below(4)}`,
      () => this.#pick(['true', 'false', ':', '! true', 'alpha', 'alpha fail', 'beta fail']),
      () => `grep -q ${this.#pick(['one', 'zzz'])} a.txt`,
      () => `[ $# -gt ${this.#below(3)} ]`,
    ];
    if (this.#bash)
      forms.push(
        () => `[[ $${this.#name()} == ${this.#pick(['r*', '*.txt', '"$w"', 'red', '*'])} ]]`,
        () => `[[ $${this.#name()} =~ ${this.#pick(['^r', '[0-9]+', 'a'])} ]]`,
        () => `[[ -n $v && -z $w ]]`,
        () => `(( ${this.#sum()} ))`,
        () => `[[ $v < $w ]]`,
        () => `[[ -v ${this.#name()} ]]`,
      );
    return this.#pick(forms)();
  }

  #nested(depth: number, posix: boolean): Part {
    const saved = { bash: this.#bash, functions: this.#functions, arrays: this.#arrays, scripts: this.#scripts };
    if (posix) this.#bash = false;
    this.#functions = [];
    this.#arrays = [];
    // A script that starts itself would never end.
    this.#scripts = [];
    const result = this.#list(depth);
    this.#bash = saved.bash;
    this.#functions = saved.functions;
    this.#arrays = saved.arrays;
    this.#scripts = saved.scripts;
    return result;
  }

  #statement(depth: number): Part {
    const r = this.#next();
    if (r < 0.22) return this.#setting();
    if (r < 0.42 || depth <= 0) return this.#call();
    if (r < 0.54) return this.#fileCommand();
    if (r < 0.72) return this.#compound(depth);
    if (r < 0.86) return this.#indirect(depth);
    if (r < 0.93) return this.#operator(depth);
    if (r < 0.935) {
      this.unknowable = true;
      return leaf(
        this.#pick(['alpha $RANDOM', 'beta "$(date +%s)"', 'gamma $$', 'x=$(mktemp); touch "$x"', 'for i in $(date); do alpha "$i"; done']),
      );
    }
    return around([this.#statement(depth - 1)], ([a = '']) => a);
  }

  #operator(depth: number): Part {
    const a = this.#statement(depth - 1);
    const b = this.#statement(depth - 1);
    const form = this.#pick(['&&', '||', '|', '&', '!', 'test&&', 'test||', 'group>']);
    const group = (text: string): string => `{ ${text}\n}`;
    const f = this.#pick(files);
    const test = this.#test();
    switch (form) {
      case '!':
        return around([a, b], ([x = '', y = '']) => `! ${group(x)} && ${group(y)}`);
      case '&':
        return around([a, b], ([x = '', y = '']) => `${group(x)} & wait\n${y}`);
      case 'test&&':
        return around([a], ([x = '']) => `${test} && ${group(x)}`);
      case 'test||':
        return around([a, b], ([x = '', y = '']) => `${test} && ${group(x)} || ${group(y)}`);
      case 'group>':
        return around([a], ([x = '']) => `${group(x)} > ${f}`);
      case '|':
        return around([a, b], ([x = '', y = '']) => `${group(x)} | ${group(y)}`);
      default:
        return around([a, b], ([x = '', y = '']) => `${group(x)} ${form} ${group(y)}`);
    }
  }

  #compound(depth: number): Part {
    const body = (): Part => this.#list(depth);
    const v = this.#name();
    const forms: (() => Part)[] = [
      () =>
        around(
          [body(), body()],
          this.#rendered(
            (test) =>
              ([x = '', y = '']) =>
                `if ${test}; then\n${x}\nelse\n${y}\nfi`,
          ),
        ),
      () =>
        around(
          [body()],
          this.#rendered(
            (test) =>
              ([x = '']) =>
                `if ${test}; then\n${x}\nfi`,
          ),
        ),
      () =>
        around(
          [body(), body()],
          this.#rendered(
            (test) =>
              ([x = '', y = '']) =>
                `if ${test}; then\n${x}\nelif [ -f a.txt ]; then\n${y}\nfi`,
          ),
        ),
      () => {
        const words = this.#words(3);
        return around([body()], ([x = '']) => `for ${v} in ${words}; do\n${x}\ndone`);
      },
      () => around([body()], ([x = '']) => `n=0; while [ $n -lt ${2} ]; do\nn=$((n+1))\n${x}\ndone`),
      () => around([body()], ([x = '']) => `n=0; until [ $n -ge 2 ]; do\nn=$((n+1))\n${x}\ndone`),
      () => {
        const jump = this.#pick(['break', 'continue', '[ -n "$v" ] && break', '[ "$i" = 2 ] && continue', 'false || break']);
        return around([body(), body()], ([x = '', y = '']) => `for i in 1 2 3; do\n${x}\n${jump}\n${y}\ndone`);
      },
      () => {
        const word = this.#quoted(this.#expansion(1));
        const p = this.#pick(['red', 'r*', '*.txt', '[a-z]*', '"*"', '?']);
        return around([body(), body()], ([x = '', y = '']) => `case ${word} in\n${p}|zz) ${x}\n;;\n*) ${y}\n;;\nesac`);
      },
      () => around([body()], ([x = '']) => `(\n${x}\n)`),
      () => around([body()], ([x = '']) => `{\n${x}\n}`),
      () => {
        const name = `f${++this.#count}`;
        const b = body();
        const use = this.#words(2);
        const local = this.#shell === 'zsh' ? '' : this.#pick(['', 'local v=inner\n', 'local w\n', 'local x=$1 y\n']);
        const end = this.#pick(['', '\nreturn 1', '\n[ -n "$1" ] && return', '\nreturn']);
        this.#functions = [...this.#functions, name];
        return around([b], ([x = '']) => `${name}() {\n${local}${x}${end}\nalpha end "$@"\n}\n${name} ${use}`);
      },
      () => around([body()], ([x = '']) => `printf 'l 1\\nl2\\n' | while read -r a b; do\nalpha "$a" "$b"\n${x}\ndone`),
      () => around([body()], ([x = '']) => `while read -r line; do\nbeta "$line"\n${x}\ndone < words`),
      () => {
        const action = this.#pick(['alpha trapped', 'beta "$v"', 'rm -f out', 'touch trapfile']);
        return around([body()], ([x = '']) => `(trap ${quote(action)} ${this.#shell === 'zsh' ? 'EXIT' : 'EXIT'}\n${x}\n)`);
      },
    ];
    if (this.#bash) {
      forms.push(
        () => around([body()], ([x = '']) => `for ((i=0; i<3; i++)); do\nalpha "$i"\n${x}\ndone`),
        () => {
          const w = this.#word();
          return around(
            [body(), body(), body()],
            ([x = '', y = '', z = '']) => `case ${w} in\na*) ${x}\n;&\nb*) ${y}\n;;&\n*) ${z}\n;;\nesac`,
          );
        },
        () => {
          const signal = this.#pick(['DEBUG', 'ERR', 'EXIT']);
          const v2 = this.#name();
          return around([body()], ([x = '']) => `(trap 'alpha sig "$${v2}"' ${signal}\n${x}\n)`);
        },
        () => {
          const b = body();
          const name = `f${++this.#count}`;
          this.#functions = [...this.#functions, name];
          return around([b], ([x = '']) => `function ${name} {\n${x}\n}`);
        },
        () => around([body()], ([x = '']) => `while IFS=: read -r v w; do\nalpha "$v" "$w"\n${x}\ndone <<'E'\np:q r\nred:s:t\nE`),
        () =>
          around(
            [body(), body()],
            ([x = '', y = '']) => `for i in 1 2; do for j in a b; do\n${x}\n[ $j = a ] && continue 2\n${y}\ndone; done`,
          ),
        () => {
          const name = `f${++this.#count}`;
          const use = this.#words(2);
          return around(
            [body(), body()],
            this.#rendered(
              (test) =>
                ([x = '', y = '']) =>
                  `if ${test}; then\n${name}() { ${x}\n}\nelse\n${name}() { ${y}\n}\nfi\n${name} ${use}`,
            ),
          );
        },
        () => {
          const name = `f${++this.#count}`;
          return around(
            [body()],
            this.#rendered(
              (test) =>
                ([x = '']) =>
                  `for i in $(ls sub); do\n${name} "$i" 2>/dev/null\n${name}() { ${x}\n}\n${test} && unset -f ${name}\ndone`,
            ),
          );
        },
        () =>
          around(
            [body()],
            this.#rendered(
              (test) =>
                ([x = '']) =>
                  `n=0; while ${test} && [ $((n++)) -lt 3 ]; do\nalpha "$v" "$1"\nv=$w; w=$x; x=$y; y=${this.#literal()}\nset -- "$n" ${this.#words(1)}\n${x}\ndone`,
            ),
          ),
        () =>
          around(
            [body()],
            this.#rendered(
              (test) =>
                ([x = '']) =>
                  `(${test} && trap 'alpha one' EXIT || trap 'beta two "$v"' EXIT\n${x}\n)`,
            ),
          ),
        () => around([body()], ([x = '']) => `for f in *.txt; do\nmv "$f" "\${f%.txt}.bak"\n${x}\ndone`),
        () => around([body()], ([x = '']) => `( set -e\n${x}\nfalse\nalpha unreached\n)`),
        () => around([body()], ([x = '']) => `coproc { ${x}\n}\nwait`),
      );
    }
    return this.#pick(forms)();
  }

  #rendered(make: (test: string) => (texts: readonly string[]) => string): (texts: readonly string[]) => string {
    return make(this.#test());
  }

  #indirect(depth: number): Part {
    const posixList = (): Part => this.#nested(depth, true);
    const bashList = (): Part => this.#nested(depth, false);
    const words = this.#words(2);
    const program = this.#program();
    const id = ++this.#count;
    const forms: (() => Part)[] = [
      () => around([this.#list(depth)], ([x = '']) => `eval ${quote(x)}`),
      () => leaf(`eval ${program} ${this.#shell === 'zsh' ? 'a b' : this.#words(2)}`),
      () => leaf(`eval "${program} \\"\\$v\\" $w"`),
      () => leaf(`eval "$(echo 'v=evaluated; ${program} x')"`),
      () => around([posixList()], ([x = '']) => `sh -c ${quote(x)} zero ${words}`),
      () => around([posixList()], ([x = '']) => `sh <<'END${id}'\n${x}\nEND${id}`),
      () => around([posixList()], ([x = '']) => `printf '%s\\n' ${quote(x)} | sh`),
      () => around([posixList()], ([x = '']) => `cat > s${id}.sh <<'EOS${id}'\n${x}\nEOS${id}\nsh s${id}.sh ${words}`),
      () => {
        this.#scripts = [...this.#scripts, `s${id}.sh`];
        return around([posixList()], ([x = '']) => `printf '%s\\n' ${quote(x)} > s${id}.sh`);
      },
      () =>
        around(
          [posixList()],
          ([x = '']) => `echo '#!/bin/sh' > t${id}; cat >> t${id} <<'EOS${id}'\n${x}\nEOS${id}\nchmod +x t${id}; ./t${id} ${words}`,
        ),
      () => around([this.#producer(1)], ([x = '']) => `for i in $(${x}); do ${program} "$i"; done`),
      () => around([this.#producer(1)], ([x = '']) => `${program} "$(${x})"`),
      () =>
        around(
          [this.#producer(1)],
          ([x = '']) => `${x} | xargs ${this.#pick(['', '-n1 ', '-n 2 ', '-r '])}${program} ${this.#pick(['', 'fixed'])}`,
        ),
      () => around([this.#producer(1)], ([x = '']) => `{ ${x}\n} | xargs -I{} ${program} ${this.#pick(['{}', 'a{}b', '{} {}', 'x'])}`),
      () =>
        around(
          [this.#producer(1)],
          ([x = '']) =>
            `{ ${x}\n} | xargs ${this.#pick(["-d '\\n'", '-L1', '-0', '-d,', '-I @', '-P2 -n1', 'sh -c \'alpha "$@"\' _', '-t', '-s 500', '-a words', '-E blue', '-l', '-i', '--max-args=1', '-x -n1'])} ${program} ${this.#pick(['', '@', '{}'])}`,
        ),
      () => around([this.#producer(1)], ([x = '']) => `{ ${x}\n} | while read -r q; do ${program} "$q"; done`),
      () =>
        leaf(
          `${this.#pick(['env', 'env -u v', 'env k=1', 'timeout 5', 'timeout -k 1 5', 'nice', 'nice -n 5', 'nohup', 'setsid -w', 'stdbuf -oL', 'command', 'exec', 'nice -5', 'env -i PATH="$PATH"', 'env --', 'timeout --signal=KILL 5s', 'env -C sub', 'command -p'])} ${program} ${this.#words(2)}`,
        ),
      () => leaf(`env -S '${program} "x y" z' ${this.#words(1)}`),
      () => leaf(`(exec ${program} ${this.#words(2)}; alpha never)`),
      () => leaf(`v=${this.#literal()} w=pre ${program} "$v"`),
      () => leaf(`v=${this.#literal()} sh -c 'alpha "$v" "$w"' `),
      () => leaf(`v=e; export v; sh -c 'alpha "\${v-unset}"'`),
      () => around([this.#producer(1)], ([x = '']) => `cat <<E > out\n$(${x})\n$v \\$w\nE`),
      () => leaf(`${program} <<E\n$v\nE`),
      () => leaf(`echo "${program} \\$# $v" | sh`),
      () => leaf(`sh ${this.#pick(['-e', '-u', '-x', '-ec', '-s'])} <<'E'\n${program} "$@"\nE`),
      () => leaf(`printf '${program} %s\\n' one 'two words' | sh`),
      () => leaf(`echo YWxwaGEgYjY0Cg== | base64 -d | sh`),
      () => leaf(`echo 'x ahpla' | rev | sh`),
      () => leaf(`echo 'nycun ebg' | tr a-z n-za-m | sh`),
      () => leaf(`find . -name '*.txt' | while read -r f; do ${program} "$f"; done`),
      () => leaf(`ls | head -n 2 | xargs ${program}`),
      () => leaf(`command -v ${program} && ${program} ${words}`),
    ];
    if (this.#bash) {
      forms.push(
        () => around([bashList()], ([x = '']) => `bash -c ${quote(x)} zero ${words}`),
        () => around([bashList()], ([x = '']) => `bash <<< ${quote(x)}`),
        () => around([bashList()], ([x = '']) => `bash <(printf '%s\\n' ${quote(x)}) ${words}`),
        () => around([this.#list(depth)], ([x = '']) => `source <(cat <<'EOS${id}'\n${x}\nEOS${id}\n)`),
        () => around([this.#list(depth)], ([x = '']) => `. /dev/stdin <<'EOS${id}'\n${x}\nEOS${id}`),
        () => around([bashList()], ([x = '']) => `cat <<'E${id}' | bash -s ${words}\n${x}\nE${id}`),
        () => around([this.#producer(1)], ([x = '']) => `while read -r q; do ${program} "$q"; done < <(${x})`),
        () => around([this.#producer(1)], ([x = '']) => `mapfile -t r < <(${x}); ${program} "\${r[@]}"`),
        () => around([this.#producer(1)], ([x = '']) => `${x} > >(while read -r q; do alpha "$q"; done); wait; sleep 0.2`),
        () => leaf(`${program} < <(echo x) ${words}`),
        () =>
          leaf(
            `{ echo out; echo err >&2; } ${this.#pick(['> o1 2>&1', '2> e1 1> o2', '&>> both', '2>&1 | tee o3', '|& cat > o4', '> o5 2> e5', '>&2 2> e6'])}`,
          ),
        () => leaf(`time ${program} ${words}`),
        () => leaf(`builtin eval ${program} ${words}`),
        () => leaf(`f5() { sh -c 'alpha "$v"'; }; v=fn f5`),
        () => leaf(`g() { beta g "$@"; }; export -f g; bash -c 'g x'`),
        () =>
          leaf(
            `${program}() { command ${program} own "$@"; }; export -f ${program}; ${this.#pick(["bash -c '", "xargs -n1 bash -c '", "sh -c '"])}${program} x'`,
          ),
        () => leaf(`a=(${program} 'q r'); "\${a[@]}" ${words}; "\${a[0]}" "\${a[1]}"`),
        () => leaf(`printf '%s\\0' one 'two 2' | xargs -0 -n1 ${program}`),
        () => leaf(`c=rm; $c -f out; cmd="touch made"; $cmd; \${cmd/made/made2}`),
        () => leaf(`e=echo; $($e ${program}) ${words}`),
        () => leaf(`coproc { ${program} co; }; wait`),
        () => leaf(`select i in a b; do ${program} "$i"; break; done <<< 2`),
      );
    }
    return this.#pick(forms)();
  }
}
