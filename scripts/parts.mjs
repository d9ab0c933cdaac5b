// Bundles that hold what few calls need, and are loaded when one of their functions is called; none holds what one that it is a part of has already.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

/**
 * A part is `{ bundle, of, modules, from }`: its name, that of the bundle it is a part of where there is one, the modules (paths from the root) whose
 * functions others call, and the bundles that reach it only where it is loaded (all, where absent).
 */

const normal = (path) => path.replaceAll('\\', '/');

/** Names of the functions that a module exports. Whatever else it exports cannot be reached from outside of its bundle, which the build notices. */
function functionsOf(root, module) {
  const text = readFileSync(join(root, module), 'utf8');
  return [...text.matchAll(/^export (?:function (\w+)|const (\w+) = (?:async )?\()/gm)].map(
    ([, declared, assigned]) => declared ?? assigned,
  );
}

/** Calls `place` with each module that is imported, by its path from the root. */
function atImports(root, context, place) {
  context.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) =>
    kind === 'entry-point' ? undefined : place(normal(relative(root, join(resolveDir, path)))),
  );
}

/** A plugin for the bundle `own` that puts doors in the place of modules which lie in other parts. */
export function doors(root, parts, own) {
  const bundleOf = new Map(
    parts.flatMap(({ bundle, modules, from }) =>
      bundle === own || from?.includes(own) === false ? [] : modules.map((module) => [module, bundle]),
    ),
  );
  return {
    name: 'doors',
    setup(context) {
      atImports(root, context, (module) => (bundleOf.has(module) ? { path: module, namespace: 'door' } : undefined));
      context.onResolve({ filter: /^\.\/[\w-]+\.cjs$/, namespace: 'door' }, ({ path }) => ({ path, external: true }));
      context.onLoad({ filter: /./, namespace: 'door' }, ({ path }) => ({
        contents: [
          `let loaded;\nconst door = () => (loaded ??= require('./${bundleOf.get(path)}.cjs'));`,
          // Once it was opened, what was the door is the function itself: the bundler lets whoever imports it call what it is then.
          ...functionsOf(root, path).map((name) => `export let ${name} = (...args) => (${name} = door().${name})(...args);`),
        ].join('\n'),
      }));
    },
  };
}

/** The text of a part's entry: what it is called for, and what it lends. */
function entryOf(root, { modules }, lent) {
  const entries = [...lent].flatMap(([module, names], index) => [...names].map((name) => [name, `${name}$${index}`, module]));
  const twice = entries.find(([name], index) => entries.findIndex(([other]) => other === name) !== index);
  if (twice) throw new Error(`Two modules that parts share export ${twice[0]}: give one of them another name.`);
  return [
    ...modules.map((module) => `export { ${functionsOf(root, module).join(', ')} } from './${module}';`),
    ...entries.map(([name, local, module]) => `import { ${name} as ${local} } from './${module}';`),
    // Made when the first of them asks, as most calls need none.
    entries.length === 0
      ? ''
      : `let lent;\nexport const lend = () => (lent ??= { ${entries.map(([name, local]) => `${name}: ${local}`).join(', ')} });`,
  ].join('\n');
}

/**
 * For each part, in the order in which they are given (a whole before its parts), esbuild's options besides `options`, and `finish`, which makes of the
 * text that esbuild wrote what is to be loaded.
 */
export async function planParts(root, parts, options) {
  const entry = (part, lent) => ({ contents: entryOf(root, part, lent), resolveDir: root, sourcefile: `${part.bundle}.js` });
  const scan = async (part, lent, plugins) => {
    const { metafile, outputFiles } = await build({
      ...options,
      stdin: entry(part, lent),
      plugins: [...plugins, doors(root, parts, part.bundle), ...options.plugins],
      metafile: true,
      minify: false,
      write: false,
      format: 'esm',
      outfile: `${part.bundle}.js`,
    });
    const [{ inputs }] = Object.values(metafile.outputs);
    const modules = Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0 && file.startsWith('src/'));
    return { modules, text: outputFiles[0].text };
  };
  const needs = new Map();
  for (const part of parts) needs.set(part, (await scan(part, [], [])).modules);

  // Each module lies in one bundle of a family: as far out as several need it.
  const owners = new Map(parts.map((part) => [part, new Map()]));
  const wholeOf = (part) => parts.find(({ bundle }) => bundle === part.of);
  const ownerOf = (module, part) =>
    part === undefined ? undefined : (ownerOf(module, wholeOf(part)) ?? (owners.get(part).has(module) ? part : undefined));
  for (const part of parts) {
    const whole = wholeOf(part);
    for (const module of needs.get(part)) {
      if (ownerOf(module, whole) !== undefined) continue;
      const isShared =
        whole !== undefined && parts.some((other) => other !== part && other.of === part.of && needs.get(other).includes(module));
      owners.get(isShared ? whole : part).set(module, true);
    }
  }
  const elsewhere = (part, place) => ({
    name: 'elsewhere',
    setup(context) {
      atImports(root, context, (module) => {
        const owner = ownerOf(module, wholeOf(part));
        return owner === undefined ? undefined : { path: place(owner, module), external: true };
      });
    },
  });

  const lent = new Map(parts.map((part) => [part, new Map()]));
  for (const part of parts.toReversed()) {
    const { text } = await scan(part, lent.get(part), [elsewhere(part, ({ bundle }, module) => `#${bundle}#${module}`)]);
    for (const [, list, bundle, module] of text.matchAll(/import\s*\{([^}]*)\}\s*from\s*"#([\w-]+)#([^"]+)"/g)) {
      const names = lent.get(parts.find((each) => each.bundle === bundle));
      for (const each of list.split(',')) names.set(module, (names.get(module) ?? new Set()).add(each.trim().split(/\s+as\s+/)[0]));
    }
  }
  return parts.map((part) => ({
    bundle: part.bundle,
    options: {
      ...options,
      stdin: entry(part, lent.get(part)),
      plugins: [elsewhere(part, ({ bundle }) => `./${bundle}.cjs?lent`), doors(root, parts, part.bundle), ...options.plugins],
    },
    finish: (text) => text.replaceAll(/require\("(\.\/[\w-]+\.cjs)\?lent"\)/g, 'require("$1").lend()'),
  }));
}
