// Copies of what was there before, which programs leave beside the files that they change.
import { dirname } from '../paths.ts';
import type { Invocation } from '../shell/invocation.ts';
import { anyName, concat, known, type Text } from '../shell/value.ts';
import type { Parsed } from './options.ts';

/** `cp`, `mv`, `ln` and `install` with `-b`, `-S` or `--backup`. Source: GNU coreutils manual, "Backup options". */
export function backUp(target: Text, parsed: Parsed, call: Invocation): void {
  if (!parsed.has('b', 'backup', 'S')) return;
  const method = known(parsed.value('backup') ?? 'existing') ?? 'existing';
  if (/^(?:none|off)$/.test(method)) return;
  const path = trimmed(target);
  if (!/^(?:numbered|t)$/.test(method)) call.write(concat(path, parsed.value('S') ?? '~'), { keepLink: true });
  if (!/^(?:simple|never)$/.test(method)) call.write(concat(path, '.~', anyName, '~'), { keepLink: true });
}

/** `sed -i.bak`, `perl -i.bak`: a suffix, or a name in which `*` stands for that of the file. Source: sed(1), perlrun(1). */
export function keepBackup(file: Text, suffix: Text | undefined, call: Invocation): void {
  if (suffix === undefined || suffix === '') return;
  const [path, shape] = [known(file), known(suffix)];
  if (path === undefined || shape === undefined) {
    call.write(concat(file, suffix));
    return;
  }
  if (!shape.includes('*')) {
    call.write(path + shape, { keepLink: true });
    return;
  }
  const name = shape.replaceAll('*', path.slice(path.lastIndexOf('/') + 1));
  call.write(name.includes('/') ? name : `${dirname(path)}/${name}`, { keepLink: true });
}

function trimmed(target: Text): Text {
  return typeof target === 'string' ? target.replace(/(?<=.)\/+$/, '') : target;
}
