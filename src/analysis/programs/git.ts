import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { anyText, branchName, concat, display, known, type Text, unknownFrom } from '../shell/value.ts';
import { changingNames } from './everyday-names.ts';
import { changingCommand, rewriteHistory } from './git-changes.ts';
import { checkGitSetting } from './git-config.ts';
import { listedNames } from './git-ref-name.ts';
import { remoteCommands } from './git-remote.ts';
import { grammar, parseOptions } from './options.ts';
import type { Program } from './registry.ts';

/** A subcommand of git, its arguments without the subcommand's name. */
export type GitCommand = (call: Invocation, args: readonly Text[]) => Result | Outcome | undefined;

/** The subcommand of that name that does more than read. */
function commandNamed(name: string): GitCommand | undefined {
  if (Object.hasOwn(remoteCommands, name)) return remoteCommands[name];
  return changingNames.includes(` ${name} `) ? changingCommand(name) : undefined;
}

/** `git-push` is `git push`. */
export function gitProgram(name: string): Program | undefined {
  const subcommand = name.startsWith('git-') ? name.slice(4) : '';
  return commandNamed(subcommand) && ((call) => runSubcommand(subcommand, call.args, call));
}

/** git(1): options before the subcommand. */
const globalOptions = grammar(
  'C= c= v,version h,help p,paginate P,no-pager exec-path? html-path man-path info-path git-dir= work-tree= namespace= super-prefix= bare no-replace-objects no-lazy-fetch no-optional-locks no-advice literal-pathspecs glob-pathspecs noglob-pathspecs icase-pathspecs list-cmds= attr-source= config-env=',
  { stops: true },
);

export const gitPrograms = (): Readonly<Record<string, Program>> => ({
  git,
  'git-lfs': () => undefined,
  hub: git,
  tig: () => undefined,
  gitk: () => undefined,
  lazygit: (call) => call.opaque('an interactive program'),
  'pre-commit': (call) => (call.word(0) === 'uninstall' ? call.act('checks.skip', 'pre-commit uninstall') : undefined),
  husky: (call) => (call.word(0) === 'uninstall' ? call.act('checks.skip', 'husky uninstall') : undefined),
  lefthook: (call) => (call.word(0) === 'uninstall' ? call.act('checks.skip', 'lefthook uninstall') : undefined),
  overcommit: (call) =>
    call.args.some((arg) => known(arg) === '--uninstall') ? call.act('checks.skip', 'overcommit --uninstall') : undefined,
  'git-filter-repo': (call) => rewriteHistory(call, call.args),
  bfg: (call) => call.act('git.history.rewrite', 'bfg'),
  'simple-git-hooks': () => undefined,
});

function git(call: Invocation): Result | Outcome | undefined {
  const parsed = parseOptions(call.args, globalOptions);
  const subcommandAt = parsed.positions[0];
  for (const setting of parsed.values('c')) judgeSetting(setting, call);
  for (const setting of parsed.values('config-env')) {
    const [key = '', variable = ''] = (known(setting) ?? '').split('=');
    const value = call.state.variable(variable)?.values[0];
    checkGitSetting(key, value ?? call.run.world.variable(variable) ?? anyText, call.state, call.run);
  }
  if (parsed.has('exec-path') && parsed.value('exec-path') !== undefined) call.opaque('git programs from another folder');
  if (subcommandAt === undefined) return parsed.uncertain ? unknownSubcommand(call, call.args) : undefined;
  const first = call.args[subcommandAt];
  const name = first === undefined ? undefined : known(first);
  const args = call.args.slice(subcommandAt + 1);
  if (name === undefined || parsed.uncertain) return unknownSubcommand(call, args);
  const folder = parsed.values('C');
  return folder.length === 0
    ? runSubcommand(name, args, call, parsed.values('c'))
    : elsewhere(folder, call, () => runSubcommand(name, args, call, parsed.values('c')));
}

/** `-C` runs git in another folder; several count one from another. */
function elsewhere(folders: readonly Text[], call: Invocation, run: () => Result | Outcome | undefined): Result | Outcome | undefined {
  const before = call.state.cwds;
  for (const folder of folders) {
    const path = known(folder);
    call.state.cwds =
      path === undefined ? [] : path.startsWith('/') ? [path] : call.state.cwds.map((cwd) => (path === '' ? cwd : `${cwd}/${path}`));
  }
  const result = run();
  call.state.cwds = before;
  return result;
}

function judgeSetting(setting: Text, call: Invocation): void {
  const text = known(setting);
  if (text === undefined) {
    const shown = display(setting);
    const key = /^([\w.-]+)=/.exec(shown)?.[1];
    if (key === undefined) call.opaque('a setting of git that cannot be known');
    else checkGitSetting(key, anyText, call.state, call.run);
    return;
  }
  const equals = text.indexOf('=');
  checkGitSetting(equals < 0 ? text : text.slice(0, equals), equals < 0 ? 'true' : text.slice(equals + 1), call.state, call.run);
}

/** A subcommand that cannot be known may be any of them. */
function unknownSubcommand(call: Invocation, args: readonly Text[]): undefined {
  call.opaque('a git command that cannot be known');
  for (const arg of args) {
    if (known(arg) === '--force' || known(arg) === '-f') call.act('git.push.force', display(arg));
    if (known(arg) === '--hard') call.act('git.discard', display(arg));
  }
  return undefined;
}

function runSubcommand(
  name: string,
  args: readonly Text[],
  call: Invocation,
  settings: readonly Text[] = [],
): Result | Outcome | undefined {
  const command = commandNamed(name);
  if (command) return command(call, args);
  if (readers.has(name)) return reader(name, call, args);
  const alias = aliasFrom(name, settings) ?? aliasFromEnvironment(name, call) ?? aliasFromFile(name, call);
  if (alias === undefined) return undefined;
  if (call.run.callStack.includes(`git ${name}`)) return undefined;
  call.run.callStack.push(`git ${name}`);
  const result = alias.startsWith('!')
    ? runShellAlias(alias.slice(1), args, call)
    : call.run.evaluate(concat('git ', alias, ...args.flatMap((arg) => [' ', quote(arg)])), call.state, call.io);
  call.run.callStack.pop();
  return result;
}

function runShellAlias(alias: string, args: readonly Text[], call: Invocation): Outcome {
  return call.shell(concat(alias, ...args.flatMap((arg) => [' ', quote(arg)])), 'sh', args);
}

function quote(arg: Text): Text {
  return typeof arg === 'string' ? `'${arg.replaceAll("'", `'\\''`)}'` : arg;
}

function aliasFrom(name: string, settings: readonly Text[]): string | undefined {
  for (const setting of settings) {
    const match = /^alias\.([^=]+)=([\s\S]*)$/i.exec(known(setting) ?? '');
    if (match?.[1]?.toLowerCase() === name.toLowerCase()) return match[2];
  }
  return undefined;
}

/** Aliases that the environment gives: `GIT_CONFIG_KEY_0=alias.x`, `GIT_CONFIG_PARAMETERS`. Source: git-config(1), "Environment". */
function aliasFromEnvironment(name: string, call: Invocation): string | undefined {
  const value = (variable: string): string | undefined => {
    const text = call.state.variable(variable)?.values[0];
    return text === undefined ? undefined : known(text);
  };
  const wanted = `alias.${name.toLowerCase()}`;
  const count = Math.min(Number(value('GIT_CONFIG_COUNT') ?? 0) || 0, 32);
  for (let i = 0; i < count; i++) if (value(`GIT_CONFIG_KEY_${i}`)?.toLowerCase() === wanted) return value(`GIT_CONFIG_VALUE_${i}`);
  for (const match of (value('GIT_CONFIG_PARAMETERS') ?? '').matchAll(/'([\w.-]+)'?='?([^']*)'/g))
    if (match[1]?.toLowerCase() === wanted) return match[2];
  return undefined;
}

/** Aliases of the repository and of the user, from git's own files. */
function aliasFromFile(name: string, call: Invocation): string | undefined {
  const [cwd] = call.state.cwds;
  const files = [
    ...repositoryConfigs(cwd ?? call.run.places.workspace, call),
    `${call.run.places.home}/.gitconfig`,
    `${call.run.places.home}/.config/git/config`,
  ];
  for (const file of files) {
    const text = call.state.file(file)?.text;
    const source = text === undefined ? call.run.world.readText(file, 64 * 1024) : known(text);
    const alias = source === undefined ? undefined : findAlias(source, name);
    if (alias !== undefined) return alias;
  }
  return undefined;
}

function repositoryConfigs(cwd: string, call: Invocation): string[] {
  const result: string[] = [];
  for (let folder = cwd, i = 0; i < 32; i++) {
    if (call.run.world.kind(`${folder}/.git`) === 'directory') {
      result.push(`${folder}/.git/config`);
      break;
    }
    const parent = folder.slice(0, folder.lastIndexOf('/'));
    if (parent === folder || folder === '' || folder === '/') break;
    folder = parent;
  }
  return result;
}

/** The value of an alias in a git configuration file. Source: git-config(1), "Syntax". */
function findAlias(source: string, name: string): string | undefined {
  let inAlias = false;
  let found: string | undefined;
  for (const line of source.replace(/\\\n/g, '').split('\n')) {
    const section = /^\s*\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]/.exec(line);
    if (section) inAlias = section[1]?.toLowerCase() === 'alias' && (section[2] === undefined || section[2] === name);
    const entry = inAlias ? /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) : null;
    if (entry?.[1]?.toLowerCase() === name.toLowerCase()) found = (entry[2] ?? '').replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1');
  }
  return found;
}

const readers = new Set([
  'status',
  'log',
  'show',
  'diff',
  'blame',
  'annotate',
  'grep',
  'describe',
  'rev-parse',
  'rev-list',
  'ls-files',
  'ls-tree',
  'ls-remote',
  'cat-file',
  'shortlog',
  'whatchanged',
  'name-rev',
  'merge-base',
  'for-each-ref',
  'show-ref',
  'count-objects',
  'fsck',
  'help',
  'version',
  'var',
  'check-ignore',
  'check-attr',
  'cherry',
  'diff-tree',
  'diff-index',
  'diff-files',
  'range-diff',
  'verify-commit',
  'verify-tag',
  'bundle',
  'archive',
  'format-patch',
  'request-pull',
  'show-branch',
  'column',
  'stripspace',
  'hash-object',
]);

const hashes = new Set(['rev-parse', 'merge-base', 'describe', 'name-rev']);

/** What `git rev-parse --show-toplevel` and its like print: the repository that is found from here up, else the workspace's own. */
function repositoryPlace(call: Invocation, args: readonly Text[]): string | undefined {
  const words = args.map((arg) => known(arg));
  const [cwd] = call.state.cwds;
  const config = cwd === undefined ? undefined : repositoryConfigs(cwd, call)[0];
  const root = config === undefined ? call.run.places.workspace : config.slice(0, -'/.git/config'.length);
  if (words.includes('--show-toplevel')) return root;
  if (words.some((word) => /^--(?:absolute-)?git-(?:common-)?dir$/.test(word ?? ''))) return `${root}/.git`;
  const path = words[words.indexOf('--git-path') + 1];
  return words.includes('--git-path') && path !== undefined ? `${root}/.git/${path}` : undefined;
}

const showing = /^(?:grep|diff|show|log|blame|annotate|archive)$/;

const listing =
  /^(?:-\d+|-n\d*|-[si]|-[SG].*|--|--(?:oneline|stat|shortstat|numstat|name-only|name-status|summary|all|follow|graph|decorate|format|pretty|date|abbrev-commit|reverse|diff-filter|full-history|since|until|after|before|author|grep|max-count|no-merges|merges|first-parent|branches|remotes|tags|no-patch|source|color|no-color)(?:=.*)?)$/s;

/** Whether `git log` may print what changed, and not only which commits did. */
function showsChanges(args: readonly Text[]): boolean {
  return args.some((arg) => (known(arg) ?? '-p').startsWith('-') && !listing.test(known(arg) ?? '-p'));
}

/** Whether the hash of a file is printed, by which what it holds can be shown. */
function namesObjects(name: string, args: readonly Text[]): boolean {
  const has = (option: RegExp): boolean => args.some((arg) => option.test(known(arg) ?? ''));
  if (name === 'ls-files') return has(/^(?:-[a-z]{0,9}s[a-z]{0,9}|--stage|--format.*objectname.*)$/);
  return name === 'rev-parse' || (name === 'ls-tree' && !has(/^--name-(?:only|status)$/));
}

// Changes that are nowhere but in the work tree; `a..b` is between commits.
function isOfWorkTree(args: readonly Text[]): boolean {
  return args.every(
    (arg) => !/^--(?:cached|staged|no-index|name-only|name-status|check|quiet)\b|^[^/]*[^./]\.\.\.?|^\.\.\.?\w/.test(known(arg) ?? ''),
  );
}

/** Subcommands that only read: what they print, the file they may write, the secret they may show. */
function reader(name: string, call: Invocation, args: readonly Text[]): Result | undefined {
  const showsPaths = showing.test(name) && (name !== 'log' || showsChanges(args));
  const isNaming = namesObjects(name, args);
  for (const [index, arg] of args.entries()) {
    const text = known(arg);
    if (text === undefined) {
      // `git cat-file -p $(git rev-parse HEAD:.env)`
      if (call.run.secretObject !== undefined && (name === 'show' || name === 'cat-file')) call.read(call.run.secretObject);
      continue;
    }
    // It reads names of objects.
    if (call.run.secretObject !== undefined && name === 'cat-file' && text.startsWith('--batch')) call.read(call.run.secretObject);
    const output = /^--output(?:-directory)?=(.+)$/.exec(text);
    if (output) call.write(output[1] ?? '');
    if (
      (text === '-o' || text === '--output') &&
      args[index + 1] !== undefined &&
      (name === 'archive' || name === 'format-patch' || name === 'diff' || name === 'log' || name === 'show')
    )
      call.write(args[index + 1] ?? '');
    const inRevision = /^[^:\s]*:(.+)$/.exec(text);
    if (isNaming && call.isSecret(inRevision?.[1] ?? text)) call.run.secretObject = inRevision?.[1] ?? text;
    if (inRevision && (name === 'show' || name === 'cat-file' || name === 'archive' || name === 'grep'))
      call.isSecret(inRevision[1] ?? '') && call.read(inRevision[1] ?? '', { evidence: text });
    if (
      showsPaths &&
      (index > 0 || name !== 'grep') &&
      !text.startsWith('-') &&
      call.isSecret(text) &&
      (name !== 'grep' || args.slice(0, index).some((a) => !(known(a) ?? '-').startsWith('-')))
    )
      call.read(text);
    if (name === 'hash-object' && !text.startsWith('-') && call.isSecret(text)) call.read(text);
    if (name === 'diff' && args.some((a) => known(a) === '--no-index') && !text.startsWith('-')) call.read(text);
    const remote = name === 'archive' ? /^--exec=(.+)$/.exec(text)?.[1] : undefined;
    if (remote !== undefined) call.shell(remote);
    const pager = /^(?:-O|--open-files-in-pager=)(.+)$/.exec(text);
    if (name === 'grep' && pager) call.shell(pager[1] ?? '');
    if (name === 'ls-remote' && /^--upload-pack=|^ext::/.test(text)) call.shell(text.replace(/^--upload-pack=|^ext::/, ''));
  }
  const place = name === 'rev-parse' ? repositoryPlace(call, args) : undefined;
  if (place !== undefined) return { out: `${place}\n` };
  if (name === 'for-each-ref') return listedNames(args);
  if (name === 'diff' && isOfWorkTree(args)) return { out: unknownFrom('changes') };
  return { out: hashes.has(name) ? concat(branchName, '\n') : anyText };
}
