import type { Case } from '../room.ts';

/** Files that are written while something else reads or runs them. */
export const meanwhile: readonly Case[] = [
  { shell: 'bash', script: "{ echo 'alpha 1'; sh e1; } > e1; f() { echo 'alpha 2'; . ./e2; }; f > e2\n" },
  { shell: 'bash', script: "exec > e1; echo 'alpha 1'; sh e1\n" },
  { shell: 'bash', script: "exec 3>> e1; echo : > e1; echo 'alpha 1' >&3; sh e1\n" },
  { shell: 'bash', script: "{ echo : > e1; echo 'alpha 1' >&3; sh e1; } 3>> e1\n" },
  { shell: 'bash', script: "{ echo 'alpha 1' >> e1; } > e1; sh e1\n" },
  { shell: 'bash', script: '{ { x=$(echo \'alpha 1\' >> e1); echo "$x"; } 3> e1 >> e1; } > e1; sh e1\n' },
  { shell: 'bash', script: "echo 'echo alpha 2 >> s1' > s1; sh s1; echo 'echo alpha 3 >> s2' > s2; bash s2\n" },
  { shell: 'dash', script: "echo 'echo alpha 2 >> s1' > s1; sh s1; echo 'echo alpha 3 >> s2' > s2; . ./s2\n" },
  { shell: 'bash', script: "echo 'echo alpha 1' > s1; sh s1 >> s1\n" },
  { shell: 'bash', script: "echo 'echo alpha 1' > s1; sh < s1 >> s1\n" },
  { shell: 'bash', script: "printf 'gamma\\n' > w; while read -r q; do $q; [ $q = alpha ] || echo alpha >> w; done < w\n" },
  { shell: 'bash', script: "{ sleep 0.2; echo 'alpha 1' > e1; } & echo : > e1; wait; sh e1\n" },
  { shell: 'bash', script: "{ echo 'alpha 1' > e1; sleep 0.4; echo : > e1; } & sleep 0.2; sh e1\n" },
  { shell: 'bash', script: "({ sleep 0.2; echo 'alpha 1' > e1; } &); echo : > e1; wait; sleep 0.4; sh e1\n" },
  { shell: 'bash', script: "coproc { sleep 0.2; echo 'alpha 1' > e1; }; echo : > e1; wait; sh e1\n" },
  {
    shell: 'bash',
    script: "{ sleep 0.2; echo 'alpha 1' > e1; } | echo : > e1; sh e1; echo 'alpha 2' > e2 | tee t1 | { sleep 0.1; cat > e3; }; sh e2\n",
  },
  { shell: 'bash', script: "{ echo : > e1; sleep 0.2; sh e1; } | { sleep 0.1; echo 'alpha 1' > e1; }\n" },
  { shell: 'bash', script: "{ { sleep 0.2; printf ' one'; } & printf alpha; wait; } | sh\n" },
  { shell: 'bash', script: "echo 'alpha 1' > >(cat) | sh; echo 'alpha 2' | tee >(cat) > /dev/null | sh\n" },
  {
    shell: 'bash',
    script: "echo 'alpha 1' {fd}> e1 | sh; exec {fd}> e2; echo 'alpha 2' >&$fd; sh e2; { echo 'alpha 3'; } {fd}> e3 | sh\n",
  },
  { shell: 'bash', script: "n=3; echo 'alpha 1' 3>&1 >&$n | sh; echo 'alpha 2' 3>&1 >&\"3\" | sh\n" },
  { shell: 'bash', script: "echo 'alpha 1' 1<> e1; sh e1; echo 'beta 2' > e2; sh <> e2; sh 0<> e2\n" },
  { shell: 'bash', script: 'echo \'alpha 1\' > e1; echo x > e1 > e2; sh e1; gamma "$(cat e1)"\n' },
  {
    shell: 'bash',
    script: "(trap 'sh e1' EXIT; { echo 'alpha 1'; exit; } > e1); for i in 1; do { echo 'alpha 2'; break; } > e2; done; sh e2\n",
  },
];
