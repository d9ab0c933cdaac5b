import type { Case } from '../room.ts';

/** What is run from folders that were copied or moved, by patterns, and through lists of files. */
export const copies: readonly Case[] = [
  {
    shell: 'bash',
    script: "mkdir p; echo 'alpha one' > p/s.sh; cp -r p q; sh q/s.sh; mv q r; sh r/s.sh; echo 'beta' > p/s.sh; sh r/s.sh; sh p/s.sh\n",
  },
  { shell: 'bash', script: "mkdir -p p/i; echo 'alpha one' > p/i/s.sh; cp -R p q; cp -a q/i t; sh t/s.sh; sh q/i/s.sh\n" },
  { shell: 'bash', script: "mkdir p; echo 'alpha one' > p/s.sh; mv p q; mkdir p; echo 'beta' > p/s.sh; sh q/s.sh; sh p/s.sh\n" },
  { shell: 'bash', script: "mkdir p q; echo 'alpha one' > p/s.sh; mv p x; mv q p; mv x q; sh q/s.sh; sh p/s.sh || beta\n" },
  { shell: 'bash', script: "mkdir p q; echo 'alpha one' > p/s.sh; cp -r p/. q; sh q/s.sh; cp -r p q; sh q/p/s.sh\n" },
  { shell: 'bash', script: "mkdir p q; echo 'alpha p' > p/s.sh; echo 'alpha q' > q/s.sh; cp -r p/* q/; sh q/s.sh\n" },
  { shell: 'bash', script: "mkdir p; echo 'alpha one' > p/s.sh; cp -r p q; echo 'beta two' > q/s.sh; sh q/s.sh; sh p/s.sh\n" },
  { shell: 'bash', script: 'mkdir p; for n in 1 2 3; do echo "alpha $n" > p/$n.sh; done; for f in p/*.sh; do sh $f; done\n' },
  { shell: 'bash', script: "mkdir p; date > p/x; echo 'alpha' > p/1.sh; sh p/*.sh; mv p q; sh q/*.sh; cp -r q p; sh p/?.sh\n" },
  { shell: 'bash', script: "mkdir p; printf '#!/bin/sh\\nalpha $0\\n' > p/t; chmod +x p/t; for t in p/*; do $t; done; ./p/t\n" },
  { shell: 'bash', script: 'mkdir -p p/q; touch p/1.x p/q/2.x p/3.y; find p -name "*.x" | xargs rm; find p -name "*.y" -exec rm {} +\n' },
  { shell: 'bash', script: 'mkdir -p p/q; touch p/1.x p/q/2.x; rm $(find p -name "*.x"); ls -R p\n' },
  { shell: 'bash', script: "mkdir p; echo one > p/a; echo one > p/b; grep -rl one p | xargs sed -i 's/one/two/'; alpha $(cat p/a p/b)\n" },
  { shell: 'bash', script: "mkdir p; echo 'alpha one' > p/s.sh; sed -i s/alpha/beta/ $(grep -rl one p); sh p/s.sh\n" },
  { shell: 'bash', script: 'for n in a b; do echo "alpha $n" > "$n$((n + 1)).sh"; done; sh a1.sh; sh b1.sh\n' },
  { shell: 'bash', script: "mkdir p; echo 'alpha one' > p/a.sh; mv p q; mv q r; sh r/a.sh; cp -r r q; mkdir -p q; sh q/a.sh\n" },
  {
    shell: 'bash',
    script: "mkdir p q; echo 'alpha p' > p/a.sh; echo 'alpha q' > q/a.sh; cp -r p/. o; cp -r q/. o; sh o/a.sh; sh o/q/a.sh || beta\n",
  },
  {
    shell: 'bash',
    script: "mkdir p; echo 'alpha one' > p/a.sh; cp -r p q; ln -s q l; sh l/a.sh; cp -r p n/; sh n/a.sh; sh n/p/a.sh || beta\n",
  },
  { shell: 'bash', script: "mkdir p d; echo 'alpha 1' > p/1.sh; ln -s $PWD/p/* d/; sh d/*.sh; ln -s ../p d/sub; sh d/*/1.sh\n" },
  {
    shell: 'bash',
    script:
      "mkdir p d; echo 'alpha 1' > p/1.sh; find p -name '*.sh' -exec cp {} d \\;; sh d/*.sh; ls p | xargs -I{} cp p/{} d/x.sh; sh d/x.sh\n",
  },
  {
    shell: 'bash',
    script: "mkdir p; echo 'alpha one' > a.sh; cp *.sh p/; cp -r p o; sh o/a.sh; cp /bin/echo t; echo 'beta' > p/t; cp p/* .; sh ./t x\n",
  },
];
