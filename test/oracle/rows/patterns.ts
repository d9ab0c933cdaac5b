import type { Case } from '../room.ts';

/** Patterns: what is quoted in them, classes, values that are patterns, letters of either case, groups. */
export const patterns: readonly Case[] = [
  { shell: 'bash', script: 'x=\' a\'; alpha "${x#[[:space:]]}" "${x##[[:blank:]]*}"; [[ $x == [[:space:]]* ]] && beta\n' },
  { shell: 'bash', script: 'x=\'*a\'; alpha ${x#"*"} "${x#\\*}" "${x#\'*\'}" "${x#"*"}"\n' },
  { shell: 'bash', script: 'x=\'a?b\'; alpha "${x//"?"/y}" "${x/\\?/Z}" "${x//?/z}"\n' },
  { shell: 'bash', script: 'p=\'?\'; x=\'a?b\'; alpha "${x//$p/y}" "${x//"$p"/y}"\n' },
  { shell: 'bash', script: 'x=\'[a]\'; alpha "${x#[[]}" "${x#"[a]"}" "${x#\\[a}"\n' },
  {
    shell: 'bash',
    script:
      'x=\'a*b\'; [[ $x == a\\** ]] && alpha || beta; [[ acb == a\\** ]] && alpha 2 || beta 2; [[ acb == "a*"* ]] && alpha 3 || beta 3\n',
  },
  { shell: 'bash', script: 'p=\'a*\'; case abc in $p) alpha;; *) beta;; esac; case abc in "$p") gamma;; *) delta;; esac\n' },
  {
    shell: 'bash',
    script: 'shopt -s nocasematch\n[[ ABC == abc ]] && alpha || beta; case ABC in abc) gamma;; *) delta;; esac; x=ABC; alpha "${x/b/q}"\n',
  },
  {
    shell: 'bash',
    script:
      'shopt -s extglob\nx=aab; alpha "${x/+(a)/X}" "${x##+(a)}"; case $x in +(a)b) beta;; *) gamma;; esac; [[ aab == +(a)b ]] && delta\n',
  },
  { shell: 'bash', script: "x='a]b'; case $x in *[]]*) alpha;; *) beta;; esac; case b in [!]a]) gamma;; *) delta;; esac\n" },
  { shell: 'bash', script: 'x=a.txt; sed -i s/o/0/ [[:alpha:]].*; beta $(cat a.txt b.txt) ?.txt\n' },
  {
    shell: 'zsh',
    script: 'x=aab; alpha "${x#(a|b)}" "${x/<1-3>/}"; p=\'a*\'; beta "${x#$p}"; case $x in (a|b)ab) gamma;; *) delta;; esac\n',
  },
  {
    shell: 'dash',
    script: 'while read -r line; do\nbeta "$line"\nsed -i s/a/b/ [[:alpha:]].*\ndone < words\nbeta $(cat a.txt b.txt) ?.txt\n',
  },
  { shell: 'bash', script: 'v=zz; s=1; alpha "${s:+$\'$v\'}" "${s:+$\'$(beta x)\'}"\n' },
  { shell: 'bash', script: 'declare -a s=(p q); alpha "${s[${#s[@]}]:=$\'$v\'}"\n' },
  { shell: 'bash', script: 'alpha\nrm -r sub/*\npushd sub/deep >/dev/null\nsed -i s/a/b/ *\n' },
  { shell: 'bash', script: 'alpha; rm -r "$y"sub; cd sub\ntouch q\n' },
  { shell: 'dash', script: "cd /\n\\beta 'green blue' */*.txt\n" },
  { shell: 'bash', script: "cd /\n\\beta 'green blue' */*.txt\n" },
];
