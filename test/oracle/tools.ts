import { Words } from './words.ts';

/** Random calls of programs with much to say, and of what the shell brings for files, functions and arrays. */
export class Tools extends Words {
  /** Programs whose words hold commands, and names of files to write. */
  protected tools(f: () => string): (() => string)[] {
    const p = this.program();
    return [
      () =>
        `awk '${this.pick(['BEGIN { system("alpha awk") }', 'NR == 1 { "rev" | getline q; print q > "aw" }', '{ print $2 >> "aw" }', 'END { printf "x" > "aw"; close("aw") }'])}' words`,
      () =>
        `sed ${this.pick(["'1e alpha sed'", "'s/red/alpha q/e'", "-n 'w sw'", "'s/a/b/w sw'", "-n -e '1!d' -e 'w sw'", "'$r words'", '-ni.bak p', '-i.bak s/a/b/', "-s -i '1d'", '--in-place=.o s/x/y/'])} ${f()}`,
      () =>
        `perl -e '${this.pick(['system("alpha", "pl")', 'unlink "out", "a.txt"', 'open(F, ">", "pf"); print F 1', 'rename "a.txt", "pr"', 'exec "alpha x"', 'mkdir "pd"', 'print `alpha bt`'])}'`,
      () => `perl ${this.pick(['-pi -e s/a/b/', '-i.bak -ne print', '-ne print'])} ${f()}`,
      () => `flock lf ${p} ${this.words(1)}`,
      () => `script -qc '${p} sc' sf >/dev/null`,
      () =>
        `tar ${this.pick(['-cf - a.txt | tar -xf - -C sub', "-cf o.tar sub && tar --to-command='alpha tar' -xf o.tar", '-czf o.tgz a.txt', "-cf o.tar -I 'beta z' a.txt", '-cf o.tar --remove-files b.txt', '-rf o.tar a.txt; tar -C sub -xf o.tar', "--checkpoint=1 --checkpoint-action=exec='alpha cp' -cf o.tar words"])}`,
      () =>
        `split ${this.pick(["--filter='alpha f' -l 1 words", '-n 2 words', '-l 1 -d words pre', "--filter='cat > $FILE.s' -l 2 words"])}`,
      () => `sort ${this.pick(['-o out -u', '--output=out', '-T sub', '-uo a.txt'])} words`,
      () => `${this.pick(['unlink', 'shred -u', 'rm --', 'rmdir --ignore-fail-on-non-empty', 'mkfifo', 'rm -d', 'truncate -s0'])} ${f()}`,
      () =>
        `find . ${this.pick(["-name '*.md' -fprint fp", "-type f -name 'c*' -ok alpha {} ;", '-empty -delete', '-maxdepth 1 -type f -execdir sh -c \'beta "$0"\' {} \\;', '-newer a.txt -exec rm {} +', "-path './sub/*' -prune -o -type f -exec gamma {} +", '-type l -delete', '-name d.txt -exec mv {} {}.m \\;', "-name '*.txt' -fprintf ff '%p'"])}`,
      () => `xargs -a words ${this.pick(['-n1 touch', 'rm -f', '-I% cp a.txt %.c', '-n1 sh -c \'gamma "$@"\' _', '-d\\n -n1 mkdir -p'])}`,
      () =>
        `cp ${this.pick(['--backup a.txt b.txt', '-s "$PWD/a.txt" sl', '-l a.txt hl', '--parents sub/d.txt sub/deep', '-u words out', '-b -S .k a.txt b.txt', '-rT sub d7', '--remove-destination a.txt flink', '-P flink fl2', '-L flink fl3'])}`,
      () =>
        `mv ${this.pick(['-b a.txt b.txt', '-n a.txt b.txt', '-T sub d8', '-v words out', '--backup=numbered a.txt b.txt', '-f -- a.txt out'])}`,
      () =>
        `ln ${this.pick(['-sfn sub link', '-sr sub/d.txt ls', '-t sub a.txt', '-b a.txt b.txt', '-sfT a.txt link', 'a.txt b.txt sub'])}`,
      () => `install ${this.pick(['-D a.txt d9/x', '-d d9/y d9/z', '-t sub a.txt b.txt', '-b a.txt b.txt', '-m755 run.sh out'])}`,
      () =>
        `dd if=words of=${f().replace(/^~/, '$HOME')} ${this.pick(['bs=1', 'count=1 conv=notrunc', 'oflag=append conv=notrunc', 'seek=1'])}`,
      () => `tee ${this.pick(['out >/dev/null', '-a out b.txt', '--append sub/g', '>(cat > tp)', '-p out'])} < words`,
    ];
  }

  /** Where the shell looks for programs, and what it reads before its commands. */
  protected lookups(): (() => string)[] {
    const p = this.program();
    return [
      () => `(PATH=.; ${this.pick(['tool', 'run.sh'])} ${this.words(1)}; ${p})`,
      () => `(PATH=/nowhere; ${p} lost; PATH=sub:.; run.sh)`,
      () => `command -v ${p} >/dev/null && ${p} there`,
      () => `exec 3< words; read q <&3; ${p} "$q"; exec 3<&-`,
      () => `while read q <&3; do ${p} "$q"; done 3< words`,
      () => `cat 3<<E <&3 | while read q; do ${p} "$q"; done\n$v and $w\nE`,
      () => `{ read q; read r2; } < words; ${p} "$q" "$r2"`,
      () => `trap '${p} end "$v"' EXIT`,
      () => `trap - EXIT`,
      () => `echo "${p} sourced "$1"" > src; . ./src ${this.bash ? this.words(1) : ''}`,
      () => `echo 'v=fromfile; cd sub' > src; . ./src; ${p} "$v" "$PWD"`,
      ...(this.bash
        ? [
            () => `read -u 3 q 3< words; ${p} "$q"`,
            () => `mapfile -t -u 4 r 4< words; ${p} "\${r[@]}"`,
            () => `hash -p "$PWD/tool" ${p}; ${p} hashed`,
            () => `enable -n echo; echo ${this.words(1)}; enable echo`,
            () => `builtin printf '%s\\n' '${p} bp' | sh`,
            () => `la() { local -a q=(${this.words(2)}); q[${this.index('q')}]=${this.literal()}; ${p} "\${q[@]}"; }; la`,
            () => `lb() { local r=(in ner); ${p} "\${r[@]}"; r+=(more); ${p} "\${r[*]}"; }; lb; ${p} "\${r[@]}"`,
            () => `lc() { declare -g v=global; local w=loc; ${p} "$v" "$w"; }; lc; ${p} "$v" "$w"`,
            () => `ld() { local IFS=:; ${p} $v $w; }; ld; ${p} $v`,
            () => `le() { local v; ${p} "\${v-unset}"; v=in; lf; }; lf() { ${p} "$v"; v=changed; }; le; ${p} "$v"`,
            () => `lg() { unset v; ${p} "\${v-gone}"; v=back; }; v=out lg; ${p} "$v"`,
            () => `lh() { set -- ${this.words(2)}; shift; ${p} "$@"; }; lh; ${p} "$@"`,
            () => `li() { [ "$1" -gt 2 ] && return; ${p} "$1"; li $(($1 + 1)); }; li 0`,
            () => `declare -f la >/dev/null || ${p} none`,
            () => `: ${this.word()}; ${p} "$_"`,
            () => `alias a1='a2 x' a2='${p} y'; shopt -s expand_aliases\na1 z\nunalias a2\na1 q`,
            () => `{ IFS= read -r -d '' q; ${p} "$q"; } < words`,
            () => `read -n 2 q < words; ${p} "$q"; read -N 3 q < words; ${p} "$q"; read -t 1 q < words; ${p} "$q"`,
            () => `set -- \${v:+"$v"} \${y+"$y"}; ${p} "$@"`,
            () => `exec {q}< words; read -u "$q" r2; ${p} "$r2"; exec {q}<&-`,
            () => `( cd sub && ${p} "$OLDPWD"; pwd | xargs ${p} )`,
            () => `pushd sub >/dev/null && dirs +0 | xargs ${p}; popd >/dev/null; ${p} "\${DIRSTACK[@]}"`,
          ]
        : []),
    ];
  }
}
