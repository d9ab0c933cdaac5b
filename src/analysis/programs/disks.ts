import type { Invocation, Result } from '../shell/invocation.ts';
import { display, known, type Text } from '../shell/value.ts';
import type { Program } from './registry.ts';
import { commandLine, verbProgram, does } from './verbs.ts';

/** Programs that make, change and wipe file systems, partitions and volumes. Source: util-linux, e2fsprogs, LVM, ZFS and vendors' manuals. */

/** An image in the workspace or in a temporary folder is a file like any other; anything else is a disk. */
function destroys(call: Invocation, target: Text, evidence: string): void {
  const text = known(target);
  const isImage = text !== undefined && !text.startsWith('/dev/') && (call.isIn(target, 'workspace') || call.isIn(target, 'temp'));
  if (isImage) call.change(target, { evidence });
  else call.act('disk.write', evidence);
}

/** All or only the first of the words are targets; with one of `reading` nothing is written. */
function wiping(reading: string, values: string, count = Number.POSITIVE_INFINITY, writing?: string): Program {
  const reads = reading.split(' ');
  const writes = writing?.split(' ');
  return (call): Result | undefined => {
    const line = commandLine(call.args, { values });
    if (line.has(...reads) || (writes && !line.has(...writes))) return undefined;
    // Sizes and counts are no targets.
    const targets = line.words.filter((word) => !/^\d+[kKmMgG]?$/.test(known(word) ?? ''));
    for (const target of targets.slice(0, count)) destroys(call, target, `${call.name} ${display(target)}`);
    // Read from standard input, or asked for while it runs.
    if (line.words.length === 0 && !writes && call.args.length > 0) call.act('disk.write', call.name);
    return undefined;
  };
}

const mkfs = wiping(
  '-n -V --help --version',
  '-t --type -b -C -d -E -g -G -i -I -J -L -m -M -N -O -T -U -r -e -s -n -S -R -h -f -l -o -q --label --uuid --features',
  1,
);
/** mkfs.xfs and mkfs.btrfs give other meanings to the same letters. */
const mkfsOther = wiping('-N --help --version -V', '-b -d -i -l -m -n -p -r -s -L --label -A -O --features -U --uuid -K', 1);

function parted(call: Invocation): Result | undefined {
  const line = commandLine(call.args, { values: '-a --align' });
  const verbs = line.words.slice(1).map((word) => known(word) ?? '…');
  if (
    line.has('-l', '--list', '-h', '-v') ||
    (verbs.length > 0 &&
      verbs.every((word) => /^(?:print|free|list|all|unit|[kKMGT]?i?B|s|%|help|align-check|opt\w*|min\w*|\d+)$/.test(word)))
  )
    return undefined;
  if (line.words[0] !== undefined) destroys(call, line.words[0], `${call.name} ${display(line.words[0])}`);
  return undefined;
}

const listing =
  '-l --list -v --version -h --help -d --dump -J --json -V --verify -x --show-size -g --show-geometry -n --no-act -F --list-free -s --list-types -p --print';

/** Volumes are named, not pathed: `vg0/root` is a disk wherever it is typed. */
const logicalVolume: Program = does((call) => {
  const isDry = call.args.some((arg) => /^(?:-t|--test|--help|--version)$/.test(known(arg) ?? ''));
  if (!isDry && call.args.length > 0) call.act('disk.write', `${call.name} ${display(call.args.at(-1) ?? '')}`);
});

export const diskPrograms: Readonly<Record<string, Program>> = {
  mkfs,
  ...Object.fromEntries(
    ['ext2', 'ext3', 'ext4', 'fat', 'vfat', 'msdos', 'ntfs', 'exfat', 'minix', 'cramfs', 'bfs', 'jfs', 'udf'].map((kind) => [
      `mkfs.${kind}`,
      mkfs,
    ]),
  ),
  ...Object.fromEntries(['xfs', 'btrfs', 'f2fs', 'bcachefs', 'nilfs2'].map((kind) => [`mkfs.${kind}`, mkfsOther])),
  mke2fs: mkfs,
  mkntfs: mkfs,
  mkdosfs: mkfs,
  newfs: mkfs,
  newfs_apfs: mkfs,
  newfs_hfs: mkfs,
  mkswap: wiping('--help --version', '-L --label -U --uuid -p --pagesize -v', 1),
  swapoff: does((call) => call.act('service.change', 'swapoff')),
  swapon: does((call) =>
    call.args.length === 0 || /^(?:--show|-s|--summary)/.test(call.word(0) ?? '') ? undefined : call.act('service.change', 'swapon'),
  ),
  fdisk: wiping(listing, '-b --sector-size -C --cylinders -H --heads -S --sectors -t --type -o --output -w --wipe'),
  sfdisk: wiping(listing, '-N --partno -o --output -X --label -w --wipe -b --backup -O'),
  cfdisk: wiping('-h --help -V --version -r --read-only', '-L --color', 1),
  gdisk: wiping('-l', '', 1),
  sgdisk: wiping(
    '-p --print -i --info -v --verify -L --list-types -b --backup -D -E -F -f -P --pretend -h -V --version',
    '-i -b -n -t -c -u -d',
    1,
  ),
  parted,
  partprobe: wiping('-d --dry-run -s --summary -h -v', '', 1),
  wipefs: (call) => {
    const line = commandLine(call.args, { values: '-o --offset -t --types -O --output' });
    if (line.has('-a', '--all', '-o', '--offset') && !line.has('-n', '--no-act'))
      for (const target of line.words) destroys(call, target, `wipefs ${display(target)}`);
    return undefined;
  },
  blkdiscard: wiping('-h --help -V', '-o --offset -l --length -p --step'),
  blkzone: verbProgram('reset|open|close|finish  disk.write'),
  hdparm: wiping(
    '',
    '-B -M -S -W -X -a -A -d -m',
    2,
    '--security-erase --security-erase-enhanced --security-set-pass --security-disable --trim-sector-ranges --write-sector --make-bad-sector --fwdownload --dco-restore --sanitize-block-erase --sanitize-crypto-scramble --sanitize-overwrite',
  ),
  nvme: verbProgram('format|sanitize|write|write-zeroes|write-uncor|dsm|delete-ns|fw-*|security-send  disk.write'),
  badblocks: wiping('', '-b -c -e -d -i -o -p -t', 1, '-w -n'),
  cryptsetup: verbProgram(
    'luksFormat|erase|luksErase|reencrypt|luksRemoveKey|luksKillSlot|luksHeaderRestore|luksChangeKey|format  disk.write',
    { values: '-c -h -s --key-file -d --header' },
  ),
  'cryptsetup-reencrypt': does((call) => call.act('disk.write', call.name)),
  ...Object.fromEntries(
    [
      'pvcreate',
      'pvremove',
      'vgremove',
      'vgreduce',
      'vgcreate',
      'lvremove',
      'lvreduce',
      'lvresize',
      'lvconvert',
      'pvmove',
      'lvcreate',
      'lvextend',
      'vgextend',
      'pvresize',
    ].map((name) => [name, logicalVolume]),
  ),
  zpool: verbProgram('create|destroy|add|remove|labelclear|offline|detach|attach|replace|split|export  disk.write', { values: '-o -O -R' }),
  zfs: verbProgram('destroy|rollback|receive|recv  disk.write', { values: '-o -t' }),
  btrfs: verbProgram(`
    subvolume|device|balance delete|remove|replace  disk.write
    subvolume sub delete   disk.write
    check --repair         disk.write
  `),
  mdadm: wiping(
    '-D --detail -E --examine -Q --query -s --scan',
    '-l --level -n --raid-devices -x --spare-devices',
    1,
    '--create -C --zero-superblock --stop -S --fail -f --remove -r --add -a --grow -G',
  ),
  losetup: (call) => {
    const line = commandLine(call.args, { values: '-o --offset --sizelimit -b --sector-size -j --associated' });
    if (line.words.length > 0 && !line.has('-l', '--list', '-a', '--all', '-j')) call.act('privilege.raise', 'losetup');
    return undefined;
  },
  dmsetup: verbProgram('remove|remove_all|create|load|wipe_table|suspend|clear|reload  disk.write'),
  fsck: wiping('-n -N -l --help', '-t -C', 1, '-y -a -p -f'),
  e2fsck: wiping('-n', '-b -B -C -E -j -l -L', 1, '-y -p -a -f -D'),
  tune2fs: wiping('-l', '-c -C -e -E -g -i -I -J -L -m -M -o -O -Q -r -T -u -U', 1),
  resize2fs: wiping('-P', '-d -S', 1),
  debugfs: wiping('', '-f -R -s -b', 1, '-w'),
  fstrim: () => undefined,
  eject: () => undefined,
  diskutil: verbProgram(`
    erase*|partition*|reformat|secureErase|zeroDisk|randomDisk|resizeVolume|mergePartitions|splitPartition  disk.write
    apfs|ap delete*|erase*|create*|resize*  disk.write
    cs|coreStorage|appleRAID delete*|revert|create|remove  disk.write
  `),
  hdiutil: verbProgram('burn|erase*|eraseKeys  disk.write'),
  asr: verbProgram('restore --erase|-erase  disk.write', { singleDash: true }),
  format: does((call) => call.args.some((arg) => /^[A-Za-z]:$/.test(known(arg) ?? '')) && call.act('disk.write', 'format')),
  'format.com': does((call) => call.act('disk.write', 'format')),
  diskpart: does((call) => call.act('disk.write', 'diskpart')),
  ddrescue: (call) => {
    const target = commandLine(call.args, { values: '-b -B -c -i -o -s -r -S' }).words[1];
    if (target !== undefined) call.write(target);
    return undefined;
  },
  dcfldd: (call) => call.start(['dd', ...call.args]),
  dc3dd: (call) => call.start(['dd', ...call.args]),
  scrub: wiping('-h', '-p -b -s', 1),
  nwipe: wiping('-h -V', '-m -p -r', 1),
  wipe: wiping('-h', '-q -l -R -S -C -k', 99),
  'flash-kernel': does((call) => call.act('disk.write', call.name)),
  flashrom: wiping('-r --read', '-p -r -w -E', 1, '-w --write -E --erase'),
};
