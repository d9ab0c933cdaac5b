import { existsSync } from 'node:fs';

/** Programs that do nothing but write down how they were started; those called `fail…` as their first word end with 1. */
export const stubPrograms: readonly string[] = ['alpha', 'beta', 'gamma', 'delta', 'git', 'npm', 'curl', 'docker'];

const harmless =
  'rm cp mv touch mkdir rmdir ln cat tee head tail tr rev base64 sort uniq cut wc seq xargs find env timeout nice nohup setsid stdbuf basename dirname sed awk grep sh bash dash zsh ls mktemp date truncate dd ' +
  'realpath readlink xxd tac nl paste chmod sleep printf echo true false test tar split install expr yes fold time pwd ' +
  'perl flock script unlink shred comm join diff cmp stat du file od nproc id printenv mkfifo make';

/** Programs that are really run, and write down that they were. */
export const realPrograms: readonly string[] = harmless.split(' ').filter((name) => existsSync(`/usr/bin/${name}`));
