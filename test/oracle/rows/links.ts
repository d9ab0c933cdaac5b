import type { Case } from '../room.ts';

/** Links that a script makes, moves, copies and goes through, on some ways only too; and words that were missed beside them. */
export const links: readonly Case[] = [
  { shell: 'bash', script: 'unset v w x y\nIFS=:\nf1() { "alpha" $@ $*; }\nf1 "${x}" ~ \'\'\n' },
  { shell: 'bash', script: 'mv flink sub/d.txt\nmv sub/d.txt $HOME/h1\necho a > $HOME/h1\n' },
  { shell: 'bash', script: 'ln -s a.txt b; cp b c; echo x > c\n' },
  { shell: 'bash', script: 'ln -s ~ h; mv h g; touch g/x; rm g/notes\n' },
  { shell: 'bash', script: 'ln -s .. sub/up; mv sub/up ~/up; touch ~/up/x\n' },
  { shell: 'bash', script: 'ln -s a.txt sub/b; cp -a sub/b ~/b; echo x > ~/b\n' },
  { shell: 'bash', script: 'ln -s ~/sub l; mkdir ~/sub; touch l/../y; cd l/..; touch z; cd l; cd -P ..; touch q\n' },
  { shell: 'bash', script: '[[ -v y ]] && ln -s ~ d || mkdir d; touch d/x\n' },
  { shell: 'bash', script: '[[ -v y ]] || ln -s ~ d; [[ -v y ]] && mkdir d; touch d/x\n' },
  { shell: 'bash', script: 'ln -s a.txt l; [[ -v y ]] || { rm l; ln -s ~/notes l; }; echo x > l\n' },
  { shell: 'bash', script: 'ln -s sub l; [[ -v y ]] || { rm l; ln -s ~ l; }; touch l/q; rm l/n*\n' },
  { shell: 'bash', script: 'cp "$(command -v alpha)" r; mv r s; ./s one; echo x > s\n' },
  { shell: 'bash', script: "echo 'alpha x' > e1; ln -s e1 e2; mv e2 e3; sh e3; cp e3 e4; sh e4 2; echo 'beta y' > e1; sh e3; sh e4\n" },
  { shell: 'bash', script: 'ln a.txt b; mv b c; echo x > c; rm c\n' },
  { shell: 'bash', script: "v=$'2'; x='a:b:c'; unset y\n{ declare -ai r=(1+2 x)\n} && { x=${v// /R}\n}\ndelta \"${x%sub}\"\n" },
  { shell: 'bash', script: 'r=\'a\\b\'\ngamma ./"${r[@]:2}".txt "${r[@]:0:1}"\n' },
  { shell: 'bash', script: 'v="new file"; w=1\nif :; then declare -ai r=(1+2 v); w=2; fi\nalpha "$w"\n' },
  {
    shell: 'bash',
    script: 'v="new file"; w=1; declare -i n\nif :; then n=v; w=2; fi\nalpha "$w"; if :; then declare -i m=v; w=3; fi\nalpha "$w"\n',
  },
  { shell: 'bash', script: 'set -P; ln -s ~/sub l; mkdir ~/sub; cd l; cd ..; touch q\n' },
  { shell: 'bash', script: 'for i in 1 2; do\nmv flink .hidden\nlocal_x=sub ; alpha "$local_x"\ndone\ntruncate -s 0 .hidden\n' },
];
