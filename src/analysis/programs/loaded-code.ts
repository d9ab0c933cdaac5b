// Code that tools run besides what a command names: what they find by its name (`cat > conftest.py …; pytest`), what an address gives them, macros.
import { absolute, basename, isWithin } from '../paths.ts';
import type { Invocation } from '../shell/invocation.ts';
import { known } from '../shell/value.ts';

interface Loading {
  readonly interpreter: string;
  /** Files that are loaded where they are, from the folder that the tool runs in. */
  readonly names: readonly string[];
  /** Names of others that the same command may just have made. */
  readonly made: RegExp;
}

const endings = ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'];

function script(tool: string, also: readonly string[] = []): Loading {
  return {
    interpreter: 'node',
    names: [...endings.map((ending) => `${tool}.config.${ending}`), ...also],
    made: new RegExp(`(?:\\.(?:test|spec)|^${tool}[\\w.-]*\\.(?:config|setup))\\.[cm]?[jt]sx?$`),
  };
}

const python: Loading = {
  interpreter: 'python3',
  names: ['conftest.py', 'tests/conftest.py', 'test/conftest.py'],
  made: /^(?:conftest|test_\w+|\w+_test)\.py$/,
};

/** Tools and what they load without being told. Source: their manuals, on configuration and discovery. */
const tools: Readonly<Record<string, () => Loading>> = {
  pytest: () => python,
  'py.test': () => python,
  nox: () => ({ interpreter: 'python3', names: ['noxfile.py'], made: /^noxfile\.py$/ }),
  jest: () => script('jest'),
  vitest: () => script('vitest', ['vite.config.ts', 'vite.config.js']),
  mocha: () => script('mocha', ['.mocharc.js', '.mocharc.cjs']),
  ava: () => script('ava'),
  playwright: () => script('playwright'),
  cypress: () => script('cypress'),
  eslint: () => script('eslint', ['.eslintrc.js', '.eslintrc.cjs']),
  prettier: () => script('prettier', ['.prettierrc.js', '.prettierrc.cjs']),
  stylelint: () => script('stylelint'),
  webpack: () => script('webpack'),
  vite: () => script('vite'),
  rollup: () => script('rollup'),
  next: () => script('next'),
  nuxt: () => script('nuxt'),
  astro: () => script('astro'),
  tailwindcss: () => script('tailwind'),
  babel: () => script('babel'),
  karma: () => script('karma', ['karma.conf.js']),
  gulp: () => script('gulp', ['gulpfile.js', 'gulpfile.mjs', 'gulpfile.ts']),
  grunt: () => script('grunt', ['Gruntfile.js']),
  rspec: () => ({ interpreter: 'ruby', names: ['spec/spec_helper.rb', '.rspec'], made: /(?:_spec|spec_helper)\.rb$/ }),
};

/**
 * Judges what a tool loads of what this command or session has written. What cannot be told there is no more than what other code of the
 * project does.
 */
export function judgeLoadedCode(call: Invocation): void {
  const [cwd] = call.state.cwds;
  const loading = Object.hasOwn(tools, call.name) ? tools[call.name]?.() : undefined;
  if (Object.hasOwn(special, call.name)) special[call.name]?.(call);
  if (!loading || cwd === undefined) return;
  const paths = new Set(loading.names.filter((name) => call.content(name)?.fresh).map((name) => absolute(name, cwd)));
  for (const [path, { gone }] of call.state.files)
    if (gone !== true && isWithin(path, cwd) && loading.made.test(basename(path))) paths.add(path);
  call.run.lenient += 1;
  for (const path of paths) call.start([loading.interpreter, path]);
  call.run.lenient -= 1;
}

/** Tools that run something else than code of a language. */
const special: Readonly<Record<string, (call: Invocation) => void>> = {
  jbang: fromAfar,
  kotlin: fromAfar,
  'scala-cli': fromAfar,
  cookiecutter: fromAfar,
  tox,
  m4,
  'ansible-pull': (call) => {
    const at = call.args.findIndex((arg) => /^(?:-U|--url)$/.test(known(arg) ?? ''));
    const url = known((at < 0 ? call.args.find((arg) => (known(arg) ?? '').startsWith('--url=')) : call.args[at + 1]) ?? '');
    if (at >= 0 || url !== undefined) call.act('code.remote', `ansible-pull ${url ?? ''}`);
  },
};

// Runs what an address gives it.
function fromAfar(call: Invocation): void {
  const address = call.args.find((arg) => /^(?:https?|git\+https?|ssh):\/\//i.test(known(arg) ?? ''));
  if (address === undefined) return;
  call.network(address);
  call.act('code.remote', known(address));
}

/** Commands of a `tox.ini` that was written here. */
function tox(call: Invocation): void {
  const content = call.content('tox.ini');
  const text = content?.fresh ? known(content.text) : undefined;
  for (const [, first = '', more = ''] of text?.matchAll(/^commands\w*[ \t]*=[ \t]*(.*)((?:\n[ \t]+\S.*)*)/gm) ?? [])
    for (const line of [first, ...more.split('\n')])
      if (line.trim() !== '')
        call.shell(
          line
            .trim()
            .replace(/^-\s*/, '')
            .replaceAll('{homedir}', call.run.places.home)
            .replace(/\{[^}]*\}/g, 'x'),
        );
}

/** Macros that run commands: `esyscmd(date)`. */
function m4(call: Invocation): void {
  const files = call.args.filter((arg) => !(known(arg) ?? '-').startsWith('-'));
  const texts = files.length === 0 ? [call.io.input?.text] : files.map((file) => call.content(file)?.text);
  for (const text of texts) {
    const source = text === undefined ? '' : known(text);
    if (source === undefined) call.opaque('macros that cannot be known');
    for (const [, command = ''] of source?.matchAll(/\be?syscmd\s*\(([^)]*)\)/g) ?? []) call.shell(command.replace(/^[`[]+|['\]]+$/g, ''));
  }
}
