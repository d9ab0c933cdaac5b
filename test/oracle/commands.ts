import { leaf, type Part } from './tree.ts';
import { files, patterns } from './vocabulary.ts';
import { Tools } from './tools.ts';

/** Random simple commands: calls, commands on files, assignments, tests. */
export class Commands extends Tools {
  protected call(): Part {
    const forms: (() => string)[] = [
      () => `${this.program()} ${this.words()}`,
      () => `${this.program()} ${this.words()}`,
      () => `${this.program()} ${this.words()}`,
      () => `"${this.program()}" ${this.words()}`,
      () => `al""pha ${this.words()}`,
      () => `\\beta ${this.words()}`,
      () => `c=${this.program()}; ${this.shell === 'zsh' ? '"$c"' : '$c'} ${this.words()}`,
    ];
    if (this.functions.length > 0)
      forms.push(
        () => `${this.pick(this.functions)} ${this.words()}`,
        () => `${this.pick(this.functions)} ${this.words()}`,
      );
    if (this.bash)
      forms.push(
        () => `{${this.program()},${this.word()}}`,
        () => `$'\\x61lpha' ${this.words()}`,
        () => `c=(${this.program()} ${this.words()}); "\${c[@]}"`,
        () => `c='alpha x'; $c ${this.words()}`,
      );
    if (this.scripts.length > 0) {
      const s = this.pick(this.scripts);
      forms.push(
        () => `sh ${s} ${this.words(2)}`,
        () => `. ./${s}`,
        () => `chmod +x ${s}; ./${s} ${this.words(2)}`,
      );
      if (this.bash)
        forms.push(
          () => `bash ${s} ${this.words(2)}`,
          () => `source ./${s} ${this.words(2)}`,
        );
    }
    forms.push(
      () => `. ./lib.sh ${this.bash ? this.words(2) : ''}`,
      () => `./run.sh ${this.words(2)}`,
      () => `sh run.sh ${this.words(2)}`,
      () => `./tool ${this.words(1)}`,
    );
    return leaf(this.pick(forms)());
  }

  protected fileCommand(): Part {
    const f = (): string => this.pick(files);
    const g = (): string => (this.chance(0.3) && this.shell !== 'zsh' ? this.pick(patterns.slice(0, -1)) : f());
    const forms: (() => string)[] = [
      () => `touch ${f()} ${f()}`,
      () => `rm ${this.pick(['', '-f ', '-- '])}${g()}`,
      () => `rm -r${this.pick(['', 'f'])} ${this.pick(['sub', 'sub/deep', 'link', g(), 'out'])}`,
      () => `mkdir ${this.pick(['', '-p '])}${this.pick(['d1', 'sub/d2', 'd3/d4'])}`,
      () => `cp ${g()} ${f()}`,
      () => `cp ${this.pick(['-r sub d5', '-a sub/deep .', '-t sub a.txt b.txt', 'a.txt b.txt sub'])}`,
      () => `mv ${f()} ${f()}`,
      () => `mv ${this.pick(['a.txt sub', 'sub d6', 'sub/d.txt sub/e.md .', '-t sub a.txt', '*.txt sub'])}`,
      () => `ln ${this.pick(['-s ', '', '-sf '])}${this.pick(['a.txt', 'sub'])} ${this.pick(['l1', 'sub/l2', 'out'])}`,
      () => `rmdir sub/deep`,
      () => `echo ${this.word()} ${this.pick(['>', '>>', ...(this.bash ? ['&>', '>|'] : [])])} ${f()}`,
      () => `echo t | tee ${this.pick(['', '-a '])}${f()}`,
      () => `cat ${f()} > ${f()}`,
      () => `${this.program()} ${this.words(1)} ${this.pick(['>', '>>', '2>', '2>>', '<>', '1>'])} ${f()}`,
      () => `sed -i s/a/b/ ${g()}`,
      () =>
        `find ${this.pick(['.', 'sub', '. -name "*.txt"', 'sub -type f', '. -maxdepth 1 -name "?.txt"', '"$HOME"', 'sub -name d.txt -o -name e.md'])} ${this.pick(['-delete', '-exec rm -rf {} +', "-exec alpha x {} ';'", '-exec beta {} +', `-exec sh -c 'gamma "$1"' _ {} \\;`, '-print', '| xargs alpha', '-print0 | xargs -0 beta', '-exec touch {}.bak \\;', '-execdir delta {} \\;'])}`,
      () => `truncate -s 0 ${f()}`,
      () => `dd if=a.txt of=${f().replace('~', this.bash ? '~' : '$HOME')}`,
      () => `cd ${this.pick(['sub', '..', '/', 'nowhere', '-', '', 'sub/deep', 'link', '"$PWD/sub"', '~', 'a.txt'])}`,
      () => `sort -o ${f()} words`,
      () => `install -m 644 a.txt ${f()}`,
      () => `tar cf ${f()} a.txt`,
      () => `split -l 1 words sub/part`,
      () => `chmod 600 ${f()}`,
      ...this.tools(f),
    ];
    if (this.bash)
      forms.push(
        () => `pushd ${this.pick(['sub', '..', 'sub/deep'])} >/dev/null`,
        () => 'popd >/dev/null',
        () => `exec ${this.pick(['3>', '4>>'])} ${f()}; echo x >&3; exec 3>&-`,
      );
    return leaf(this.pick(forms)());
  }

  protected setting(): Part {
    if (this.shell !== 'zsh' && this.chance(0.2)) return leaf(this.pick(this.lookups())());
    const v = this.name();
    const forms: (() => string)[] = [
      () => `${v}=${this.literal()}`,
      () => `${v}=${this.quoted(this.expansion(1))}`,
      () => `${v}=${this.shell === 'zsh' ? this.quoted(this.expansion(1)) : this.expansion(1)}`,
      () => `${v}=$${this.name()}x`,
      () => `export ${v}=${this.literal()}`,
      () => `${v}=1; export ${v}`,
      () => `unset ${v}`,
      () => `set -- ${this.words()}`,
      () => 'shift',
      () => `readonly z=${this.literal()}; alpha "$z"`,
      () => `set -- ${this.words()}; for i; do beta "$i"; done`,
      () => `IFS=${this.pick([':', "'X '", "','", "''", "':/'"])}`,
      () => 'unset IFS',
      () => `: "\${${v}:=${this.pick(['given', 'a b'])}}"`,
      () =>
        this.pick([
          this.shell === 'zsh' ? 'set -e' : 'set -f',
          'set +f',
          'set -e',
          'set -u',
          'set +u',
          'set +e',
          'set -o noglob',
          'set -eu',
          ...(this.bash ? ['set -o pipefail'] : []),
        ]),
      () => `alias al='${this.program()} ali'; al ${this.words(1)}`,
      () => `${v}=$((${this.sum()}))`,
      () => `: $((${v} = ${this.sum()}))`,
      () => `getopts ab: opt -a -b val; alpha "$opt" "$OPTIND"`,
    ];
    if (this.bash) {
      const a = this.pick(['r', 's']);
      forms.push(
        () => this.array(a, `${a}=(${this.words(4)})`),
        () => this.array(a, `${a}=(one "two 2" three)`),
        () => this.array(a, `declare -a ${a}=(p q)`),
        () => this.array(a, `${a}=([2]=two [0]=zero)`),
        () => `${a}+=(${this.words(2)})`,
        () => `${a}[${this.index(a)}]${this.pick(['=', '=', '+='])}${this.literal()}`,
        () => `${a}=${this.literal()}`,
        () => `((${a}[${this.index(a)}]=3))`,
        () => `${this.pick(['printf -v', 'read'])} '${a}[${this.index(a)}]' ${this.word()} <<< in`,
        () => `${this.pick(['declare', 'export', 'readonly'])} '${a}[${this.index(a)}]=el'`,
        () => `IFS=, read -ra ${a} <<< ${this.literal()},q`,
        () => `declare -ai ${a}=(1+2 ${v})`,
        () => `: $((${this.pick([v, `$${v}`, '1/0', `${a}[1]`])}))`,
        () => `unset '${a}[0]'`,
        () => `declare -A m=([k]=kv [j]='j v'); alpha "\${m[k]}" "\${m[j]}"; beta "\${!m[@]}"`,
        () => `declare -n ref=${v}; ref=${this.literal()}; alpha "$${v}"; unset -n ref`,
        () => `declare -n ref=${v}; ref=${this.literal()}; alpha "$${v}" "\${!ref}"; ${v}=${this.literal()}; beta "$ref"; unset -n ref`,
        () => `nf${v}() { local -n out=$1; out=${this.literal()}; }; nf${v} ${v}; alpha "$${v}"`,
        () => `${a}=(one two); declare -n ref='${a}[1]'; ref=${this.literal()}; alpha "\${${a}[@]}"; unset -n ref`,
        () => `declare -n ref; for ref in v w x; do ref+=z; alpha "$ref"; done; unset -n ref`,
        () => `${this.test()} && declare -n ref=v || declare -n ref=w; ref=${this.literal()}; alpha "$v" "$w"; unset -n ref`,
        () => `set -a; ${v}=${this.literal()}; set +a; bash -c 'alpha "$${v}"'`,
        () => `declare ${this.pick(['-i', '-r', '-x', '-l', '-u', '-g', ''])} q${this.below(9)}=${this.literal()}`,
        () => `${v}+=${this.literal()}`,
        () => `printf -v ${v} '${this.pick(['%q', '%03d', '%.2s', '%b', '%c%c', '%x'])}' ${this.word()}`,
        () => `${this.test()} && ${v}+=${this.literal()} || export ${v}`,
        () => `printf -v ${v} '%s-%s' ${this.word()} ${this.word()}`,
        () => `read ${this.pick(['', '-r '])}${v} ${this.pick(['', 'w '])}<<< ${this.word()}`,
        () => `read -ra ${a} <<< ${this.word()}`,
        () => `IFS=: read -r v w <<< "$x"`,
        () => `mapfile -t ${a} < words`,
        () => `shopt -s ${this.pick(['nullglob', 'dotglob', 'extglob', 'nocaseglob', 'failglob', 'globstar', 'lastpipe'])}`,
        () => `shopt -u ${this.pick(['nullglob', 'dotglob', 'failglob'])}`,
        () => `shopt -s expand_aliases\nalias al='${this.program()} ali'\nal ${this.words(1)}`,
        () => `((${v} = ${this.sum()}))`,
        () => `((${v}++))`,
        () => `let ${v}=${this.below(9)}+1`,
        () => `local_${v}=${this.literal()} ; alpha "$local_${v}"`,
      );
    }
    return leaf(this.pick(forms)());
  }

  protected test(): string {
    const forms = [
      () => `[ ${this.quoted(this.expansion(1))} = ${this.literal()} ]`,
      () => `[ -n ${this.quoted(this.expansion(1))} ]`,
      () => `[ -z "$${this.name()}" ]`,
      () => `[ -f ${this.pick(files)} ]`,
      () => `[ -d ${this.pick(['sub', 'link', 'none'])} ]`,
      () => `[ ! -e ${this.pick(['out', 'a.txt'])} ]`,
      () => `test ${this.below(4)} -${this.pick(['lt', 'gt', 'eq', 'ne'])} ${this.below(4)}`,
      () => this.pick(['true', 'false', ':', '! true', 'alpha', 'alpha fail', 'beta fail']),
      () => `grep -q ${this.pick(['one', 'zzz'])} a.txt`,
      () => `[ $# -gt ${this.below(3)} ]`,
    ];
    if (this.bash)
      forms.push(
        () => `[[ $${this.name()} == ${this.pick(['r*', '*.txt', '"$w"', 'red', '*'])} ]]`,
        () => `[[ $${this.name()} =~ ${this.pick(['^r', '[0-9]+', 'a'])} ]]`,
        () => `[[ -n $v && -z $w ]]`,
        () => `(( ${this.sum()} ))`,
        () => `[[ $v < $w ]]`,
        () => `[[ -v ${this.name()} ]]`,
      );
    return this.pick(forms)();
  }
}
