import type { Zone } from '../model/zone.ts';
import { basename, isWithin } from './paths.ts';
import { isInTemp } from './temp-folders.ts';

/** What decides where a path lies: all absolute and normalized. */
export interface Places {
  readonly home: string;
  readonly workspace: string;
  /** Folders for temporary files besides the usual ones, such as `$TMPDIR`. */
  readonly temp?: readonly string[];
  readonly ignoresCase?: boolean;
}

const systemFolders = [
  '/etc',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/boot',
  '/sys',
  '/proc',
  '/var/lib',
  '/var/spool',
  '/System',
  '/Library',
  '/private/etc',
  '/private/var/db',
];
const safeDevices = /^\/dev\/(?:null|zero|full|random|urandom|tty|stdin|stdout|stderr|ptmx|console|fd(?:\/.*)?|pts(?:\/.*)?)$/;

/** Build output and caches: everyday work deletes these folders. Source: design, "What `safe_coding` decides", deleting files. */
const buildOutput = new Set([
  'node_modules',
  'bower_components',
  'dist',
  'dist-newstyle',
  'build',
  '_build',
  'out',
  'target',
  'coverage',
  'htmlcov',
  '.nyc_output',
  '.next',
  '.nuxt',
  '.output',
  '.svelte-kit',
  '.turbo',
  '.cache',
  '.parcel-cache',
  '.vite',
  '.angular',
  '.docusaurus',
  '.vercel',
  '.netlify',
  '.expo',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.venv',
  'venv',
  '.eggs',
  '.gradle',
  '.terraform',
  'obj',
  'tmp',
  'temp',
  '.tmp',
  'log',
  'logs',
  '_site',
  '.jekyll-cache',
  '.sass-cache',
  'storybook-static',
  'test-results',
  'playwright-report',
  'DerivedData',
  'Pods',
  'elm-stuff',
  '.stack-work',
  '.dart_tool',
  '.bundle',
  '.rpt2_cache',
  '.rollup.cache',
  '.eslintcache',
  '.tsbuildinfo',
  '.coverage',
  '.hypothesis',
  '.ipynb_checkpoints',
  '.swc',
  '.yarn',
  'zig-cache',
  'zig-out',
  '.zig-cache',
  'bazel-out',
  'cdk.out',
  '.serverless',
  '.aws-sam',
]);
const buildOutputPattern =
  /^(?:cmake-build-.*|.*\.egg-info|bazel-.*|.*\.tsbuildinfo|.*\.(?:pyc|pyo|o|obj|class|log|tmp|swp|swo|orig|rej|bak|gcda|gcno)|.*~|\.DS_Store|Thumbs\.db|desktop\.ini)$/;

/** How names end that {@link buildOutputPattern} matches by their end, from the last dot on. */
const outputEndings = new Set(
  '.egg-info .tsbuildinfo .pyc .pyo .o .obj .class .log .tmp .swp .swo .orig .rej .bak .gcda .gcno .DS_Store .db .ini'.split(' '),
);

/** Whether the pattern is worth trying. */
function mayBeOutput(name: string): boolean {
  if (name.startsWith('cmake-build-') || name.startsWith('bazel-') || name.endsWith('~')) return true;
  const dot = name.lastIndexOf('.');
  return dot >= 0 && outputEndings.has(name.slice(dot));
}

// Templates of secrets hold none.
const secretTemplate = /\.(?:example|sample|template|tmpl|dist|defaults?|schema|md|d\.ts)$/i;
const envFile = /^\.env(?:\..+|rc)?$|^\.?[\w-]+\.env$/;
const privateKey =
  /^(?:id_(?:rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk|xmss)|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk)|.*_(?:rsa|ed25519|ecdsa))$/i;
/** Of these every name that {@link privateKey} matches contains one, in any letter case. */
const privateKeyHints = ['id_', '.pem', '.key', '.p12', '.pfx', '.jks', '.keystore', '.kdbx', '.ppk', '_rsa', '_ed25519', '_ecdsa'];
const publicKey = /(?:\.pub|(?:^|[._-])(?:pub|public|cacerts?|ca-bundle|ca-certificates)(?:[._-].*)?\.(?:pem|key|asc|gpg))$/i;
const credentialFiles = new Set([
  '.netrc',
  '_netrc',
  '.pgpass',
  '.my.cnf',
  '.git-credentials',
  '.pypirc',
  '.vault-token',
  '.dockercfg',
  '.boto',
  '.s3cfg',
  '.htpasswd',
  'credentials',
  'credentials.json',
  'credentials.db',
  'credentials.tfrc.json',
  'application_default_credentials.json',
  'access_tokens.db',
  'service-account.json',
  'service_account.json',
  'serviceAccountKey.json',
  'secrets.json',
  'secrets.yml',
  'secrets.yaml',
  'secrets.toml',
  'terraform.tfstate',
  'shadow',
  'gshadow',
  'master.key',
]);
const homeCredentials = new Set([
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.bash_history',
  '.zsh_history',
  '.history',
  '.python_history',
  '.node_repl_history',
  '.psql_history',
  '.mysql_history',
  '.sqlite_history',
  '.rediscli_history',
  '.lesshst',
  '.config/gh/hosts.yml',
  '.config/hub',
  '.config/glab-cli/config.yml',
  '.docker/config.json',
  '.kube/config',
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.gem/credentials',
  '.m2/settings.xml',
  '.m2/settings-security.xml',
  '.gradle/gradle.properties',
  '.config/fish/fish_history',
  '.local/share/fish/fish_history',
  '.config/pip/pip.conf',
  '.composer/auth.json',
  '.config/git/credentials',
  '.config/op/config',
  '.claude/.credentials.json',
  '.codex/auth.json',
  '.gemini/oauth_creds.json',
  '.ssh/authorized_keys',
]);
const secretFolders = [
  'AppData/Roaming/Microsoft/Credentials',
  'AppData/Local/Microsoft/Credentials',
  'AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine',
  '.ssh',
  '.aws',
  '.gnupg',
  '.azure',
  '.config/gcloud',
  '.kube',
  '.password-store',
  '.local/share/keyrings',
  'Library/Keychains',
  '.mozilla',
  '.config/google-chrome',
  '.config/chromium',
  '.1password',
  '.oci',
  '.config/doctl',
];
const notSecretInFolders = /^(?:known_hosts(?:\.old)?|.*\.pub)$/;

/** Folders and files that govern agents, wherever they are. Source: threat model, "Protected by default". */
const guardFolders = new Set([
  '.claude',
  '.codex',
  '.kiro',
  '.cline',
  '.clinerules',
  '.opencode',
  '.amp',
  '.qwen',
  '.cursor',
  '.windsurf',
  '.devin',
  '.agent-policy',
]);
const guardFiles = new Set(['.agent-policy.yaml', '.agent-policy.yml', 'opencode.json', 'opencode.jsonc']);
const guardSuffixes = [
  '/.gemini/settings.json',
  '/.gemini/trustedFolders.json',
  '/.gemini/trusted_hooks.json',
  '/.agents/hooks.json',
  '/.vscode/settings.json',
  '/.vscode/tasks.json',
  '/.vscode/mcp.json',
  '/.mcp.json',
  '/.git/config',
  '/.git/config.worktree',
  '/.git/info/attributes',
];
const guardInnerFolders = ['/.github/hooks', '/.github/copilot', '/.git/hooks', '/.gemini/policies'];
const guardHomeFolders = [
  '.copilot',
  '.gemini/policies',
  '.gemini/config',
  '.config/opencode',
  '.config/agent-policy',
  '.local/state/agent-policy',
  '.cache/agent-policy',
  '.local/share/agent-policy',
  '.config/amp',
  '.junie',
  '.codeium',
  '.config/agents',
  'Documents/Cline',
  '.config/Code/User',
  '.config/Code - Insiders/User',
  '.config/VSCodium/User',
  '.config/Cursor/User',
  '.vscode/extensions',
  '.vscode-server/extensions',
  '.vscode-server/data',
  '.local/share/code-server',
  'Library/Application Support/Code/User',
  'Library/Application Support/agent-policy',
  'AppData/Roaming/Code/User',
  'AppData/Local/agent-policy',
  'AppData/Roaming/agent-policy',
  '.codex',
  '.claude',
  '.claude.json',
];
const guardSystemFolders = [
  '/etc/agent-policy',
  '/etc/claude-code',
  '/etc/codex',
  '/etc/opencode',
  '/etc/gemini-cli',
  '/etc/github-copilot',
  '/etc/cursor',
  '/etc/windsurf',
  '/Library/Application Support/ClaudeCode',
  '/Library/Application Support/Cursor',
  '/Library/Application Support/Windsurf',
  '/Library/Application Support/agent-policy',
];
const startupFiles = new Set([
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.bash_aliases',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.zlogout',
  '.kshrc',
  '.cshrc',
  '.tcshrc',
  '.login',
  '.inputrc',
  '.xinitrc',
  '.xprofile',
  '.xsession',
  '.config/fish/config.fish',
  '.gitconfig',
  '.config/git/config',
  '.vimrc',
  '.pam_environment',
  '.npmrc',
  '.pypirc',
]);
const startupFolders = [
  'Documents/PowerShell',
  'Documents/WindowsPowerShell',
  '.config/powershell',
  'AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
  '.config/systemd',
  '.config/autostart',
  '.config/fish/conf.d',
  '.local/share/systemd',
  'Library/LaunchAgents',
  '.config/environment.d',
  '.local/bin',
];
const startupSystem = [
  '/etc/cron.d',
  '/etc/cron.daily',
  '/etc/cron.hourly',
  '/etc/crontab',
  '/etc/profile',
  '/etc/profile.d',
  '/etc/systemd',
  '/etc/init.d',
  '/etc/rc.local',
  '/var/spool/cron',
  '/Library/LaunchDaemons',
  '/Library/LaunchAgents',
  '/etc/ld.so.preload',
];
const windowsSystem = /^[A-Za-z]:\/(?:windows|program files(?: \(x86\))?|programdata|boot|\$recycle\.bin)(?:\/|$)/i;
const windowsHome = /^[A-Za-z]:\/users\/([^/]+)(?:\/(.*))?$/i;

/** Zones that were told before for the same places: analyses ask for the same few paths again and again. */
const told = new WeakMap<Places, Map<string, readonly Zone[]>>();
const mostTold = 4096;
/** Longer paths are not kept. */
const longestTold = 256;

/** The zones in which an absolute, normalized path lies. Order has no meaning. */
export function classify(path: string, places: Places): readonly Zone[] {
  let known = told.get(places);
  if (known === undefined) {
    known = new Map();
    told.set(places, known);
  }
  const before = known.get(path);
  if (before !== undefined) return before;
  const found = new Set<Zone>();
  addZones(path, places, found);
  if (places.ignoresCase === true) addZones(path.toLowerCase(), places, found);
  const zones = [...found];
  if (known.size >= mostTold) known.clear();
  if (path.length <= longestTold) known.set(path, zones);
  return zones;
}

// A pattern is only tried where a letter that it needs stands: compiling one takes longer than all else that is asked of a path.
function addZones(path: string, places: Places, found: Set<Zone>): void {
  const { home, workspace } = places;
  const name = basename(path);
  const inWorkspace = isWithin(path, workspace);
  const hasDrive = path.charAt(1) === ':';
  if (path === '/' || (hasDrive && /^[A-Za-z]:\/?$/.test(path))) found.add('root');
  if (path === home || path === '/home' || (path.length <= 8 && /^(?:[A-Za-z]:)?\/Users$/i.test(path))) found.add('home');
  if (isWithin(workspace, path)) found.add('workspace-root');
  if (inWorkspace) {
    found.add('workspace');
    if (
      path
        .slice(workspace.length + 1)
        .split('/')
        .some((part) => buildOutput.has(part)) ||
      (mayBeOutput(name) && buildOutputPattern.test(name))
    )
      found.add('build-output');
    else if (path !== workspace) found.add('source');
  }
  const temp = isInTemp(path, places);
  if (temp) found.add('temp');
  if (path.startsWith('/dev/') && !isWithin(path, '/dev/shm')) found.add(safeDevices.test(path) ? 'safe-device' : 'device');
  if (!inWorkspace && inOtherHome(path, home)) found.add('other-home');
  if (!inWorkspace && systemFolders.some((folder) => isWithin(path, folder))) found.add('system');
  if (hasDrive) {
    if (windowsSystem.test(path)) found.add('system');
    const windows = windowsHome.exec(path);
    if (windows && windows[2] === undefined) found.add('home');
  }
  if (!inWorkspace && !temp && !found.has('safe-device')) found.add('outside');

  const homeRelative = relativeHome(path, home);
  if (isSecret(path, name, homeRelative)) found.add('secret');
  if (homeRelative !== undefined && secretFolders.some((folder) => isWithin(homeRelative, folder))) found.add('secret-dir');
  if (isGuard(path, name, homeRelative)) found.add('guard');
  if (isStartup(path, homeRelative)) found.add('startup');
  if (path.includes('/.git') && /\/\.git(?:\/|$)/.test(path)) found.add('git-dir');
}

function inOtherHome(path: string, home: string): boolean {
  if (isWithin(path, home)) return false;
  const match = /^\/(?:home|Users)\/([^/]+)/.exec(path);
  if (match) return match[1] !== 'Shared';
  return isWithin(path, '/root');
}

// Everyone's home counts: a secret does not become less of one for being somebody else's.
function relativeHome(path: string, home: string): string | undefined {
  if (home !== '/' && isWithin(path, home)) return path.slice(home.length + 1);
  const match = /^(?:\/(?:home|Users)\/[^/]+|\/root|[A-Za-z]:\/[Uu]sers\/[^/]+)\/(.*)$/.exec(path);
  return match?.[1];
}

function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  const isOne =
    (name.includes('.env') && envFile.test(name)) ||
    (privateKeyHints.some((hint) => lower.includes(hint)) && privateKey.test(name)) ||
    credentialFiles.has(name);
  return isOne && !secretTemplate.test(name) && !publicKey.test(name);
}

function isSecret(path: string, name: string, homeRelative: string | undefined): boolean {
  if (path.startsWith('/etc/')) {
    if (/^\/etc\/(?:ssl\/certs|pki\/tls\/certs|ca-certificates)\//.test(path)) return false;
    if (path === '/etc/shadow' || path === '/etc/gshadow' || path === '/etc/shadow-') return true;
  }
  if (path.startsWith('/proc/') && /^\/proc\/.+\/environ$/.test(path)) return true;
  if (isWithin(path, '/etc/ssh') && /_key$/.test(name)) return true;
  if (isWithin(path, '/run/secrets') || isWithin(path, '/var/run/secrets')) return true;
  if (homeRelative !== undefined) {
    if (secretFolders.some((folder) => isWithin(homeRelative, folder))) return !notSecretInFolders.test(name);
    if (homeCredentials.has(homeRelative)) return true;
  }
  // Key folders are secret wherever a copy of a home lies.
  if (path.includes('/.') && /\/\.(?:ssh|aws|gnupg)\//.test(path)) return !notSecretInFolders.test(name);
  return name !== '' && isSecretName(name) && !(name === 'shadow' || name === 'gshadow');
}

function isGuard(path: string, name: string, homeRelative: string | undefined): boolean {
  if (guardFiles.has(name) || name.endsWith('.code-workspace')) return true;
  // All of these begin with a dot.
  if (path.includes('/.') || path.startsWith('.')) {
    for (const part of path.split('/')) if (guardFolders.has(part)) return true;
    if (guardSuffixes.some((suffix) => path.endsWith(suffix))) return true;
    if (guardInnerFolders.some((folder) => path.endsWith(folder) || path.includes(`${folder}/`))) return true;
  }
  if (guardSystemFolders.some((folder) => isWithin(path, folder))) return true;
  return homeRelative !== undefined && guardHomeFolders.some((folder) => isWithin(homeRelative, folder));
}

function isStartup(path: string, homeRelative: string | undefined): boolean {
  if (startupSystem.some((folder) => isWithin(path, folder))) return true;
  return homeRelative !== undefined && (startupFiles.has(homeRelative) || startupFolders.some((folder) => isWithin(homeRelative, folder)));
}

const sampleSecrets = [
  '.env',
  '.env.local',
  '.env.production',
  'id_rsa',
  'id_ed25519',
  'server.pem',
  'private.key',
  '.netrc',
  '.npmrc',
  'credentials',
  '.git-credentials',
];

/** Whether a name pattern, given as a test of one name, may stand for the name of a secret. */
export function mayBeSecretName(matches: (name: string) => boolean): boolean {
  return sampleSecrets.some(matches);
}
