import type { World } from '../model/world.ts';

/** Most links that are followed for one path: what Linux allows. */
const maxLinks = 40;

/**
 * Longest path that is looked up, in UTF-16 code units: PATH_MAX of Linux for the current folder, and again for what is named from there. Nothing
 * can be reached by a longer one, and each of its folders would cost as much as the path is long.
 */
export const longestPath = 2 * 4096;

/** Whether a path is absolute on POSIX or on Windows. */
export function isAbsolute(path: string): boolean {
  return path.charCodeAt(0) === 47 /* / */ || (path.charAt(1) === ':' && /^[A-Za-z]:[\\/]/.test(path)) || path.startsWith('\\\\');
}

/** `.` and `..` and double slashes taken out, without looking at any disk; an absolute path stays absolute. */
export function normalize(path: string): string {
  if (path.length > 1) {
    // Nearly all are as they should be, and a pattern takes long to compile.
    if (!path.includes('//') && !path.includes('/.') && !path.endsWith('/')) return path;
    if (!/\/\.{0,2}(\/|$)/.test(path)) return path;
  }
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The path as typed, absolute but unresolved. A drive letter's backslashes become slashes. */
export function absolute(path: string, cwd: string): string {
  if (path.charCodeAt(0) === 47) return normalize(path);
  if (path.charAt(1) === ':' && /^[A-Za-z]:[\\/]/.test(path)) return `${path.slice(0, 2)}${normalize(path.slice(2).replaceAll('\\', '/'))}`;
  if (path.startsWith('\\\\')) return path.replaceAll('\\', '/');
  const drive = cwd.charAt(1) === ':' ? /^[A-Za-z]:(?=[\\/])/.exec(cwd)?.[0] : undefined;
  if (drive !== undefined) return `${drive}${normalize(`${cwd.slice(2)}/${path}`.replaceAll('\\', '/'))}`;
  return normalize(cwd === '/' ? `/${path}` : `${cwd}/${path}`);
}

/**
 * The path the kernel would use: links of every existing folder on the way followed, the rest as written; `/proc/self/root` and
 * `/proc/self/cwd` taken for what they are. With `followLast` false the last name is not followed, as when a link itself is deleted.
 */
export function resolve(path: string, cwd: string, world: World, followLast = true): string {
  if (isPlain(path) && !meetsLink(path, world, followLast)) return path;
  // The next part is the last of the list, so that taking it costs nothing.
  const pending = withoutProcAliases(path.charCodeAt(0) === 47 ? path : absoluteUnnormalized(path, cwd), cwd)
    .split('/')
    .filter((part) => part !== '')
    .reverse();
  let current = '';
  let links = 0;
  let exists = true;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '.') continue;
    if (part === '..') {
      current = current.slice(0, Math.max(0, current.lastIndexOf('/')));
      exists = true;
      continue;
    }
    // A drive letter is no folder of the root.
    const next = current === '' && /^[A-Za-z]:$/.test(part) ? part : `${current}/${part}`;
    if (exists && (pending.length > 0 || followLast)) {
      const kind = world.kind(next);
      if (kind === undefined) exists = false;
      else if (kind === 'link' && links < maxLinks) {
        const target = world.readLink(next);
        if (target !== undefined) {
          links += 1;
          if (target.startsWith('/')) current = '';
          pending.push(
            ...target
              .split('/')
              .filter((p) => p !== '')
              .reverse(),
          );
          continue;
        }
      }
    }
    current = next;
  }
  return current === '' ? '/' : current;
}

// An absolute path of names only: nothing in it is anything but what it is written as.
function isPlain(path: string): boolean {
  return (
    path.charCodeAt(0) === 47 &&
    path.length > 1 &&
    path.charCodeAt(2) !== 58 /* : */ &&
    !path.endsWith('/') &&
    !path.includes('//') &&
    !path.includes('/.') &&
    !path.includes('proc/')
  );
}

function meetsLink(path: string, world: World, followLast: boolean): boolean {
  for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
    if (end < 0 && !followLast) return false;
    const kind = world.kind(end < 0 ? path : path.slice(0, end));
    if (kind === 'link') return true;
    if (kind === undefined || end < 0) return false;
  }
}

function absoluteUnnormalized(path: string, cwd: string): string {
  if (isAbsolute(path)) return path.replaceAll('\\', '/');
  return `${cwd}/${path}`;
}

// `/proc/self/root/etc/passwd` is `/etc/passwd`: a spelling used to get past guards that compare text.
function withoutProcAliases(path: string, cwd: string): string {
  if (!path.includes('proc/')) return path;
  const match = /^\/+proc\/+(?:self|thread-self|\d+)\/+(root|cwd)(?=\/|$)/.exec(path);
  if (!match) return path;
  const rest = path.slice(match[0].length);
  return withoutProcAliases(match[1] === 'root' ? rest || '/' : `${cwd}${rest}`, cwd);
}

/** A path without the slashes at its end. */
export function withoutEnd(path: string): string {
  // A pattern looks at each slash anew for every one before it.
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) === 47) end -= 1;
  return path.slice(0, end);
}

/** The last name of a path. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of a path. */
export function dirname(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}

/** Whether `path` is `folder` or inside it; both absolute and normalized. */
export function isWithin(path: string, folder: string): boolean {
  if (folder === '/') return true;
  return path.startsWith(folder) && (path.length === folder.length || path.charCodeAt(folder.length) === 47);
}

/** The name of the program that a text names. */
export function programName(text: string): string {
  const name = basename(text.includes('\\') ? text.replaceAll('\\', '/') : text);
  return /\.(?:exe|cmd|bat|com)$/i.test(name) ? name.slice(0, name.lastIndexOf('.')).toLowerCase() : name;
}
