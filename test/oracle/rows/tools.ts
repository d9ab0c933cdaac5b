import type { Case } from '../room.ts';

/** What programs start, and files that they make beside the one that they are told of. */
export const tools: readonly Case[] = [
  {
    shell: 'bash',
    script: "split --filter='alpha f' -l 1 words; split --filter='cat > $FILE.s' -l 2 words; split --filter=sh -l 1 words\n",
  },
  { shell: 'bash', script: 'flock lf alpha 1; flock sub beta 2\n' },
  {
    shell: 'bash',
    script: "sed -i.bak s/a/b/ a.txt; sed -s --in-place='sub/*.o' 1d b.txt words; perl -i.old -ne print c.log; perl -pi -e 1 flink\n",
  },
  {
    shell: 'bash',
    script:
      'cp --backup a.txt b.txt; cp -S .k a.txt c.log; ln -b a.txt words; install -b a.txt out; install -b b.txt out; mv -b sub/d.txt b.txt\n',
  },
  {
    shell: 'bash',
    script:
      'cp --backup=numbered a.txt b.txt; mv --backup=t c.log b.txt; cp --parents sub/deep/f.txt link; cp --remove-destination b.txt flink\n',
  },
  { shell: 'bash', script: 'shred -u flink; perl -e \'unlink "b.txt", "words"\'\n' },
  {
    shell: 'bash',
    script: 'f() { unset v; v=back; }; v=out f; alpha "$v"; v=1 f; beta "$v"; x=abc; gamma "${x/#/p}" "${x/%/s}" "${x//}"\n',
  },
  { shell: 'dash', script: 'v=1 :; alpha "$v"; v=2 eval beta; alpha "$v"; v=3 . ./lib.sh; alpha "$v"\n' },
  { shell: 'bash', script: "sh -c 'v=1 export w; alpha \"$v\"'; BASH_ENV=lib.sh bash -c 'alpha env'\n" },
  { shell: 'bash', script: 'hash -p "$PWD/tool" beta; command beta own; \\beta q\n' },
  { shell: 'bash', script: 'f() { alpha "$1"; }; read 1 <<< x; f 0; { read -n 2 q; read r; } <<< \'abc d\'; beta "$q" "$r"\n' },
  { shell: 'bash', script: 'f() { local v=in; g; alpha "$v"; }; g() { declare -g v=all; }; f; beta "$v"\n' },
  { shell: 'bash', script: "sh -c 'alpha {fd}> e1'\n" },
  {
    shell: 'bash',
    script:
      "printf '%d' x || alpha 1; printf -v v '%x' a || alpha 2; printf -v v '%d' 010; beta $v; printf '%s %d' 1 2 && gamma; printf '%q' x && gamma 2\n",
  },
  {
    shell: 'bash',
    script: 'IFS=\'\'; printf \' alpha \\n\' | while read -r q; do beta "$q"; done; IFS= read q r <<< \' x  y \'; gamma "$q" "$r"\n',
  },
  { shell: 'bash', script: 'install -d d9/y d9/z; alpha *; beta d9/*\n' },
  {
    shell: 'bash',
    script: 'cd sub; dirs | xargs alpha; pushd deep | xargs beta; cd - | xargs gamma; x=\'a\nb\'; delta "${x@Q}" "$(umask)"\n',
  },
  {
    shell: 'bash',
    script:
      "alias q='alpha 1'; trap 'beta 2' EXIT; alias | sh; trap | sh; f() { alpha f; }; declare -f f | xargs -0 gamma; export v=1; export -p | grep -c v=\n",
  },
  { shell: 'dash', script: 'x=$(printf \'%s\\n\' \'v=\\2\'); echo "$x" | while read -r q; do alpha "$q"; done\n' },
  { shell: 'bash', script: 'mv -n a.txt b.txt; mv -b a.txt b.txt; mv -n words c.log; mv words new; rm -f words\n' },
  { shell: 'dash', script: "trap 'alpha \"$v\"' EXIT; cd /; echo 'v=1' > src; . ./src; v=2\n" },
  {
    shell: 'bash',
    script: 'hash -p "$PWD/tool" delta; (exec delta x); { echo alpha 3>&1-; } 3<> t1 | while read -r q; do beta "$q"; done\n',
  },
  { shell: 'bash', script: '{ x=$(echo alpha 3>&1-); echo "$x"; } 3<> t1 | while read -r q; do beta "$q"; done\n' },
  {
    shell: 'bash',
    script: 'x=$(sh -c \'echo v=1\' 2>&1 3>&- 2>&3); alpha "$x"; x=$(echo v=2 2>&1 >&- ); beta "$x"; : >&- && gamma; echo x >&- || delta\n',
  },
  {
    shell: 'bash',
    script:
      "{ echo x || alpha 1; } >&-; sh -c 'echo x || alpha 2' >&-; f() { printf x || alpha 3; }; f >&-; (exec >&-; pwd || alpha 4); (set -e; trap 'alpha 5' EXIT; echo x >&3; beta)\n",
  },
  { shell: 'bash', script: 'unset v w; [ -n "$(echo -n $v $w)" ] && alpha || beta; touch "$(echo a $v)" "$(echo $v b)"\n' },
  {
    shell: 'zsh',
    script: "echo 'a\\b' \"$(echo a b | tr 'a-m' 'n-z')\" | xargs alpha; echo -e 'x\\ty' \"$(echo b | rev)\" | xargs beta\n",
  },
  {
    shell: 'bash',
    script:
      'cd /; echo \'v=1; cd sub\' > src; . ./src; alpha "$v" "$PWD"; cd ~-; [ -f none ] && echo \'rm -f a.txt\' > s1; sh s1; beta *.txt\n',
  },
  { shell: 'bash', script: 'cd /; echo \'v=fromfile; cd sub\' > src; . ./src; alpha "$v" "$PWD"\n' },
  { shell: 'bash', script: 'cd /; echo \'alpha 1\' > src || v=failed; [ -f src ] && beta || gamma "$v"; cat src | xargs delta\n' },
];
