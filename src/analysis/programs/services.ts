import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { anyText, display, isMany, known, originOf, unknownFrom, type Text } from '../shell/value.ts';
import { grammar } from './options.ts';
import type { Program } from './registry.ts';
import { commandLine, verbProgram, does } from './verbs.ts';

/** Services, scheduled jobs, processes, users and the machine as a whole. Source: systemd, cron, procps, shadow and init manuals. */

/** Programs whose end would leave the agent without its guard, or the person without the editor. */
const guards =
  /^(?:agent-policy\S*|code(?:-insiders|-server|-oss)?|vscodium|codium|cursor|windsurf|electron|claude|codex|gemini|copilot|opencode|qwen)$/i;
/** A pattern that also fits the editor, the guard or nearly everything. */
const widePattern = /^(?:\.?\*?|\.\+|\^?\.|\[.*\]|\^|\$|[a-z])$/i;
const guardPattern = /agent-policy|hook\.cjs|vscode|code-server|extensionHost|\bclaude\b|\bcodex\b|opencode/i;

const signals = /^-(?:\d+|(?:SIG)?(?:HUP|INT|QUIT|KILL|TERM|STOP|CONT|USR1|USR2|TSTP|PIPE|ALRM|WINCH|ABRT|0))$/i;

function kill(call: Invocation): Result | undefined {
  let ended = false;
  for (let i = 0; i < call.args.length; i++) {
    const arg = call.args[i] ?? '';
    const text = known(arg);
    if (text === '-l' || text === '-L' || text === '--list') return undefined;
    if (!ended && (text === '-s' || text === '-n' || text === '--signal')) i += 1;
    else if (text === '--') ended = true;
    else if (!ended && i === 0 && text !== undefined && signals.test(text) && (text !== '-1' || call.args.length > 1)) continue;
    else if (originOf(arg) === 'processes') call.act('process.kill-all', 'every process that is listed');
    else if (text !== undefined && /^-1$|^0$|^1$|^\+1$/.test(text)) call.act('process.kill-all', `kill ${text}`);
  }
  return undefined;
}

function killByName(call: Invocation): Result | undefined {
  const line = commandLine(
    call.args.filter((arg) => !signals.test(known(arg) ?? '')),
    {
      values:
        '-u --euid -U --uid -G --group -g --pgroup -P --parent -s --signal -t --terminal -F --pidfile --ns -o -y --older-than --younger-than -Z --context -d',
    },
  );
  const everyone = line.value('-u', '--euid', '-U', '--uid', '--user');
  if (call.name === 'pgrep') return { out: line.words.length === 0 ? unknownFrom('processes') : anyText };
  if (line.has('-l') && line.words.length === 0) return undefined;
  if (everyone !== undefined || (call.name === 'killall' && line.has('-u', '--user'))) {
    if (line.words.length === 0 || known(everyone ?? '') === 'root')
      call.act('process.kill-all', `${call.name} -u ${everyone === undefined ? '' : display(everyone)}`);
  }
  if (line.has('-v', '--inverse') && call.name === 'pkill') call.act('process.kill-all', 'pkill --inverse');
  for (const word of line.words) {
    const text = known(word);
    if (text === undefined) {
      if (isMany(word)) continue;
      call.opaque('a process that cannot be known');
    } else if (guards.test(text.replace(/^.*\//, '')) || guardPattern.test(text)) call.act('guard.bypass', `${call.name} ${text}`);
    else if (widePattern.test(text) && call.name === 'pkill') call.act('process.kill-all', `${call.name} ${text}`);
    else if (
      /^(?:systemd|init|sshd|dbus-daemon|gnome-shell|Xorg|Finder|WindowServer|launchd|explorer\.exe|csrss\.exe|lsass\.exe)$/.test(text)
    )
      call.act('process.kill-all', `${call.name} ${text}`);
  }
  return undefined;
}

const systemctlTable = `
  status|list-*|show|show-*|cat|is-*|get-default|help|--version  none
  poweroff|reboot|halt|kexec|suspend|hibernate|hybrid-sleep|soft-reboot|emergency|rescue|exit  machine.power
  isolate|set-default        machine.power
  stop|disable|mask|start|enable|restart|try-restart|reload*|kill|unmask|edit|link|reenable|revert|preset*|daemon-*|set-property|set-environment|unset-environment|import-environment|reset-failed|clean|freeze|thaw  service.change
`;

function power(call: Invocation): Result | undefined {
  const line = commandLine(call.args, {});
  if (line.has('-c', '--help', '--show', '--wtmp-only', '-w')) return undefined;
  call.act('machine.power', call.name);
  return undefined;
}

function runlevel(call: Invocation): Result | undefined {
  const level = call.word(0);
  if (level === undefined ? call.args.length > 0 : /^[0-6sS]$/.test(level)) call.act('machine.power', `${call.name} ${level ?? ''}`);
  else if (level !== undefined && !level.startsWith('-')) call.act('service.change', `${call.name} ${level}`);
  return undefined;
}

/** crontab(1): `-l` reads; a file, `-` or `-r` replaces all jobs of a user. */
function crontab(call: Invocation): Result | undefined {
  const parsed = call.parse(grammar('u= l r i e s c'));
  if (parsed.has('l')) return undefined;
  call.act('service.change', parsed.has('r') ? 'crontab -r' : 'crontab');
  for (const file of parsed.operands) if (known(file) !== '-') call.read(file);
  return undefined;
}

function sysctl(call: Invocation): Result | undefined {
  const parsed = call.parse(grammar('w,write p?,load? a,all A e n q N r= system values', {}));
  if (parsed.has('w', 'p', 'system') || parsed.operands.some((word) => display(word).includes('=')))
    call.act('service.change', 'sysctl -w');
  return undefined;
}

function firewall(call: Invocation): Result | undefined {
  const words = call.args.map((arg) => known(arg) ?? '');
  const reads =
    words.length === 0 ||
    words.some((word) =>
      /^(?:-L|-S|--list(?:-\w+)*|--list-rules|-n?L\w*|-vnL|-nvL|list|status|show|--state|--get-\w+|--check|-C|--version|monitor|export)$/.test(
        word,
      ),
    ) ||
    words.every((word) => /^-[nvLtSx]+$|^filter$|^nat$/.test(word));
  if (!reads) call.act('service.change', [call.name, ...words.slice(0, 2)].join(' '));
  return undefined;
}

const changes = (evidence?: string): Program => does((call) => call.act('service.change', evidence ?? call.name));

/** Accounts: their files are the system's. */
function account(call: Invocation): Result | undefined {
  if (call.word(0) === '-S' || call.word(0) === '--status' || call.word(0) === '-l') return undefined;
  call.act('service.change', call.name);
  call.change('/etc/passwd', { evidence: call.name });
  return undefined;
}

function only(reading: RegExp, act: 'service.change' | 'machine.power'): Program {
  return (call) => {
    const words = call.args.map((arg) => known(arg) ?? '…');
    if (words.length > 0 && !words.some((word) => reading.test(word))) call.act(act, [call.name, ...words.slice(0, 2)].join(' '));
    return undefined;
  };
}

/** Services of the system that the bus leads to: sessions and power, units, disks, packages, networks, users, clocks. */
const systemServices =
  /\borg\.freedesktop\.(?:login1|systemd1|PackageKit|UDisks2|NetworkManager|PolicyKit1|Accounts|hostname1|timedate1|locale1|home1|machine1|portable1|import1|ConsoleKit|UPower|fwupd)\b|\borg\.(?:gnome\.SessionManager|kde\.Shutdown|kde\.KSMServerInterface)\b/;
const busReads = /^(?:[\w.]+\.)?(?:Get\w*|List\w*|Introspect|Ping|Can\w*|Inhibit|Describe)$/;

/** A message on the bus does what `systemctl` and its like do: `busctl call org.freedesktop.login1 … Reboot`. */
function systemBus(call: Invocation): Result | undefined {
  const words = call.args.map((arg) => known(arg) ?? '…');
  if (call.name === 'busctl' && !words.some((word) => /^(?:call|set-property|emit)$/.test(word))) return undefined;
  if (call.name === 'gdbus' && !/^(?:call|emit)$/.test(words[0] ?? '')) return undefined;
  if (words.includes('org.freedesktop.secrets') || words.includes('--dest=org.freedesktop.secrets'))
    call.act('secret.print', 'the keyring', 'read');
  const service = words.find((word) => systemServices.test(word));
  if (service !== undefined && !words.some((word) => busReads.test(word)))
    call.act(/login1|SessionManager|Shutdown|ConsoleKit/.test(service) ? 'machine.power' : 'service.change', `${call.name} ${service}`);
  return undefined;
}

/** `start-stop-daemon`, `systemd-run` and the like end or start others by options. */
function startStop(call: Invocation): Result | Outcome | undefined {
  call.act('service.change', call.name);
  const line = commandLine(call.args, { values: '-x --exec -a --startas -p --pidfile -u --user -n --name' });
  const program = line.value('-a', '--startas', '-x', '--exec');
  return program === undefined || line.has('-K', '--stop') ? undefined : call.start([program as Text, ...(line.rest ?? [])]);
}

/** `ip netns exec name command`. Source: ip-netns(8), ip-vrf(8). */
function ip(call: Invocation): Result | Outcome | undefined {
  const at = call.args.findIndex((arg) => /^(?:netns|vrf)$/.test(known(arg) ?? ''));
  const isExec = at >= 0 && /^e(?:x(?:e(?:c)?)?)?$/.test(call.word(at + 1) ?? '');
  const from = call.args.findIndex((arg, i) => i > at + 1 && !known(arg)?.startsWith('-'));
  return isExec && call.args[from + 1] !== undefined ? call.start(call.args.slice(from + 1)) : undefined;
}

// Its configuration names scripts to run.
function logrotate(call: Invocation): undefined {
  const { words } = commandLine(call.args, { values: '-s --state -m --mail -l --log' });
  for (const file of words) if (call.content(file)?.fresh || !call.isIn(file, 'system')) call.opaque(`scripts of ${display(file)}`);
}

function tcpdump(call: Invocation): Result | undefined {
  const line = commandLine(call.args, { singleDash: true, values: '-z -w -r -i -c -s -C -G -W -F -Z -B -E -T -y' });
  for (const command of line.all('-z')) call.start([command, 'capture']);
  for (const file of line.all('-w')) if (known(file) !== '-') call.write(file);
  return undefined;
}

export const servicePrograms: Readonly<Record<string, Program>> = {
  ip,
  logrotate,
  tcpdump,
  kill,
  pkill: killByName,
  pgrep: killByName,
  killall: killByName,
  killall5: does((call) => call.act('process.kill-all', 'killall5')),
  skill: killByName,
  xkill: does((call) => call.act('process.kill-all', 'xkill')),
  fuser: (call) => {
    if (
      call.args.some((arg) => /^-\w*k|^--kill$/.test(known(arg) ?? '')) &&
      call.args.some((arg) => /^-\w*m|^--mount$|^\/$/.test(known(arg) ?? ''))
    )
      call.act('process.kill-all', 'fuser -k');
    return undefined;
  },
  taskkill: (call) => {
    const words = call.args.map((arg) => known(arg) ?? '');
    const image = words[words.findIndex((word) => /^[/-]im$/i.test(word)) + 1] ?? '';
    if (guards.test(image.replace(/\.exe$/i, ''))) call.act('guard.bypass', `taskkill ${image}`);
    else if (image === '*' || words.some((word) => /^[/-]fi$/i.test(word))) call.act('process.kill-all', `taskkill ${image}`);
    return undefined;
  },
  systemctl: verbProgram(systemctlTable, {
    values: '-H --host -M --machine -t --type -p --property -n --lines -o --output --state -s --signal',
  }),
  busctl: systemBus,
  'dbus-send': systemBus,
  gdbus: systemBus,
  qdbus: systemBus,
  service: (call) => {
    const verb = call.word(1);
    if (call.args.length > 1 && verb !== 'status' && call.word(0) !== '--status-all')
      call.act('service.change', `service ${call.word(0) ?? ''} ${verb ?? ''}`);
    return undefined;
  },
  launchctl: only(/^(?:list|print\S*|help|version|blame|dumpstate|managerpid|getenv)$/, 'service.change'),
  sc: only(/^(?:query\w*|qc|qdescription|qfailure|getdisplayname|getkeyname|enumdepend|sdshow)$/i, 'service.change'),
  'sc.exe': only(/^(?:query\w*|qc|qdescription|qfailure|getdisplayname|getkeyname|enumdepend|sdshow)$/i, 'service.change'),
  schtasks: only(/^[/-](?:query|\?)$/i, 'service.change'),
  initctl: only(/^(?:list|status|version|show-config)$/, 'service.change'),
  'rc-service': only(/^(?:status|--list|-l)$/, 'service.change'),
  'rc-update': only(/^(?:show|-v)$/, 'service.change'),
  'update-rc.d': changes(),
  chkconfig: only(/^--list$/, 'service.change'),
  'start-stop-daemon': startStop,
  supervisorctl: only(/^(?:status|tail|pid|avail|version|maintail)$/, 'service.change'),
  crontab,
  anacron: changes(),
  atrm: changes(),
  shutdown: power,
  reboot: power,
  halt: power,
  poweroff: power,
  pm_suspend: power,
  init: runlevel,
  telinit: runlevel,
  loginctl: only(/^(?:list-\w+|show-\w+|user-status|session-status|seat-status|--version)$/, 'service.change'),
  hostnamectl: only(/^(?:status|--json.*|hostname)$/, 'service.change'),
  timedatectl: only(/^(?:status|show|list-timezones|timesync-status|show-timesync)$/, 'service.change'),
  localectl: only(/^(?:status|list-\S+)$/, 'service.change'),
  hwclock: only(/^(?:-r|--show|--get)$/, 'service.change'),
  ntpdate: changes(),
  sysctl,
  modprobe: only(/^(?:-n|--dry-run|--show\S*|-D|-c|-V|--version|--resolve-alias|-R)$/, 'service.change'),
  insmod: changes(),
  rmmod: changes(),
  kexec: only(/^--version$/, 'machine.power'),
  iptables: firewall,
  ip6tables: firewall,
  'iptables-restore': changes(),
  nft: firewall,
  ufw: firewall,
  'firewall-cmd': firewall,
  pfctl: only(/^-\w*s|^-n/, 'service.change'),
  ipfw: only(/^(?:list|show)$/, 'service.change'),
  setenforce: changes(),
  aa_teardown: changes(),
  useradd: account,
  adduser: account,
  userdel: account,
  deluser: account,
  usermod: account,
  groupadd: account,
  groupdel: account,
  groupmod: account,
  gpasswd: account,
  passwd: account,
  chpasswd: account,
  chsh: account,
  chfn: account,
  chage: (call) => (call.word(0) === '-l' ? undefined : account(call)),
  vipw: account,
  visudo: (call) => (call.args.some((arg) => /^-\w*c|^--check$/.test(known(arg) ?? '')) ? undefined : account(call)),
  dscl: only(/^-(?:read|list|search)$/, 'service.change'),
  'update-grub': changes(),
  'grub-install': does((call) => call.act('disk.write', 'grub-install')),
  efibootmgr: only(/^(?:-v|--verbose)$/, 'service.change'),
  'update-alternatives': only(/^--(?:display|list|query|get-selections)$/, 'service.change'),
  pm2: does((call) => (call.word(0) === 'startup' ? call.act('service.change', 'pm2 startup') : undefined)),
  scutil: only(/^--(?:get|dns|proxy|nwi)$/, 'service.change'),
  nvram: only(/^-(?:p|x?p)$/, 'service.change'),
  csrutil: only(/^status$/, 'service.change'),
  spctl: only(/^(?:--status|--assess|-a)$/, 'service.change'),
  defaults: (call) => {
    if (
      /^(?:write|delete|import)$/.test(call.word(0) ?? '') &&
      /loginwindow|LaunchServices|alf|screensaver|SoftwareUpdate/.test(call.word(1) ?? '')
    )
      call.act('service.change', `defaults ${call.word(0)}`);
    return undefined;
  },
};
