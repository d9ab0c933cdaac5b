// Builds dist/: one bundle per front door, the lazily loaded ones beside them, and the library's types.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { iconFont } from './scripts/icon-font.mjs';
import { doors, planParts } from './scripts/parts.mjs';
import { icons } from './src/webview/icons.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');

/** Every file that lies directly in src is a front door with a bundle of its name. */
const nodeEntries = readdirSync(join(root, 'src')).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -'.ts'.length)] : []));
const shebang = new Set(['hook', 'cli']);
/** Bundles that the hook may load from compiled code, which was made of the very text: see src/platform/code.ts. */
const stamped = new Set(['gate', 'dialects', 'rare', 'compiler']);

/** `node esbuild.js hook cli` builds these only. */
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

if (wanted.length === 0) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const metaPath = join(dist, 'meta.json');
const metafile = existsSync(metaPath) ? JSON.parse(readFileSync(metaPath, 'utf8')) : { inputs: {}, outputs: {} };
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.yaml': 'text' },
};

/**
 * The parser of shell commands is larger than all the rest of the hook together, and a call without a command needs none: it is one bundle of its
 * own, which every other loads from beside itself when the first command comes.
 */
const lazyParser = {
  name: 'lazy-parser',
  setup(context) {
    context.onResolve({ filter: /^unbash$/ }, ({ path }) => ({ path, namespace: 'lazy-parser' }));
    context.onResolve({ filter: /^\.\/parser\.cjs$/ }, ({ path }) => ({ path, external: true }));
    context.onLoad({ filter: /./, namespace: 'lazy-parser' }, () => ({
      contents: "let loaded;\nexport const parse = (text) => (loaded ??= require('./parser.cjs')).parse(text);",
    }));
  },
};

/**
 * The analysis in bundles that are loaded as far as a call needs it: what tools do, what commands do, what is in scripts, and families of programs.
 * A part of a bundle (`of`) holds nothing that is in it.
 */
const parts = [
  { bundle: 'analysis', modules: ['src/analysis/analyze.ts'], from: ['gate'] },
  { bundle: 'commands', modules: ['src/analysis/analyze-commands.ts', 'src/analysis/shell/command-text.ts'] },
  {
    bundle: 'scripts',
    of: 'commands',
    modules: [
      ...['glob-zones', 'touch-pattern'].map((name) => `src/analysis/${name}.ts`),
      ...[
        'arithmetic',
        'brace',
        'builtins',
        'case',
        'declarations',
        'delayed-code',
        'execute-file',
        'expand',
        'glob',
        'loops',
        'parameter',
        'pattern-text',
        'test-expression',
      ].map((name) => `src/analysis/shell/${name}.ts`),
    ],
  },
  {
    bundle: 'ways',
    of: 'commands',
    modules: ['assign', 'elements', 'join', 'overlap', 'redirect', 'state-join'].map((name) => `src/analysis/shell/${name}.ts`),
  },
  {
    bundle: 'contents',
    of: 'commands',
    modules: [
      ...['patch', 'sql', 'url'].map((name) => `src/analysis/${name}.ts`),
      ...['generated', 'git-config', 'patches', 'unknown'].map((name) => `src/analysis/programs/${name}.ts`),
    ],
  },
  { bundle: 'git', of: 'commands', modules: ['src/analysis/programs/git-changes.ts'] },
  {
    bundle: 'files',
    of: 'commands',
    modules: ['editors', 'files', 'find', 'output', 'search'].map((name) => `src/analysis/programs/${name}.ts`),
  },
  {
    bundle: 'runners',
    of: 'commands',
    modules: ['archives', 'environment', 'interpreters', 'network', 'shells', 'wrappers', 'xargs'].map(
      (name) => `src/analysis/programs/${name}.ts`,
    ),
  },
  { bundle: 'builders', of: 'commands', modules: ['src/analysis/programs/builders.ts'] },
  { bundle: 'programs', of: 'commands', modules: ['src/analysis/programs/more.ts'] },
  {
    bundle: 'patterns',
    modules: ['automaton', 'condition-scope', 'glob', 'match-command', 'match-owner', 'overlap', 'pattern', 'python-str', 'sql-kind'].map(
      (name) => `src/policy/${name}.ts`,
    ),
    from: ['gate'],
  },
];

/** Parts of the simulated shell that its programs of ours never reach: network, databases, archives, other languages. */
const unusedInTrial = {
  name: 'unused-in-trial',
  setup(context) {
    const filter =
      /^(?:undici|sql\.js|quickjs-emscripten.*|turndown|file-type|fast-xml-parser|papaparse|@mixmark-io\/.*|smol-toml|ini|seek-bzip|node-liblzma|@mongodb-js\/zstd|compressjs)$|\/(?:undici|flag-coverage|yq|xan|xan-view|jq|sqlite3|tar|python3|js-exec|curl|html-to-markdown|rg|file|gzip|strings|split|column|tree|du|od)-[A-Z0-9]{8}\.js$/;
    context.onResolve({ filter }, ({ path }) => ({ path, namespace: 'unused' }));
    context.onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Builds, or says why not; one broken bundle does not keep the others from being built. */
async function bundle({ isStamped = false, finish, ...options }) {
  try {
    const result = await build({ ...common, ...options });
    Object.assign(metafile.inputs, result.metafile.inputs);
    Object.assign(metafile.outputs, result.metafile.outputs);
    if (isStamped) stamp(join(root, options.outfile), finish);
  } catch {
    // esbuild has printed what is wrong.
    process.exitCode = 1;
  }
}

const moduleScope = 'exports,require,module,__filename,__dirname';

/**
 * Puts the hash of a bundle's text above it, and makes it ASCII, which is read fastest: esbuild escapes all but what stands in regular expressions.
 * As a script the text evaluates to the function that makes the module, so that nothing has to be put around it in memory; required, it is the module.
 */
function stamp(file, finish = (text) => text) {
  const ascii = finish(readFileSync(file, 'utf8')).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const text = `(f=>typeof module=='object'?f(${moduleScope}):f)((function(${moduleScope}){${ascii}\n}))\n`;
  writeFileSync(file, `// ${createHash('sha256').update(text).digest('hex')}\n${text}`);
}

for (const name of nodeEntries.filter(isWanted)) {
  await bundle({
    entryPoints: [`src/${name}.ts`],
    outfile: `dist/${name}.cjs`,
    isStamped: stamped.has(name),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    plugins: name === 'dry-run' ? [unusedInTrial] : [lazyParser, doors(root, parts, name)],
    // Sources ask where they lie in the words of ES modules, which CommonJS has not.
    define: { 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname', 'import.meta.url': 'importMetaUrl' },
    banner: {
      js: shebang.has(name)
        ? '#!/usr/bin/env node'
        : name === 'dry-run'
          ? "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;"
          : '',
    },
  });
}

const planned = parts.some(({ bundle: name }) => isWanted(name))
  ? await planParts(root, parts, { ...common, platform: 'node', format: 'cjs', target: 'node20', plugins: [lazyParser] })
  : [];
for (const { bundle: name, options, finish } of planned) await bundle({ ...options, outfile: `dist/${name}.cjs`, isStamped: true, finish });

if (isWanted('parser')) {
  await bundle({
    stdin: { contents: "export { parse } from 'unbash';", resolveDir: root, sourcefile: 'parser.js' },
    outfile: 'dist/parser.cjs',
    isStamped: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
}

if (isWanted('webview')) {
  await bundle({
    entryPoints: [{ in: 'src/webview/viewer.page.ts', out: 'viewer' }],
    outdir: 'dist/webview',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
  });
  const codicons = join(root, 'node_modules', '@vscode', 'codicons', 'dist');
  const { font, style } = iconFont(join(codicons, 'codicon.ttf'), join(codicons, 'codicon.css'), icons);
  writeFileSync(join(dist, 'webview', 'codicon.ttf'), font);
  writeFileSync(join(dist, 'webview', 'codicon.css'), style);
}

writeFileSync(metaPath, JSON.stringify(metafile));

if (isWanted('index')) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
  // The library is CommonJS, so its types are, too.
  writeFileSync(join(dist, 'types', 'package.json'), '{ "type": "commonjs" }\n');
}
