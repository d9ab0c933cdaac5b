import type { Invocation, Result } from '../shell/invocation.ts';
import { display, known, originOf, type Text } from '../shell/value.ts';
import { judgeSpecs } from './package-specs.ts';
import type { Program } from './registry.ts';
import { commandLine } from './verbs.ts';

/**
 * Package managers of the machine. Installing and updating signed packages adds what others have read and can be taken back: it is said
 * (`system.install`), and the default policy lets it pass. Removing takes programs away that others need, so it is a change of the system's
 * folders. Source: the managers' manuals.
 */
interface Manager {
  readonly values?: string;
  readonly installs: RegExp;
  readonly removes: RegExp;
  /** For managers whose verbs are options. */
  readonly byOption?: boolean;
  /** What it installs is the user's own: removing it is no change of the system. */
  readonly own?: boolean;
}

const apt: Manager = {
  values: '-o --option -t --target-release --default-release -c --config-file -a --host-architecture',
  installs: /^(?:install|upgrade|full-upgrade|dist-upgrade|reinstall|build-dep|satisfy)$/,
  removes: /^(?:remove|purge|autoremove|autopurge)$/,
};
const dnf: Manager = {
  values: '-c --config --enablerepo --disablerepo --repo --installroot --releasever -x --exclude --setopt',
  installs: /^(?:install|localinstall|upgrade|update|reinstall|downgrade|swap|group|groupinstall|distro-sync)$/,
  removes: /^(?:remove|erase|autoremove|groupremove)$/,
};

function manager({ values = '', installs, removes, byOption = false, own = false }: Manager): Program {
  return (call): Result | undefined => {
    const line = commandLine(call.args, { values });
    // apt and dpkg run these before and after, as root: the way out of a sudoers list.
    for (const option of line.all('-o', '--option')) {
      const command = /(?:Invoke|Pre-Install-Pkgs|Post-Invoke\S*|ProxyAutoDetect|Auto-Detect\S*)(?:::)*=([\s\S]*)$/i.exec(
        known(option) ?? '',
      )?.[1];
      if (command !== undefined) call.shell(command);
    }
    if (line.has('-s', '--simulate', '--just-print', '--dry-run', '--no-act', '--recon', '--assumeno', '--test') && !byOption)
      return undefined;
    const verb = byOption ? undefined : known(line.words[0] ?? '');
    if (!byOption && line.words[0] !== undefined && verb === undefined) {
      call.opaque(`a command of ${call.name} that cannot be known`);
      return undefined;
    }
    const [removing, installing] = byOption
      ? [[...line.options.keys()].find((name) => removes.test(name)), [...line.options.keys()].find((name) => installs.test(name))]
      : [removes.test(verb ?? '') ? verb : undefined, installs.test(verb ?? '') ? verb : undefined];
    if (removing !== undefined) removal(call, `${call.name} ${removing}`, own);
    else if (installing !== undefined) {
      const items = byOption ? line.words : line.words.slice(1);
      judgeSpecs(call, items);
      // `apt install foo-` removes foo.
      if (call.name.startsWith('apt') && items.some((item) => /^[a-z0-9][a-z0-9+.:-]*-$/.test(known(item) ?? '')))
        removal(call, `${call.name} ${display(items[0] ?? '')}`, own);
      if (items.some((item) => originOf(item) === 'download')) call.act('code.remote', call.name);
      call.act(
        'system.install',
        `${call.name} ${installing} ${items
          .slice(0, 3)
          .map((item: Text) => display(item))
          .join(' ')}`.trim(),
      );
    }
    return undefined;
  };
}

function removal(call: Invocation, evidence: string, own: boolean): void {
  if (own) call.act('system.install', evidence);
  else call.change('/usr', { act: 'system.install', evidence });
}

const brew = manager({
  values: '--appdir',
  installs: /^(?:install|upgrade|reinstall|bundle|tap|cask)$/,
  removes: /^(?:uninstall|remove|rm|autoremove)$/,
  own: true,
});

export const systemPackagePrograms: Readonly<Record<string, Program>> = {
  apt: manager(apt),
  'apt-get': manager(apt),
  aptitude: manager(apt),
  nala: manager(apt),
  dpkg: manager({
    byOption: true,
    values: '-D --admindir --root --instdir --log',
    installs: /^(?:-i|--install|--unpack|--configure|-a)$/,
    removes: /^(?:-r|-P|--remove|--purge|--clear-selections|--force-all|--force-remove-essential)$/,
  }),
  rpm: manager({
    byOption: true,
    values: '--root --dbpath --prefix',
    installs: /^(?:-i|-U|-F|--install|--upgrade|--freshen|--reinstall)$/,
    removes: /^(?:-e|--erase)$/,
  }),
  yum: manager(dnf),
  dnf: manager(dnf),
  microdnf: manager(dnf),
  zypper: manager({
    values: '-r --repo -t --type',
    installs: /^(?:install|in|update|up|dup|dist-upgrade|patch)$/,
    removes: /^(?:remove|rm)$/,
  }),
  pacman: manager({
    byOption: true,
    values: '--config --root --dbpath',
    installs: /^(?:-S|-U|--sync|--upgrade)$/,
    removes: /^(?:-R|--remove)$/,
  }),
  yay: manager({ byOption: true, installs: /^(?:-S|-U|--sync|--upgrade)$/, removes: /^(?:-R|--remove)$/ }),
  paru: manager({ byOption: true, installs: /^(?:-S|-U|--sync|--upgrade)$/, removes: /^(?:-R|--remove)$/ }),
  apk: manager({ values: '-X --repository -p --root -t --virtual', installs: /^(?:add|upgrade|fix)$/, removes: /^del$/ }),
  emerge: manager({ byOption: true, installs: /^(?:-u|--update|-1|--oneshot)$/, removes: /^(?:-C|--unmerge|-c|--depclean)$/ }),
  pkg: manager({ installs: /^(?:install|upgrade|add)$/, removes: /^(?:delete|remove|autoremove|uninstall)$/ }),
  port: manager({ installs: /^(?:install|upgrade)$/, removes: /^uninstall$/ }),
  snap: manager({ values: '--channel', installs: /^(?:install|refresh)$/, removes: /^remove$/ }),
  flatpak: manager({ installs: /^(?:install|update)$/, removes: /^(?:uninstall|remove)$/, own: true }),
  brew: (call) => {
    const line = commandLine(call.args, {});
    if (known(line.words[0] ?? '') === 'services' && /^(?:start|stop|restart|run|kill)$/.test(known(line.words[1] ?? '') ?? ''))
      call.act('service.change', `brew services ${display(line.words[1] ?? '')}`);
    return brew(call);
  },
  choco: manager({ installs: /^(?:install|upgrade)$/, removes: /^uninstall$/ }),
  winget: manager({ installs: /^(?:install|upgrade)$/, removes: /^(?:uninstall|remove)$/ }),
  scoop: manager({ installs: /^(?:install|update)$/, removes: /^uninstall$/, own: true }),
  'add-apt-repository': (call) => {
    call.act('system.install', 'add-apt-repository');
    return undefined;
  },
  installer: (call) => {
    call.act('system.install', 'installer');
    return undefined;
  },
  msiexec: (call) => {
    if (call.args.some((arg) => /^https?:/.test(known(arg) ?? ''))) call.act('code.remote', 'msiexec');
    call.act('system.install', 'msiexec');
    return undefined;
  },
};
