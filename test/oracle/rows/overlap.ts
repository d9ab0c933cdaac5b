import type { Case } from '../room.ts';

/** Commands that run at the same time and find the files of each other, before or after. */
export const overlaps: readonly Case[] = [
  { shell: 'bash', script: '{ delta * . x; } | { delta <> new; }\n' },
  { shell: 'bash', script: "{ sleep 0.3; sh e1; } | echo 'alpha one' > e1\n" },
  { shell: 'bash', script: "{ sleep 0.3; sh e1; } & echo 'alpha one' > e1; wait\n" },
  { shell: 'bash', script: "{ sleep 0.3; sh e1; } & echo 'alpha one' > e1; sleep 0.6; rm e1; wait\n" },
  { shell: 'bash', script: "echo 'alpha one' > e1; { sleep 0.3; echo 'beta two' > e1; } & sh e1; wait; sh e1\n" },
  { shell: 'bash', script: "echo 'alpha one' > e1; { sleep 0.3; echo 'beta two' > e1; } | sh e1\n" },
  { shell: 'bash', script: "f() { { sleep 0.3; ls n*; sh e1; } & }; f; (touch new; echo 'alpha one' > e1); wait\n" },
  { shell: 'bash', script: "echo 'alpha one' | tee e1 >(sleep 0.3; sh e1) > /dev/null; sleep 0.6\n" },
  { shell: 'bash', script: 'cd /\n! { cd a.txt; } && alpha one\n' },
  { shell: 'bash', script: 'coproc { sh; }; echo \'alpha one\' >&${COPROC[1]}; eval "exec ${COPROC[1]}>&-"; wait\n' },
  {
    shell: 'bash',
    script: 'coproc P { while read -r l; do beta "$l"; done; }; echo \'one two\' >&${P[1]}; eval "exec ${P[1]}>&-"; wait\n',
  },
];
