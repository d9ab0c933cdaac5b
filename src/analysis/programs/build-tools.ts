import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { known, type Text, unknownFrom } from '../shell/value.ts';
import { judgeLoadedCode } from './loaded-code.ts';
import { checkVariable } from './environment.ts';
import { runJustRecipes } from './justfile.ts';
import { runMakeTargets, toolNames } from './makefile.ts';
import type { Program } from './registry.ts';
import { commandLine, does, verbProgram } from './verbs.ts';

/** Build tools: what a target runs is followed where it can be read. Source: manuals of make, just, cmake, gradle, maven and bazel. */

const makeValues =
  '-C --directory -f --file --makefile -I --include-dir -o --old-file --assume-old -W --what-if --new-file --assume-new --eval -E -O --output-sync --debug --jobserver-auth';

function make(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(
    call.args.filter((arg) => !/^-[jl]\d*$|^--(?:jobs|load-average)/.test(known(arg) ?? '')),
    { values: makeValues },
  );
  const settings = new Map<string, Text>();
  const targets: Text[] = [];
  for (const word of line.words) {
    const match = /^([\w.-]+)(?::|\?|\+)?=([\s\S]*)$/.exec(known(word) ?? '');
    if (match) settings.set(match[1] ?? '', match[2] ?? '');
    else if (!/^\d+$/.test(known(word) ?? '')) targets.push(word);
  }
  const shell = settings.get('SHELL');
  // What a makefile runs is put together from them: `make CC='rm -rf ~;'`.
  for (const value of settings.values()) if (/[;&|`]|\$\(/.test(known(value) ?? '')) call.shell(value);
  if (shell !== undefined && !/^(?:\/usr)?(?:\/bin\/)?(?:ba|z|da)?sh$/.test(known(shell) ?? ''))
    call.opaque(`make runs its lines by ${known(shell) ?? 'a program'}`);
  // Rules that make has of its own start them, without any makefile.
  for (const [name, value] of settings) if (toolNames.includes(name)) checkVariable('CC', value, call.state, call.run);
  for (const text of line.all('--eval', '-E')) call.opaque(`make --eval ${known(text) ?? ''}`);
  const files = line.all('-f', '--file', '--makefile');
  if (line.has('-n', '--just-print', '--dry-run', '--recon', '-q', '--question', '-p', '--print-data-base') && files.length === 0)
    return undefined;
  if (files.some((file) => known(file) === '-')) {
    call.opaque('a makefile from standard input');
    return undefined;
  }
  call.readAll(files);
  const folder = line.value('-C', '--directory');
  const ran = runMakeTargets(call, { targets, settings, folder, files });
  if (ran) return undefined;
  if (call.run.unpacked) call.run.reportOrigin('download');
  const places = folder === undefined ? files : [folder];
  if (places.some((place) => !call.isIn(place, 'workspace'))) call.opaque('a makefile that cannot be read');
  return undefined;
}

function just(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, {
    values: '-f --justfile -d --working-directory -c --command --shell --shell-arg --set --dotenv-path --color',
  });
  if (line.has('-c', '--command')) {
    const at = call.args.findIndex((arg) => /^(?:-c|--command)$/.test(known(arg) ?? ''));
    return at >= 0 ? call.start(call.args.slice(at + 1)) : undefined;
  }
  if (line.has('--shell')) call.opaque('just --shell');
  if (line.has('-l', '--list', '-n', '--dry-run', '-s', '--show', '--summary', '--dump', '--fmt', '--evaluate')) return undefined;
  runJustRecipes(
    call,
    line.words.filter((word) => !/=/.test(known(word) ?? '')),
    line.value('-d', '--working-directory'),
    line.value('-f', '--justfile'),
  );
  return undefined;
}

/** `cmake -E` is a set of file programs of its own. */
function cmake(call: Invocation): Result | Outcome | undefined {
  if (call.args.some((arg) => known(arg) === '--install')) {
    const prefix = commandLine(call.args, { values: '--install --prefix --config --component' }).value('--prefix');
    if (prefix !== undefined) call.change(prefix);
  }
  const at = call.args.findIndex((arg) => known(arg) === '-E');
  if (at >= 0) {
    const [verb, ...rest] = call.args.slice(at + 1);
    const line = commandLine(rest, {});
    switch (known(verb ?? '')) {
      case 'rm':
        return call.start(['rm', ...rest]);
      case 'remove':
        for (const file of line.words) call.remove(file);
        return undefined;
      case 'remove_directory':
        for (const file of line.words) call.remove(file, { recursive: true });
        return undefined;
      case 'rename':
        return call.start(['mv', ...line.words]);
      case 'copy':
      case 'copy_if_different':
      case 'copy_directory':
        return call.start(['cp', '-r', ...line.words]);
      case 'touch':
        for (const file of line.words) call.change(file);
        return undefined;
      case 'env':
      case 'time':
        return call.start(['env', ...line.words]);
      case 'chdir':
        return call.start(line.words.slice(1));
      case 'create_symlink':
        return call.start(['ln', '-s', ...line.words]);
      default:
        return undefined;
    }
  }
  const script = commandLine(call.args, { values: '-P -S -B -G -C -D --build --target -j --config --preset --install --prefix' }).value(
    '-P',
  );
  if (script !== undefined) {
    call.read(script);
    if (call.content(script)?.fresh ?? !call.isIn(script, 'workspace')) call.opaque('a script of cmake');
  }
  return undefined;
}

function gradle(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, {
    values: '-p --project-dir -b --build-file -c --settings-file -I --init-script -x --exclude-task -g --gradle-user-home --console',
  });
  for (const file of line.all('-I', '--init-script')) {
    call.read(file);
    if (call.content(file)?.fresh ?? !call.isIn(file, 'workspace')) call.opaque('an init script of gradle');
  }
  if (line.has('-m', '--dry-run')) return undefined;
  const task = line.words
    .map((word) => (known(word) ?? '').replace(/^.*:/, ''))
    .find((word) =>
      /^publish(?!ToMavenLocal|.*ToMavenLocal)|^(?:uploadArchives|bintrayUpload|closeAndRelease\w*|release|jreleaserFullRelease)$/.test(
        word,
      ),
    );
  if (task !== undefined) call.act('package.publish', `${call.name} ${task}`);
  return undefined;
}

function maven(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, {
    values: '-f --file -pl --projects -P --activate-profiles -s --settings -t --toolchains -T --threads -rf -l --log-file',
  });
  const goals = line.words.map((word) => known(word) ?? '');
  const goal = goals.find((word) => /^(?:deploy|site-deploy|release:perform|deploy:deploy(?:-file)?|nexus-staging:\S+)$/.test(word));
  if (goal !== undefined) call.act('package.publish', `${call.name} ${goal}`);
  const setting = (name: string): string | undefined =>
    call.args.map((arg) => new RegExp(`^-D${name}=([\\s\\S]*)$`).exec(known(arg) ?? '')?.[1]).find((value) => value !== undefined);
  const program = setting('exec\\.executable');
  if (program !== undefined) call.shell(`${program} ${setting('exec\\.args') ?? ''}`);
  if (goals.some((word) => /^(?:flyway:clean|liquibase:dropAll|sql:execute)$/.test(word)))
    call.act('db.drop', 'mvn flyway:clean', 'delete');
  return undefined;
}

/** Tasks of other runners, by the words people give to what drops a database or publishes. */
function tasks(call: Invocation): Result | Outcome | undefined {
  for (const word of commandLine(call.args, { values: '-f -C -g -t --taskfile -d --dir' }).words) {
    const name = known(word) ?? '';
    if (/^db:(?:drop|reset|migrate:reset|schema:load|purge|truncate_all)(?::|$)/.test(name))
      call.act('db.drop', `${call.name} ${name}`, 'delete');
    else if (/^(?:release|gem:release)$/.test(name) && call.name !== 'task') call.act('package.publish', `${call.name} ${name}`);
  }
  return undefined;
}

function bazel(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, { values: '--config -c' });
  for (const text of line.all('--run_under')) call.shell(text);
  return undefined;
}

/** A compiler that is told to run a program around itself. */
function compiler(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, {
    singleDash: true,
    values: '-o -I -L -D -U -include -isystem -x -MF -MT -MQ -arch -framework -target -T -Xlinker -wrapper',
  });
  for (const text of line.all('-wrapper')) call.start((known(text) ?? 'unknown').split(','));
  for (const option of call.args) if (/^-(?:fplugin|specs|B)=?\/tmp/.test(known(option) ?? '')) call.opaque(known(option) ?? '');
  // A program made of the project's sources is as much as they are; of sources that were just written nobody knows.
  const isFresh = line.words.some((word) => call.content(word)?.fresh ?? false);
  for (const out of line.all('-o', '-MF')) call.write(out, isFresh ? {} : { content: unknownFrom('generated') });
  return undefined;
}

export const buildPrograms: Readonly<Record<string, Program>> = {
  make,
  gmake: make,
  bmake: make,
  'mingw32-make': make,
  remake: make,
  just,
  rake: tasks,
  task: tasks,
  mage: tasks,
  invoke: tasks,
  cmake,
  ninja: () => undefined,
  gradle,
  gradlew: gradle,
  mvn: maven,
  mvnw: maven,
  mvnd: maven,
  bazel,
  bazelisk: bazel,
  ant: () => undefined,
  sbt: verbProgram('publish|publishSigned|release|sonatypeRelease|+publish|ci-release  package.publish'),
  gcc: compiler,
  'g++': compiler,
  cc: compiler,
  'c++': compiler,
  clang: compiler,
  'clang++': compiler,
  rustc: compiler,
  pytest: does((call) => {
    judgeLoadedCode(call);
    if (call.args.some((arg) => known(arg) === '-p') && call.args.some((arg) => /^\/tmp\//.test(known(arg) ?? '')))
      call.opaque('a plugin of pytest');
  }),
  tsc: () => undefined,
  prettier: does(judgeLoadedCode),
};
