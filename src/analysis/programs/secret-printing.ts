import type { Invocation, Result } from '../shell/invocation.ts';
import { display, known, unknownFrom } from '../shell/value.ts';
import { isSecretVariable } from '../secret-names.ts';
import type { Program } from './registry.ts';
import { commandLine, readNamedSecrets, verbProgram, does } from './verbs.ts';

/** Programs that print keys and tokens, beyond those of clouds, forges and package managers. Source: their manuals. */
export const secretPrograms: Readonly<Record<string, Program>> = {
  printenv: (call) => {
    const { words } = commandLine(call.args, {});
    if (words.length === 0) call.act('secret.print', 'the environment', 'read');
    for (const word of words) {
      const name = known(word);
      if (name === undefined || isSecretVariable(name)) call.act('secret.print', display(word), 'read');
    }
    return undefined;
  },
  gpg,
  gpg2: gpg,
  'ssh-keygen': (call) => {
    const line = commandLine(call.args, { values: '-f -t -b -C -N -P -m -O -I -n -s -V -z -D -E -F -R -r -a -Y -w -W -M -Z -T' });
    const file = line.value('-f');
    // `-y` prints the public half, having read the private one.
    if (line.has('-y', '-e', '-p', '-c') && file !== undefined) call.read(file);
    else if (file !== undefined && !line.has('-l', '-F', '-R', '-B', '-H', '-L', '-Y')) call.write(file);
    if (line.has('-R') && file === undefined) call.change(`${call.run.places.home}/.ssh/known_hosts`);
    return undefined;
  },
  'ssh-add': (call) => {
    const { words } = commandLine(call.args, { values: '-t -s -e -E -h -H -S -T' });
    for (const file of words) call.read(file);
    return undefined;
  },
  'ssh-copy-id': (call) => {
    const line = commandLine(call.args, { values: '-i -p -o -F -t' });
    call.act('net.upload', `ssh-copy-id ${line.words.map(display).join(' ')}`);
    return undefined;
  },
  keytool: verbProgram(
    '-exportcert|-list  none',
    {},
    does((call) => readNamedSecrets(call, call.args)),
  ),
  getent: does((call) => (call.word(0) === 'shadow' || call.word(0) === 'gshadow' ? call.read('/etc/shadow') : undefined)),
  unshadow: does((call) => call.read('/etc/shadow')),
  xclip: inherit,
  xsel: inherit,
  pbpaste: () => ({ out: unknownFrom('unknown-output') }),
  'wl-paste': () => ({ out: unknownFrom('unknown-output') }),
  gcore: does((call) => call.act('secret.print', 'memory of a process', 'read')),
  procdump: does((call) => call.act('secret.print', 'memory of a process', 'read')),
  mimikatz: does((call) => call.act('secret.print', call.name, 'read')),
  lazagne: does((call) => call.act('secret.print', call.name, 'read')),
  ps,
};

function inherit(call: Invocation): Result | undefined {
  const { words } = commandLine(call.args, { values: '-selection -sel -t -d' });
  call.readAll(words.filter((word) => call.isSecret(word)));
  return undefined;
}

function gpg(call: Invocation): Result | undefined {
  const line = commandLine(call.args, {
    values:
      '-u --local-user -r --recipient -o --output --homedir --passphrase --passphrase-file --passphrase-fd --batch --keyserver --pinentry-mode --default-key --status-fd --trust-model --cipher-algo --exec-path --agent-program --photo-viewer',
  });
  if (line.has('--export-secret-keys', '--export-secret-subkeys', '--export-secret-key'))
    call.act('secret.print', 'gpg --export-secret-keys', 'read');
  if (line.has('--delete-secret-keys', '--delete-secret-key', '--delete-secret-and-public-key', '--delete-keys', '--delete-key'))
    call.change(`${call.run.places.home}/.gnupg`, { evidence: 'gpg --delete-keys' });
  for (const folder of line.all('--exec-path', '--agent-program', '--pinentry-program', '--photo-viewer'))
    call.opaque(`gpg starts ${display(folder)}`);
  const output = line.value('-o', '--output');
  if (output !== undefined && known(output) !== '-') call.write(output, { content: unknownFrom('decoded') });
  readNamedSecrets(call, line.words, line.has('-e', '--encrypt', '-c', '--symmetric', '-s', '--sign') ? 'secret.copy' : undefined);
  return { out: line.has('-d', '--decrypt') ? unknownFrom('decoded') : unknownFrom('unknown-output') };
}

/** `ps e` in the BSD spelling shows the environments of processes. */
function ps(call: Invocation): Result {
  const first = call.word(0) ?? '';
  if (/^[a-z]*e[a-z]*$/.test(first)) call.act('secret.print', 'environments of processes', 'read');
  // Those of one program or one number are not all.
  const isNarrow = call.args.some((arg) => /^(?:-[Cpqst]|--(?:pid|ppid|sid|tty|quick-pid)\b.*|\d+|\$!)$/.test(known(arg) ?? '0'));
  return isNarrow ? {} : { out: unknownFrom('processes') };
}
