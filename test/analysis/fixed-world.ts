import type { EntryKind, World } from '../../src/model/world.ts';

/** A machine that is only a table: paths with the text of files, `undefined` for folders, and `->` before the target of a link. */
export function fixedWorld(files: Readonly<Record<string, string | undefined>>, variables: Readonly<Record<string, string>> = {}): World {
  const entries = new Map<string, string | undefined>([['/', undefined]]);
  for (const [path, text] of Object.entries(files)) {
    for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) entries.set(path.slice(0, end), undefined);
    entries.set(path, text);
  }
  const kind = (path: string): EntryKind | undefined => {
    if (!entries.has(path)) return undefined;
    const text = entries.get(path);
    return text === undefined ? 'directory' : text.startsWith('->') ? 'link' : 'file';
  };
  return {
    kind,
    readLink: (path) => (kind(path) === 'link' ? entries.get(path)?.slice(2) : undefined),
    list: (path) => {
      if (kind(path) !== 'directory') return undefined;
      const start = path === '/' ? '/' : `${path}/`;
      return [...entries.keys()]
        .filter((other) => other.startsWith(start) && other !== path && !other.slice(start.length).includes('/'))
        .map((other) => other.slice(start.length));
    },
    readText: (path, maxBytes) => {
      const text = kind(path) === 'file' ? entries.get(path) : undefined;
      return text !== undefined && text.length <= maxBytes ? text : undefined;
    },
    variable: (name) => variables[name],
    madeBySession: () => false,
    ignoresCase: false,
  };
}

/** The project that most tests look at: `/w`, with the home `/home/me`. */
export const project: World = fixedWorld({
  '/w/a.txt': 'alpha one\nbeta two\n',
  '/w/b.txt': 'x y\n',
  '/w/two words.txt': 'tw\n',
  '/w/.hidden': 'h\n',
  '/w/words': 'red\ngreen blue\n',
  '/w/lib.sh': 'libvar=lv\nlibfun() { alpha lib "$@"; }\nalpha sourced\n',
  '/w/run.sh': '#!/bin/sh\nbeta ran "$@"\n',
  '/w/sub/d.txt': 'd\n',
  '/w/sub/e.md': 'e\n',
  '/w/sub/deep/f.txt': 'f\n',
  '/w/link': '->sub',
  '/home/me/notes': 'n\n',
});

export const place = { cwd: '/w', home: '/home/me' };
