// Random scripts from a grammar of the shell. The same seed gives the same script.
import type { ShellName } from './room.ts';
import { Routes } from './routes.ts';
import { around, leaf, list, quote, type Part } from './tree.ts';
import { files } from './vocabulary.ts';

export interface Generated {
  readonly shell: ShellName;
  readonly tree: Part;
  /** It contains something that nobody can know beforehand, such as `$RANDOM`. */
  readonly unknowable: boolean;
}

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

/** Random scripts. */
class Grammar extends Routes {
  script(): Part {
    const count = 2 + this.below(6);
    const statements = Array.from({ length: count }, () => this.statement(3));
    // A variable that the environment may have is not known to be unset.
    const start = this.chance(0.3) ? 'unset v w x y' : `v=${this.literal()}; w=${this.literal()}; x=${this.literal()}; unset y`;
    return list([leaf(start), ...statements, leaf('wait')]);
  }

  protected list(depth: number): Part {
    return list(Array.from({ length: 1 + this.below(3) }, () => this.statement(depth - 1)));
  }

  protected nested(depth: number, posix: boolean): Part {
    const saved = { bash: this.bash, functions: this.functions, arrays: this.arrays, scripts: this.scripts };
    if (posix) this.bash = false;
    this.functions = [];
    this.arrays = [];
    // A script that starts itself would never end.
    this.scripts = [];
    const result = this.list(depth);
    this.bash = saved.bash;
    this.functions = saved.functions;
    this.arrays = saved.arrays;
    this.scripts = saved.scripts;
    return result;
  }

  protected statement(depth: number): Part {
    const r = this.next();
    if (r < 0.22) return this.setting();
    if (r < 0.42 || depth <= 0) return this.call();
    if (r < 0.54) return this.fileCommand();
    if (r < 0.72) return this.compound(depth);
    if (r < 0.86) return this.indirect(depth);
    if (r < 0.93) return this.operator(depth);
    if (r < 0.935) {
      this.unknowable = true;
      return leaf(
        this.pick(['alpha $RANDOM', 'beta "$(date +%s)"', 'gamma $$', 'x=$(mktemp); touch "$x"', 'for i in $(date); do alpha "$i"; done']),
      );
    }
    if (r < 0.965 && this.shell !== 'zsh') return this.routed(this.nested(Math.min(depth, 2), true));
    return around([this.statement(depth - 1)], ([a = '']) => a);
  }

  protected operator(depth: number): Part {
    const a = this.statement(depth - 1);
    const b = this.statement(depth - 1);
    const form = this.pick(['&&', '||', '|', '&', '!', 'test&&', 'test||', 'group>']);
    const group = (text: string): string => `{ ${text}\n}`;
    const f = this.pick(files);
    const test = this.test();
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

  protected compound(depth: number): Part {
    const body = (): Part => this.list(depth);
    const v = this.name();
    const forms: (() => Part)[] = [
      () =>
        around(
          [body(), body()],
          this.rendered(
            (test) =>
              ([x = '', y = '']) =>
                `if ${test}; then\n${x}\nelse\n${y}\nfi`,
          ),
        ),
      () =>
        around(
          [body()],
          this.rendered(
            (test) =>
              ([x = '']) =>
                `if ${test}; then\n${x}\nfi`,
          ),
        ),
      () =>
        around(
          [body(), body()],
          this.rendered(
            (test) =>
              ([x = '', y = '']) =>
                `if ${test}; then\n${x}\nelif [ -f a.txt ]; then\n${y}\nfi`,
          ),
        ),
      () => {
        const words = this.words(3);
        return around([body()], ([x = '']) => `for ${v} in ${words}; do\n${x}\ndone`);
      },
      () => around([body()], ([x = '']) => `n=0; while [ $n -lt ${2} ]; do\nn=$((n+1))\n${x}\ndone`),
      () => around([body()], ([x = '']) => `n=0; until [ $n -ge 2 ]; do\nn=$((n+1))\n${x}\ndone`),
      () => {
        const jump = this.pick(['break', 'continue', '[ -n "$v" ] && break', '[ "$i" = 2 ] && continue', 'false || break']);
        return around([body(), body()], ([x = '', y = '']) => `for i in 1 2 3; do\n${x}\n${jump}\n${y}\ndone`);
      },
      () => {
        const word = this.quoted(this.expansion(1));
        const p = this.pick(['red', 'r*', '*.txt', '[a-z]*', '"*"', '?']);
        return around([body(), body()], ([x = '', y = '']) => `case ${word} in\n${p}|zz) ${x}\n;;\n*) ${y}\n;;\nesac`);
      },
      () => around([body()], ([x = '']) => `(\n${x}\n)`),
      () => around([body()], ([x = '']) => `{\n${x}\n}`),
      () => {
        const name = `f${++this.count}`;
        const b = body();
        const use = this.words(2);
        const local = this.shell === 'zsh' ? '' : this.pick(['', 'local v=inner\n', 'local w\n', 'local x=$1 y\n']);
        const end = this.pick(['', '\nreturn 1', '\n[ -n "$1" ] && return', '\nreturn']);
        this.functions = [...this.functions, name];
        return around([b], ([x = '']) => `${name}() {\n${local}${x}${end}\nalpha end "$@"\n}\n${name} ${use}`);
      },
      () => around([body()], ([x = '']) => `printf 'l 1\\nl2\\n' | while read -r a b; do\nalpha "$a" "$b"\n${x}\ndone`),
      () => around([body()], ([x = '']) => `while read -r line; do\nbeta "$line"\n${x}\ndone < words`),
      () => {
        const action = this.pick(['alpha trapped', 'beta "$v"', 'rm -f out', 'touch trapfile']);
        return around([body()], ([x = '']) => `(trap ${quote(action)} ${this.shell === 'zsh' ? 'EXIT' : 'EXIT'}\n${x}\n)`);
      },
    ];
    if (this.bash) {
      forms.push(
        () => around([body()], ([x = '']) => `for ((i=0; i<3; i++)); do\nalpha "$i"\n${x}\ndone`),
        () => {
          const w = this.word();
          return around(
            [body(), body(), body()],
            ([x = '', y = '', z = '']) => `case ${w} in\na*) ${x}\n;&\nb*) ${y}\n;;&\n*) ${z}\n;;\nesac`,
          );
        },
        () => {
          const signal = this.pick(['DEBUG', 'ERR', 'EXIT']);
          const v2 = this.name();
          return around([body()], ([x = '']) => `(trap 'alpha sig "$${v2}"' ${signal}\n${x}\n)`);
        },
        () => {
          const b = body();
          const name = `f${++this.count}`;
          this.functions = [...this.functions, name];
          return around([b], ([x = '']) => `function ${name} {\n${x}\n}`);
        },
        () => around([body()], ([x = '']) => `while IFS=: read -r v w; do\nalpha "$v" "$w"\n${x}\ndone <<'E'\np:q r\nred:s:t\nE`),
        () =>
          around(
            [body(), body()],
            ([x = '', y = '']) => `for i in 1 2; do for j in a b; do\n${x}\n[ $j = a ] && continue 2\n${y}\ndone; done`,
          ),
        () => {
          const name = `f${++this.count}`;
          const use = this.words(2);
          return around(
            [body(), body()],
            this.rendered(
              (test) =>
                ([x = '', y = '']) =>
                  `if ${test}; then\n${name}() { ${x}\n}\nelse\n${name}() { ${y}\n}\nfi\n${name} ${use}`,
            ),
          );
        },
        () => {
          const name = `f${++this.count}`;
          return around(
            [body()],
            this.rendered(
              (test) =>
                ([x = '']) =>
                  `for i in $(ls sub); do\n${name} "$i" 2>/dev/null\n${name}() { ${x}\n}\n${test} && unset -f ${name}\ndone`,
            ),
          );
        },
        () =>
          around(
            [body()],
            this.rendered(
              (test) =>
                ([x = '']) =>
                  `n=0; while ${test} && [ $((n++)) -lt 3 ]; do\nalpha "$v" "$1"\nv=$w; w=$x; x=$y; y=${this.literal()}\nset -- "$n" ${this.words(1)}\n${x}\ndone`,
            ),
          ),
        () =>
          around(
            [body()],
            this.rendered(
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
    return this.pick(forms)();
  }

  protected rendered(make: (test: string) => (texts: readonly string[]) => string): (texts: readonly string[]) => string {
    return make(this.test());
  }

  protected indirect(depth: number): Part {
    const posixList = (): Part => this.nested(depth, true);
    const bashList = (): Part => this.nested(depth, false);
    const words = this.words(2);
    const program = this.program();
    const id = ++this.count;
    const forms: (() => Part)[] = [
      () => around([this.list(depth)], ([x = '']) => `eval ${quote(x)}`),
      () => leaf(`eval ${program} ${this.shell === 'zsh' ? 'a b' : this.words(2)}`),
      () => leaf(`eval "${program} \\"\\$v\\" $w"`),
      () => leaf(`eval "$(echo 'v=evaluated; ${program} x')"`),
      () => around([posixList()], ([x = '']) => `sh -c ${quote(x)} zero ${words}`),
      () => around([posixList()], ([x = '']) => `sh <<'END${id}'\n${x}\nEND${id}`),
      () => around([posixList()], ([x = '']) => `printf '%s\\n' ${quote(x)} | sh`),
      () => around([posixList()], ([x = '']) => `cat > s${id}.sh <<'EOS${id}'\n${x}\nEOS${id}\nsh s${id}.sh ${words}`),
      () => {
        this.scripts = [...this.scripts, `s${id}.sh`];
        return around([posixList()], ([x = '']) => `printf '%s\\n' ${quote(x)} > s${id}.sh`);
      },
      () =>
        around(
          [posixList()],
          ([x = '']) => `echo '#!/bin/sh' > t${id}; cat >> t${id} <<'EOS${id}'\n${x}\nEOS${id}\nchmod +x t${id}; ./t${id} ${words}`,
        ),
      () => around([this.producer(1)], ([x = '']) => `for i in $(${x}); do ${program} "$i"; done`),
      () => around([this.producer(1)], ([x = '']) => `${program} "$(${x})"`),
      () =>
        around(
          [this.producer(1)],
          ([x = '']) => `${x} | xargs ${this.pick(['', '-n1 ', '-n 2 ', '-r '])}${program} ${this.pick(['', 'fixed'])}`,
        ),
      () => around([this.producer(1)], ([x = '']) => `{ ${x}\n} | xargs -I{} ${program} ${this.pick(['{}', 'a{}b', '{} {}', 'x'])}`),
      () =>
        around(
          [this.producer(1)],
          ([x = '']) =>
            `{ ${x}\n} | xargs ${this.pick(["-d '\\n'", '-L1', '-0', '-d,', '-I @', '-P2 -n1', 'sh -c \'alpha "$@"\' _', '-t', '-s 500', '-a words', '-E blue', '-l', '-i', '--max-args=1', '-x -n1'])} ${program} ${this.pick(['', '@', '{}'])}`,
        ),
      () => around([this.producer(1)], ([x = '']) => `{ ${x}\n} | while read -r q; do ${program} "$q"; done`),
      () =>
        leaf(
          `${this.pick(['env', 'env -u v', 'env k=1', 'timeout 5', 'timeout -k 1 5', 'nice', 'nice -n 5', 'nohup', 'setsid -w', 'stdbuf -oL', 'command', 'exec', 'nice -5', 'env -i PATH="$PATH"', 'env --', 'timeout --signal=KILL 5s', 'env -C sub', 'command -p'])} ${program} ${this.words(2)}`,
        ),
      () => leaf(`env -S '${program} "x y" z' ${this.words(1)}`),
      () => leaf(`(exec ${program} ${this.words(2)}; alpha never)`),
      () => leaf(`v=${this.literal()} w=pre ${program} "$v"`),
      () => leaf(`v=${this.literal()} sh -c 'alpha "$v" "$w"' `),
      () => leaf(`v=e; export v; sh -c 'alpha "\${v-unset}"'`),
      () => around([this.producer(1)], ([x = '']) => `cat <<E > out\n$(${x})\n$v \\$w\nE`),
      () => leaf(`${program} <<E\n$v\nE`),
      () => leaf(`echo "${program} \\$# $v" | sh`),
      () => leaf(`sh ${this.pick(['-e', '-u', '-x', '-ec', '-s'])} <<'E'\n${program} "$@"\nE`),
      () => leaf(`printf '${program} %s\\n' one 'two words' | sh`),
      () => leaf(`echo YWxwaGEgYjY0Cg== | base64 -d | sh`),
      () => leaf(`echo 'x ahpla' | rev | sh`),
      () => leaf(`echo 'nycun ebg' | tr a-z n-za-m | sh`),
      () => leaf(`find . -name '*.txt' | while read -r f; do ${program} "$f"; done`),
      () => leaf(`ls | head -n 2 | xargs ${program}`),
      () => leaf(`command -v ${program} && ${program} ${words}`),
    ];
    if (this.bash) {
      forms.push(
        () => around([bashList()], ([x = '']) => `bash -c ${quote(x)} zero ${words}`),
        () => around([bashList()], ([x = '']) => `bash <<< ${quote(x)}`),
        () => around([bashList()], ([x = '']) => `bash <(printf '%s\\n' ${quote(x)}) ${words}`),
        () => around([this.list(depth)], ([x = '']) => `source <(cat <<'EOS${id}'\n${x}\nEOS${id}\n)`),
        () => around([this.list(depth)], ([x = '']) => `. /dev/stdin <<'EOS${id}'\n${x}\nEOS${id}`),
        () => around([bashList()], ([x = '']) => `cat <<'E${id}' | bash -s ${words}\n${x}\nE${id}`),
        () => around([this.producer(1)], ([x = '']) => `while read -r q; do ${program} "$q"; done < <(${x})`),
        () => around([this.producer(1)], ([x = '']) => `mapfile -t r < <(${x}); ${program} "\${r[@]}"`),
        () => around([this.producer(1)], ([x = '']) => `${x} > >(while read -r q; do alpha "$q"; done); wait; sleep 0.2`),
        () => leaf(`${program} < <(echo x) ${words}`),
        () =>
          leaf(
            `{ echo out; echo err >&2; } ${this.pick(['> o1 2>&1', '2> e1 1> o2', '&>> both', '2>&1 | tee o3', '|& cat > o4', '> o5 2> e5', '>&2 2> e6'])}`,
          ),
        () => leaf(`time ${program} ${words}`),
        () => leaf(`builtin eval ${program} ${words}`),
        () => leaf(`f5() { sh -c 'alpha "$v"'; }; v=fn f5`),
        () => leaf(`g() { beta g "$@"; }; export -f g; bash -c 'g x'`),
        () =>
          leaf(
            `${program}() { command ${program} own "$@"; }; export -f ${program}; ${this.pick(["bash -c '", "xargs -n1 bash -c '", "sh -c '"])}${program} x'`,
          ),
        () => leaf(`a=(${program} 'q r'); "\${a[@]}" ${words}; "\${a[0]}" "\${a[1]}"`),
        () => leaf(`printf '%s\\0' one 'two 2' | xargs -0 -n1 ${program}`),
        () => leaf(`c=rm; $c -f out; cmd="touch made"; $cmd; \${cmd/made/made2}`),
        () => leaf(`e=echo; $($e ${program}) ${words}`),
        () => leaf(`coproc { ${program} co; }; wait`),
        () => leaf(`select i in a b; do ${program} "$i"; break; done <<< 2`),
      );
    }
    return this.pick(forms)();
  }
}
