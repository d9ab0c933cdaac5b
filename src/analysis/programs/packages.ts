import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { display, known, type Text } from '../shell/value.ts';
import { packageCommand, releases } from './node-packages.ts';
import { judgeSpecs } from './package-specs.ts';
import { runManifestScript } from './project-scripts.ts';
import type { Program } from './registry.ts';
import { commandLine, does, judgeVerb, verbs } from './verbs.ts';

/** Package managers of languages other than JavaScript. Source: their manuals. */
type Answer = Result | Outcome | undefined;

const pipValues =
  '-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url --prefix --root --python --proxy --timeout --cache-dir -f --find-links --platform --python-version --trusted-host --group --log';

function pip(call: Invocation, args: readonly Text[] = call.args): Answer {
  const line = commandLine(args, { values: pipValues });
  const verb = known(line.words[0] ?? '');
  if (verb === 'install' || verb === 'wheel' || verb === 'sync' || verb === 'download' || verb === 'inject') {
    judgeSpecs(call, [...line.words.slice(1), ...line.all('-r', '--requirement', '-e', '--editable')]);
    if (line.has('--break-system-packages')) call.act('system.install', '--break-system-packages');
    for (const target of line.all('-t', '--target', '--prefix', '--root')) call.change(target);
  } else if (verb === 'config' && known(line.words[1] ?? '') === 'set') call.change(`${call.run.places.home}/.config/pip`);
  return undefined;
}

/** Managers of Python projects: `run` starts a program, the rest is their own business. */
function pythonManager(call: Invocation): Answer {
  const line = commandLine(call.args, { values: '-C --directory --project -p --python --env-file', stopsAfter: 1 });
  const verb = known(line.words[0] ?? '');
  const rest = line.rest ?? [];
  switch (verb) {
    case 'run': {
      const inner = commandLine(rest, {
        values:
          '--with --with-editable --with-requirements --extra --group -m --module -p --python --env-file --package --directory --project -s --script -e -n --name --env',
        stopsAfter: 1,
      });
      if (call.name === 'pipx') return packageCommand(call, rest);
      judgeSpecs(call, inner.all('--with'));
      const module = inner.value('-m', '--module');
      const [program] = inner.words;
      if (module !== undefined) return call.start(['python', '-m', module, ...inner.words, ...(inner.rest ?? [])]);
      if (program === undefined) return inner.rest && inner.rest.length > 0 ? call.start(inner.rest) : undefined;
      if (/\.py$|^https?:/.test(known(program) ?? '')) return call.start(['python', program, ...(inner.rest ?? [])]);
      if (call.name === 'hatch') return call.start([known(program)?.replace(/^[\w.-]+:/, '') ?? program, ...(inner.rest ?? [])]);
      return call.start([program, ...(inner.rest ?? [])]);
    }
    case 'pip':
      return pip(call, rest);
    case 'tool':
      return known(rest[0] ?? '') === 'run' ? packageCommand(call, rest.slice(1)) : judgeLater(call, rest.slice(1));
    case 'add':
    case 'install':
    case 'inject':
      return judgeLater(call, rest);
    case 'publish':
      if (!line.has('--dry-run') && !rest.some((arg) => known(arg) === '--dry-run')) call.act('package.publish', `${call.name} publish`);
      return undefined;
    case 'config':
      if (rest.some((arg) => /token|password|http-basic/.test(known(arg) ?? '')) && rest.length === 1)
        call.act('secret.print', `${call.name} config`, 'read');
  }
  return undefined;
}

function judgeLater(call: Invocation, args: readonly Text[]): undefined {
  const line = commandLine(args, { values: pipValues });
  judgeSpecs(call, [...line.words, ...line.all('-r', '--requirements', '-e', '--editable')]);
  return undefined;
}

function cargo(call: Invocation): Answer {
  const line = commandLine(
    call.args.filter((arg) => !/^\+[\w.-]+$/.test(known(arg) ?? '')),
    {
      values:
        '-p --package --bin --example --test --bench --features -F --target --target-dir --manifest-path -j --jobs --profile --config -Z --color --git --branch --tag --rev --path --version --registry --index --token --message-format --root -C',
    },
  );
  for (const setting of line.all('--config')) {
    const found = /(?:runner|rustc-wrapper|rustc-workspace-wrapper|linker|rustc|rustdoc)\s*=\s*\[?\s*["']([^"']+)/.exec(
      display(setting),
    )?.[1];
    if (found !== undefined) call.shell(found);
    else if (/^alias\./.test(display(setting))) call.opaque(display(setting));
  }
  const verb = known(line.words[0] ?? '');
  if (verb === 'install' && line.has('--git')) judgeSpecs(call, line.all('--git'));
  if (verb === 'add') judgeSpecs(call, line.all('--git'));
  judgeVerb(call, line, cargoTable);
  return undefined;
}

const cargoTable = verbs(`
  publish !--dry-run|-n     package.publish
  yank                      package.publish
  owner -a|--add|-r|--remove  package.publish
  release --execute|-x      package.publish
`);

function go(call: Invocation): Answer {
  const line = commandLine(call.args, {
    singleDash: true,
    values:
      '-C -o -p -tags -ldflags -gcflags -asmflags -toolexec -exec -run -bench -count -timeout -mod -modfile -overlay -coverprofile -covermode -pkgdir -vettool',
  });
  for (const text of [...line.all('-toolexec', '--toolexec'), ...line.all('-exec', '--exec'), ...line.all('-vettool')]) call.shell(text);
  if (
    known(line.words[0] ?? '') === 'env' &&
    line.has('-w') &&
    line.words.some((word) => /toolexec|^(?:CC|CXX|GOFLAGS|GOPROXY|GONOSUMDB|GOSUMDB)=/.test(known(word) ?? '…toolexec'))
  )
    call.opaque('go env -w');
  for (const out of line.all('-o', '-coverprofile')) call.change(out);
  if (known(line.words[0] ?? '') === 'generate') generate(call);
  return undefined;
}

/** `//go:generate COMMAND` in files that were just written. */
function generate(call: Invocation): void {
  for (const [path, { text, gone }] of call.state.files) {
    const source = gone !== true && path.endsWith('.go') && text !== undefined ? known(text) : undefined;
    for (const [, command = ''] of source?.matchAll(/^\/\/go:generate\s+(.+)$/gm) ?? []) call.shell(command);
  }
}

/** `bundle exec`, `composer exec`, `mise exec --`: another program in the project's surroundings. */
function runs(pattern: RegExp, values = '', also?: Program): Program {
  return (call) => {
    const line = commandLine(call.args, { values, stopsAfter: 1 });
    if (!pattern.test(known(line.words[0] ?? '') ?? '')) return also?.(call);
    const inner = commandLine(line.rest ?? [], { values, stopsAfter: 1 });
    const rest = inner.words.length === 0 ? (inner.rest ?? []) : [...inner.words, ...(inner.rest ?? [])];
    // `mise exec node@20 -- node x`.
    const dashes = rest.findIndex((arg) => known(arg) === '--');
    const words = dashes >= 0 ? rest.slice(dashes + 1) : rest;
    return words.length > 0 ? call.start(words) : undefined;
  };
}

export const packagePrograms: Readonly<Record<string, Program>> = {
  'dotenv-cli': (call) => call.start(['dotenv', ...call.args]),
  pip: (call) => pip(call),
  pip3: (call) => pip(call),
  pipx: pythonManager,
  uv: pythonManager,
  poetry: pythonManager,
  pipenv: pythonManager,
  pdm: pythonManager,
  hatch: pythonManager,
  rye: pythonManager,
  flit: pythonManager,
  conda: runs(/^run$/, '-n --name -p --prefix --cwd'),
  mamba: runs(/^run$/, '-n --name -p --prefix --cwd'),
  micromamba: runs(/^run$/, '-n --name -p --prefix --cwd'),
  pixi: runs(/^run$/, '-e --environment --manifest-path'),
  twine: releases('upload  package.publish'),
  eas: releases('submit  package.publish'),
  'cpan-upload': (call) => call.act('package.publish', 'cpan-upload'),
  cargo,
  go,
  gem: (call) => {
    const line = commandLine(call.args, { values: '-v --version -s --source -k --key -C' });
    if (known(line.words[0] ?? '') === 'install') judgeSpecs(call, line.words.slice(1));
    if (/^(?:push|yank|owner)$/.test(known(line.words[0] ?? '') ?? '')) call.act('package.publish', `gem ${display(line.words[0] ?? '')}`);
    return known(line.words[0] ?? '') === 'exec' ? call.start(line.words.slice(1)) : undefined;
  },
  bundle: runs(/^exec$/, '--gemfile', releases('config --global  none')),
  bundler: runs(/^exec$/),
  composer: (call) => {
    const line = commandLine(call.args, { values: '-d --working-dir' });
    const verb = known(line.words[0] ?? '') ?? '';
    const name = verb === 'run' || verb === 'run-script' ? line.words[1] : line.words[0];
    if (verb === 'exec') return call.start(line.rest ?? line.words.slice(1));
    if (name !== undefined && !/^(?:install|require|update|remove)$/.test(verb))
      runManifestScript(call, name, { manifest: 'composer.json', hooks: false, folder: line.value('-d', '--working-dir') });
    if (/^(?:install|update|require)$/.test(verb) && !line.has('--no-scripts'))
      for (const hook of ['pre-install-cmd', 'post-install-cmd', 'pre-update-cmd', 'post-update-cmd', 'post-autoload-dump'])
        runManifestScript(call, hook, { manifest: 'composer.json', hooks: false });
    return undefined;
  },
  dotnet: (call) => {
    const line = commandLine(call.args, {
      values: '-c --configuration -f --framework -o --output -r --runtime -s --source -k --api-key --project -p -v --verbosity',
    });
    judgeVerb(call, line, dotnetTable);
    return undefined;
  },
  nuget: releases('push|delete  package.publish'),
  hex: releases('publish  package.publish'),
  mix: (call) => {
    const verb = call.word(0) ?? '';
    if (verb === 'hex.publish') call.act('package.publish', verb);
    else if (/^ecto\.(?:drop|reset)$/.test(verb)) call.act('db.drop', `mix ${verb}`, 'delete');
    else if (verb === 'cmd') return call.start(call.args.slice(1));
    return undefined;
  },
  pod: releases('trunk push|delete|deprecate  package.publish'),
  swift: releases('package-registry publish  package.publish'),
  dart: releases('pub publish !--dry-run|-n  package.publish'),
  flutter: releases('pub publish !--dry-run|-n  package.publish'),
  luarocks: releases('upload  package.publish'),
  stack: releases('upload  package.publish'),
  cabal: releases('upload --publish  package.publish'),
  helmfile: releases('destroy|delete  cloud.delete'),
  wasmer: releases('publish  package.publish'),
  oras: releases('push  package.publish'),
  crane: releases('push|delete|copy  package.publish'),
  skopeo: releases(`
    delete  cloud.delete
    copy    package.publish
  `),
  goreleaser: releases('release !--snapshot|--skip-publish  package.publish', '--skip --config -f'),
  fastlane: does(
    (call) =>
      /^(?:release|deploy|upload_to_\w+|deliver|supply|pilot|beta)$/.test(call.word(0) ?? '') &&
      call.act('package.publish', `fastlane ${call.word(0) ?? ''}`),
  ),
  mise: runs(/^(?:exec|x)$/, '-C --cd -j --jobs'),
  rtx: runs(/^(?:exec|x)$/),
  asdf: runs(/^exec$/),
  volta: runs(/^run$/, '--node --npm --yarn'),
  fnm: runs(/^exec$/, '--using'),
  pyenv: runs(/^exec$/),
  rbenv: runs(/^exec$/),
  nix: (call) => {
    const line = commandLine(call.args, { values: '-c --command --expr -f --file -I' });
    judgeSpecs(
      call,
      line.words.filter((word) => /^(?:github|git\+|https?):/.test(known(word) ?? '') && !/^github:NixOS\//i.test(known(word) ?? '')),
    );
    const at = call.args.findIndex((arg) => /^(?:-c|--command)$/.test(known(arg) ?? ''));
    return at >= 0 && call.args[at + 1] !== undefined ? call.start(call.args.slice(at + 1)) : undefined;
  },
  'nix-shell': (call) => {
    const text = commandLine(call.args, { values: '--run --command -p -I --arg --argstr' }).value('--run', '--command');
    return text === undefined ? undefined : call.shell(text);
  },
};

const dotnetTable = verbs(`
  nuget push|delete      package.publish
  ef database drop       db.drop
  ef database update     db.write
  user-secrets list      secret.print
  user-secrets clear     cloud.delete
`);
