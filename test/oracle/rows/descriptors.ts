import type { Case } from '../room.ts';

/** What is printed to other descriptors, and where they lead. */
export const descriptors: readonly Case[] = [
  { shell: 'bash', script: "echo 'alpha 1' > /dev/stdout | sh; echo 'alpha 2' >> /dev/fd/1 | sh; echo 'alpha 3' > /proc/self/fd/1 | sh\n" },
  { shell: 'bash', script: "{ echo 'alpha 1' >&2; } 2>&1 | sh; (echo 'alpha 2' >&2) |& sh; { echo 'alpha 3' > /dev/stderr; } 2>&1 | sh\n" },
  { shell: 'bash', script: "echo 'alpha 1' 3>&1 >&3 | sh; { echo 'alpha 2' >&3; } 3>&1 | sh; exec 3>&1; { echo 'beta 3' >&3; } | sh\n" },
  { shell: 'bash', script: "{ x=$(echo 'alpha 1' >&2); } 2>&1 | sh; { echo 'alpha 2' >&2 | cat; } 2>&1 | sh\n" },
  { shell: 'bash', script: "{ echo A; echo 'alpha 1' >&2; } 2>&1 > e1 | sh; echo 'alpha 2' | tee /dev/stderr 2>&1 >/dev/null | sh\n" },
  {
    shell: 'bash',
    script: "{ echo 'alpha 1' >&2; } > e1 2>&1; sh e1; { echo 'alpha 2' >&2; } &> e2; sh e2; { echo 'alpha 3' >&2; } 2> e3; sh e3\n",
  },
  {
    shell: 'bash',
    script: 'x=$(exec 2>&1; echo \'alpha 1\' >&2); eval "$x"; x=$(exec 3>&1 >/dev/null; echo \'alpha 2\' >&3); eval "$x"\n',
  },
  {
    shell: 'bash',
    script: "f() { echo 'alpha 1' >&2; }; f 2>&1 | sh; sh -c 'echo \"alpha 2\" >&2' 2>&1 | sh; g() { echo 'alpha 3'; } >&2; g 2>&1 | sh\n",
  },
  {
    shell: 'bash',
    script: "echo 'alpha 1' 2>&1 >&2 | sh; echo 'beta 2' >&2 2>&1 | sh; x=$(echo a 2>&1 >/dev/null; echo b); gamma \"$x\"\n",
  },
  { shell: 'dash', script: "{ echo 'alpha 1' >&2; } 2>&1 | sh; echo 'alpha 2' 3>&1 >&3 | sh; echo 'alpha 3' > /dev/stdout | sh\n" },
  { shell: 'bash', script: 'sh -c \'echo "alpha 1" &> e8\' | sh; sh <(sh -c \'echo "alpha 2" &> e8 > e8\')\n' },
  {
    shell: 'bash',
    script:
      '(echo x) 2>&1 2>&3 >& e1 | while read -r q; do alpha "$q"; done; { echo x; } > e2 2>&1 < none; beta "$(cat e2)"; x=$(echo y 2>&1 >&4); gamma "$x"\n',
  },
  { shell: 'bash', script: 'bash <(echo \'alpha "${0##*/}"\'); x=<(:); beta "${x##*/}"; sh <(echo \'gamma "$0"\')\n' },
  {
    shell: 'bash',
    script: '(echo x 2>&3) | while read -r q; do alpha "$q"; done; x=$(echo y 2>&4; echo z); beta "$x"; echo w < none | xargs gamma\n',
  },
  { shell: 'bash', script: 'sh <<< "$(sh -c \'echo "alpha 1" &> e1 >> e1\')"; x=$(sh -c \'echo "alpha 2" > e2 &> e3 > e3\'); sh e2\n' },
  { shell: 'bash', script: 'sh -c \'{ (echo "alpha 1") > e1; } > e2\'; sh e2\n' },
  { shell: 'dash', script: "{ (echo 'alpha 1') 1>&2; } > e1; sh e1; { { (echo 'alpha 2') > e2; } > e2; } > e3; sh e3\n" },
  { shell: 'bash', script: "{ x=$(echo 'alpha 1' > e1 1>&2); } |& sh; { x=$(sh -c 'echo alpha 2 >&2'); } |& sh\n" },
  { shell: 'dash', script: "{ echo '# first'; echo 'alpha 12345' > /dev/stdout; echo '# last'; } > e1; sh e1; cat e1 | xargs beta\n" },
  {
    shell: 'bash',
    script: "{ echo alpha 1; echo 2 >> /dev/fd/1; echo beta 3; } > e1; sh e1; { echo 4; tee /dev/stdout <<< 'gamma'; } > e2; sh e2\n",
  },
];
