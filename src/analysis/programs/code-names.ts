import { type CodeSource, moduleName } from './code-source.ts';

/** Names that a program gives to what it imports: `import os as o`, `const { rm: r } = require("fs")`. */
export function aliasesOf(source: CodeSource): ReadonlyMap<string, string> {
  if (source.language === 'python') return pythonAliases(source.masked);
  return source.language === 'javascript' ? scriptAliases(source) : new Map();
}

/** Stands for any name of a module from which everything is imported: `from os import *`. */
export const anyName = '*';

function pythonAliases(code: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const match of code.matchAll(/(?<![\w.])import[ \t]+([\w., \t]{1,400})/g)) {
    if (/from[ \t]+[\w.]+[ \t]*$/.test(code.slice(Math.max(0, match.index - 80), match.index))) continue;
    for (const part of (match[1] ?? '').split(',')) {
      const as = /^\s*([\w.]+)\s+as\s+(\w+)/.exec(part);
      if (as) found.set(as[2] ?? '', as[1] ?? '');
    }
  }
  for (const match of code.matchAll(/(?<![\w.])from[ \t]+([\w.]{1,80})[ \t]+import[ \t]*(\(?)([\w., \t\n*]{1,400})/g)) {
    const module = match[1] ?? '';
    const names = match[2] === '' ? (match[3] ?? '').split('\n', 1)[0] : match[3];
    for (const part of (names ?? '').split(',')) {
      const as = /^\s*([\w*]+)(?:\s+as\s+(\w+))?/.exec(part);
      if (!as) continue;
      if (as[1] === '*') found.set(`${anyName}${module}`, module);
      else found.set(as[2] ?? as[1] ?? '', `${module}.${as[1] ?? ''}`);
    }
  }
  // A function under another name: `f = os.system`.
  for (const match of code.matchAll(/(?<![\w.])(\w+)\s*=\s*([A-Za-z_]\w*(?:\.\w+)+)\s*(?=[;\n]|$)/g)) {
    const [head = '', ...tail] = (match[2] ?? '').split('.');
    found.set(match[1] ?? '', [found.get(head) ?? head, ...tail].join('.'));
  }
  return found;
}

function scriptAliases(source: CodeSource): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const code = source.masked;
  const destructured = (list: string, from: string): void => {
    for (const part of list.split(',')) {
      const names = /^\s*(?:type\s+)?([\w$]+)(?:\s*(?::|\bas\b)\s*([\w$]+))?/.exec(part);
      if (names) found.set(names[2] ?? names[1] ?? '', `${from}.${names[1] ?? ''}`);
    }
  };
  for (const match of code.matchAll(/(?<![\w$.])import\s+([\w$*{}, \t\n]{1,400}?)\s+from\s*(?=["'`])/g)) {
    const module = source.stringAt(match.index + match[0].length)?.text;
    if (module === undefined) continue;
    const from = moduleName(module);
    const clause = match[1] ?? '';
    const braces = /\{([^}]*)\}/.exec(clause);
    if (braces) destructured(braces[1] ?? '', from);
    const whole = /^\s*(?:\*\s+as\s+)?([\w$]+)/.exec(clause.replace(/\{[^}]*\}/, ''));
    if (whole) found.set(whole[1] ?? '', from);
  }
  // What is required or imported stands there as a name already.
  for (const match of code.matchAll(/(?<![\w$.])([\w$]+)\s*=\s*(?:await\s+)?([A-Za-z_$][\w$]*(?:\s*\.\s*[\w$]+)*)\s*(?=[;,\n)}]|$)/g)) {
    const [head = '', ...tail] = (match[2] ?? '').replace(/\s+/g, '').split('.');
    if (match[1] !== head) found.set(match[1] ?? '', [found.get(head) ?? head, ...tail].join('.'));
  }
  for (const match of code.matchAll(/\{([\w$:, \t\n]{1,400})\}\s*=\s*\(?\s*(?:await\s+)?([A-Za-z_$][\w$]*(?:\s*\.\s*[\w$]+)*)/g)) {
    const name = (match[2] ?? '').replace(/\s+/g, '');
    destructured(match[1] ?? '', found.get(name) ?? name);
  }
  // `import("fs").then(f => f.rm(…))`
  for (const match of code.matchAll(
    /(?<![\w$])([A-Za-z_$][\w$]*)\s*\.\s*then\s*\(\s*(?:async\s*)?\(?\s*(?:\{([\w$:, ]{1,200})\}|([\w$]+))\s*\)?\s*=>/g,
  )) {
    if (match[2] !== undefined) destructured(match[2], match[1] ?? '');
    else found.set(match[3] ?? '', found.get(match[1] ?? '') ?? match[1] ?? '');
  }
  return found;
}

/** A dotted name with its first part put in the place of what it is an alias of. */
export function resolveName(name: string, aliases: ReadonlyMap<string, string>): string {
  let current = name;
  for (let guard = 0; guard < 4; guard++) {
    const dot = current.indexOf('.');
    const head = dot < 0 ? current : current.slice(0, dot);
    const alias = aliases.get(head);
    if (alias === undefined || alias === head || alias.startsWith(`${head}.`)) {
      // `from fs import x`: the alias of a name may begin with the name itself.
      return alias !== undefined && alias !== head && guard === 0 ? alias + (dot < 0 ? '' : current.slice(dot)) : current;
    }
    current = alias + (dot < 0 ? '' : current.slice(dot));
  }
  return current;
}
