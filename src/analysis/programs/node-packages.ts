import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { display, known, type Text } from '../shell/value.ts';
import { judgeSpecs } from './package-specs.ts';
import { hasManifestScript, runLifecycle, runManifestScript } from './project-scripts.ts';
import type { Program } from './registry.ts';
import { judgeSkippedHooks } from './skipped-hooks.ts';
import { type CommandLine, commandLine, does, judgeVerb, verbProgram, verbs } from './verbs.ts';

/**
 * Package managers of JavaScript. Installing from a registry, building and testing is everyday work; running code from an address,
 * publishing and printing tokens is not. Scripts of the project are followed. Source: their manuals.
 */
type Answer = Result | Outcome | undefined;

const npmTable = verbs(`
  publish|unpublish|deprecate !--dry-run      package.publish
  dist-tag|dist-tags add|rm                   package.publish
  owner|author add|rm                         package.publish
  access grant|revoke|set|public|restricted   package.publish
  npm publish !--dry-run                      package.publish
  npm tag add|remove                          package.publish
  npm logout|login                            none
  token                                       secret.print
  stage publish                               package.publish
  plugin import                               opaque
`);

const npmValues =
  '-C --prefix --dir --cwd --filter -F -w --workspace --registry --tag --otp --cache --userconfig --globalconfig --loglevel --reporter --network-timeout --mutex --modules-folder --ignore-scripts-for --access -p --package -c --call --use --script-shell --store-dir --workspace-concurrency';

const installs = new Set([
  'install',
  'i',
  'in',
  'ins',
  'inst',
  'isntall',
  'add',
  'ci',
  'clean-install',
  'ic',
  'install-clean',
  'cit',
  'it',
  'install-test',
  'update',
  'up',
  'upgrade',
  'link',
  'global',
  'rebuild',
  'import',
]);
/** Scripts that run by themselves when a project's packages are installed. */
const lifecycle = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
const others = new Set(
  'publish unpublish audit cache config c get set completion dedupe ddp deprecate diff dist-tag docs doctor edit explain why explore fund help hook init create licenses list ls la ll login logout adduser whoami org outdated owner pack ping pkg prefix profile prune query rebuild remove rm r un uninstall unlink unlist repo root run-script sbom search shrinkwrap star stars store token team version versions view info show v patch patch-commit approve-builds env server setup deploy fetch self-update node npm plugin plugins policies set workspaces generate-lock-entry stage constraints bin autoclean check integrity import unplug up upgrade upgrade-interactive'.split(
    ' ',
  ),
);

/** npm takes any beginning of a command that is no other's. */
function fullVerb(verb: string | undefined, manager: string): string | undefined {
  if (verb === undefined || manager !== 'npm' || others.has(verb) || installs.has(verb) || verb.length < 3) return verb;
  return ['publish', 'unpublish', 'deprecate', 'run-script', 'exec', 'token', 'config'].find((full) => full.startsWith(verb)) ?? verb;
}

/** npm, pnpm, yarn: a script of the project, a command of a package, or the manager's own business. */
function nodeManager(call: Invocation): Answer {
  const typed = commandLine(call.args, { values: npmValues });
  const full = typed.words[0] === undefined ? undefined : fullVerb(known(typed.words[0]), call.name);
  const line = full === undefined ? typed : { ...typed, words: [full, ...typed.words.slice(1)] };
  const folder = line.value('-C', '--prefix', '--dir', '--cwd');
  const shellOption = line.value('--script-shell');
  if (shellOption !== undefined) call.opaque(`scripts run by ${display(shellOption)}`);
  judgeSettings(call);
  const first = line.words[0];
  if (first === undefined) {
    if (call.name === 'yarn' && !line.has('-v', '--version', '-h', '--help')) runLifecycle(call, lifecycle, folder);
    return undefined;
  }
  const verb = known(first);
  if (verb === undefined) {
    call.opaque(`a command of ${call.name} that cannot be known`);
    return undefined;
  }
  const after = call.args.slice((line.at[0] ?? 0) + 1);
  if (installs.has(verb)) {
    judgeSpecs(call, line.words.slice(verb === 'global' ? 2 : 1), { takesShorthand: true });
    if (!line.has('--ignore-scripts', '-g', '--global', '--dry-run', '--lockfile-only', '--package-lock-only'))
      runLifecycle(call, lifecycle, folder);
    return undefined;
  }
  switch (verb) {
    case 'run':
    case 'run-script':
    case 'rum':
    case 'urn':
      return script(call, after, folder);
    case 'test':
    case 't':
    case 'tst':
    case 'start':
    case 'stop':
    case 'restart':
      runManifestScript(call, verb === 't' || verb === 'tst' ? 'test' : verb, { folder, args: scriptArguments(after) });
      return undefined;
    case 'exec':
    case 'x':
    case 'dlx':
    case 'create':
    case 'init':
    case 'innit':
      if (verb === 'create' || verb === 'init' || verb === 'innit') {
        judgeSpecs(call, line.words.slice(1, 2), { takesShorthand: true });
        return undefined;
      }
      return packageCommand(call, after);
    case 'workspace':
      return line.at[1] === undefined ? undefined : call.start([call.name, ...call.args.slice((line.at[1] ?? 0) + 1)]);
    case 'workspaces':
      return known(line.words[1] ?? '') === 'foreach' || known(line.words[1] ?? '') === 'run'
        ? call.start([call.name, ...line.words.slice(2)])
        : undefined;
    case 'node':
      return call.start(['node', ...after]);
    case 'config':
    case 'c':
    case 'get':
    case 'set':
      return configure(call, line, verb);
    case 'pkg':
      setFields(call, known(line.words[1] ?? ''), line.words.slice(2));
      return undefined;
    case 'version':
      judgeSkippedHooks(call);
      runLifecycle(call, ['preversion', 'version', 'postversion'], folder);
      return undefined;
    case 'pack':
      runLifecycle(call, ['prepack', 'prepare', 'postpack'], folder);
      return undefined;
    case 'publish':
      runLifecycle(call, ['prepublishOnly', 'prepack', 'prepare', 'publish', 'postpublish'], folder);
  }
  if (/^(?:uninstall|unlink|remove|rm|r|un)$/.test(verb) && line.words.some((word) => known(word) === 'agent-policy'))
    call.act('guard.change', `${call.name} ${verb} agent-policy`);
  if (!others.has(verb) && call.name !== 'npm') {
    // yarn and pnpm run scripts, then programs of packages, by their bare names.
    if (!runManifestScript(call, verb, { folder, args: after, hooks: call.name === 'yarn' })) return call.start([verb, ...after]);
    return undefined;
  }
  judgeVerb(call, line, npmTable);
  return undefined;
}

function script(call: Invocation, args: readonly Text[], folder: Text | undefined): undefined {
  const line = commandLine(args, { values: npmValues, stopsAfter: 1 });
  const name = line.words[0];
  if (name !== undefined)
    runManifestScript(call, name, {
      folder: folder ?? line.value('-C', '--prefix', '--dir', '--cwd'),
      args: scriptArguments(line.rest ?? []),
    });
  return undefined;
}

/** npm passes on what follows `--`; the others pass on everything. */
function scriptArguments(args: readonly Text[]): readonly Text[] {
  const dashes = args.findIndex((arg) => known(arg) === '--');
  return dashes >= 0 ? args.slice(dashes + 1) : args.filter((arg) => !(known(arg) ?? '').startsWith('--'));
}

// Settings that were just written say what runs scripts.
function judgeSettings(call: Invocation): void {
  const content = call.content('.npmrc');
  const text = content?.fresh ? known(content.text) : '';
  if (text === undefined) call.opaque('settings of a package manager that nobody has read');
  const setting = /^\s*(?:script-shell|shell|node-options|git|init-module|onload-script)\s*=.*$/m.exec(text ?? '')?.[0];
  if (setting !== undefined) call.opaque(`scripts run by ${setting.trim()}`);
}

// A script that it sets is judged now: what else the file holds stays as it is.
function setFields(call: Invocation, verb: string | undefined, fields: readonly Text[]): void {
  if (verb === 'get') return;
  const plain = fields.map((field) => /^([\w.:[\]-]+)=([\s\S]*)$/.exec(known(field) ?? ''));
  if (verb === 'set' && !call.args.some((arg) => known(arg) === '--json') && plain.every((field) => field !== null)) {
    call.change('package.json');
    for (const field of plain) if (/^scripts[.[]/.test(field[1] ?? '')) call.shell(field[2] ?? '');
  } else if (verb !== undefined && /^(?:set|delete|fix)$/.test(verb)) call.write('package.json');
}

function configure(call: Invocation, line: CommandLine, verb: string): undefined {
  const [action, key, value] =
    verb === 'get' || verb === 'set' ? [verb, line.words[1], line.words[2]] : [known(line.words[1] ?? ''), line.words[2], line.words[3]];
  const name = display(key ?? '');
  if (/^(?:get|list|ls)$/.test(action ?? '') && /_auth|_password|authToken|npmAuth/i.test(name))
    call.act('secret.print', `${call.name} config get ${name}`, 'read');
  if (action !== 'set') return undefined;
  if (/^(?:script-shell|shell|git|node-gyp|init-module|yarnPath|prefix|onload-script)\b/.test(name))
    call.opaque(`${name} set to ${display(value ?? '')}`);
  if (/_auth|_password|authToken/i.test(name)) call.write(`${call.run.places.home}/.npmrc`);
  return undefined;
}

const runnerValues =
  '-p --package -c --call -w --workspace --node-options --registry --cache --prefix --userconfig --from --with --python --index-url --spec --pip-args -C --dir --allow-build';

/** `npx`, `pnpm dlx`, `bunx`, `uvx`, `pipx run`: a program out of a package of that name. */
export function packageCommand(call: Invocation, args: readonly Text[]): Answer {
  const line = commandLine(args, { values: runnerValues, stopsAfter: 1 });
  judgeSpecs(call, line.all('-p', '--package', '--from', '--with', '--spec'), { takesShorthand: true });
  for (const text of line.all('-c', '--call')) call.shell(text);
  const [spec] = line.words;
  const words = spec === undefined ? (line.rest ?? []) : [spec, ...(line.rest ?? [])];
  const [name, ...rest] = words;
  if (name === undefined) return undefined;
  if (!line.has('-p', '--package', '--from')) judgeSpecs(call, [name], { takesShorthand: true });
  const text = known(name);
  if (text === undefined) {
    call.opaque(`the package ${display(name)} cannot be known`);
    return undefined;
  }
  return call.start([binaryOf(text), ...rest]);
}

function binaryOf(spec: string): string {
  const name = spec.replace(/(?<=.)@[^/]*$/, '');
  return (/^@[\w.-]+\/(.+)$/.exec(name)?.[1] ?? name).replace(/^.*[/\\]/, '') || spec;
}

/** `bun run` and `bunx`: a script of the project, a file, or a program of a package. */
function bunCommand(call: Invocation): Answer {
  const line = commandLine(call.args, { values: '--cwd --filter --preload -r', stopsAfter: 1 });
  const name = known(line.words[0] ?? '');
  if (name !== undefined && hasManifestScript(call, name, line.value('--cwd'))) {
    runManifestScript(call, name, { folder: line.value('--cwd'), args: line.rest ?? [] });
    return undefined;
  }
  if (name !== undefined && /\.[cm]?[jt]sx?$/.test(name)) return call.start(['node', name, ...(line.rest ?? [])]);
  return packageCommand(call, call.args);
}

const runScripts: Program = does((call) => {
  for (const word of commandLine(call.args, {}).words) runManifestScript(call, word);
});
const removesAll: Program = does((call) => {
  for (const word of commandLine(call.args, { values: '--max-retries --retry-delay --backoff --tmp --cwd' }).words)
    call.remove(word, { recursive: true });
});

export const releases = (table: string, values = ''): Program => verbProgram(table, { values });
const publishes: Program = does(
  (call) =>
    call.args.some((arg) => /^(?:--dry-run|-d|--help|-h|--version|--no-ci-dry)$/.test(known(arg) ?? '')) ||
    call.act('package.publish', call.name),
);

export const nodePackagePrograms: Readonly<Record<string, Program>> = {
  npm: nodeManager,
  pnpm: nodeManager,
  yarn: nodeManager,
  yarnpkg: nodeManager,
  cnpm: nodeManager,
  npx: (call) => packageCommand(call, call.args),
  pnpx: (call) => packageCommand(call, call.args),
  pnx: (call) => packageCommand(call, call.args),
  bunx: bunCommand,
  uvx: (call) => packageCommand(call, call.args),
  corepack: (call) => (/^(?:npm|npx|pnpm|pnpx|yarn)$/.test(call.word(0) ?? '') ? call.start(call.args) : undefined),
  'npm-run-all': runScripts,
  'run-s': runScripts,
  'run-p': runScripts,
  lerna: (call) => {
    judgeSkippedHooks(call);
    const line = commandLine(call.args, { values: '--scope --ignore' });
    if (known(line.words[0] ?? '') === 'exec')
      return (line.rest ?? line.words.slice(1)).length > 0 ? call.start(line.rest ?? line.words.slice(1)) : undefined;
    if (known(line.words[0] ?? '') === 'publish') call.act('package.publish', 'lerna publish');
    return undefined;
  },
  changeset: releases('publish  package.publish'),
  'semantic-release': publishes,
  'release-it': publishes,
  np: publishes,
  vsce: releases('publish|unpublish  package.publish', '-p --pat'),
  ovsx: releases('publish  package.publish', '-p --pat'),
  jsr: releases('publish !--dry-run  package.publish'),
  'clean-publish': publishes,
  rimraf: removesAll,
  del: removesAll,
  'del-cli': removesAll,
  shx: (call) => call.start(call.args),
};
