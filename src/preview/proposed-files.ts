import type { Action, Replacement } from '../model/tool-call.ts';
import { applyPatch } from './patch.ts';

/** What a file holds now and what it would hold. */
export interface ProposedFile {
  /** Absolute, as the tool named it. */
  readonly path: string;
  /** Absent where there is no such file. */
  readonly before?: string;
  /** Absent where the file would be deleted. */
  readonly after?: string;
  /** Why `after` is not known: it then equals `before`. */
  readonly problem?: 'unreadable' | 'no-content' | 'text-not-found' | 'bad-patch';
}

/** Gives a file's text; `undefined` where there is none, `null` where it cannot be shown (too large, not text). */
export type ReadFile = (path: string) => string | undefined | null;

/** The files that write tools would change, each as before and after, from our own computation and not the agent's account. Pure but for `read`. */
export function proposedFiles(
  actions: readonly Action[],
  read: ReadFile,
  resolve: (path: string) => string = (path) => path,
): readonly ProposedFile[] {
  // Several actions of one call may follow each other on the same file.
  const files = new Map<string, ProposedFile>();
  const now = (path: string): string | undefined | null => {
    const known = files.get(path);
    return known ? known.after : read(path);
  };
  const put = (path: string, after: string | undefined, problem?: ProposedFile['problem']): void => {
    const known = files.get(path);
    const before = known ? known.before : (read(path) ?? undefined);
    files.set(path, {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...((problem ?? known?.problem) ? { problem: problem ?? known?.problem } : {}),
    } as ProposedFile);
  };
  for (const action of actions) {
    switch (action.kind) {
      case 'write': {
        const path = resolve(action.path);
        if (now(path) === null) put(path, action.content, 'unreadable');
        else if (action.content === undefined) put(path, now(path) ?? undefined, 'no-content');
        else put(path, action.content);
        break;
      }
      case 'edit': {
        const path = resolve(action.path);
        const text = now(path);
        if (text === null) put(path, undefined, 'unreadable');
        else if (!action.replacements) put(path, text, 'no-content');
        else {
          const edited = replaceAll(text ?? '', action.replacements);
          put(path, edited.text, edited.complete ? undefined : 'text-not-found');
        }
        break;
      }
      case 'delete':
        put(resolve(action.path), undefined);
        break;
      case 'patch':
        for (const change of applyPatch(action.text, (path) => now(resolve(path)) ?? undefined)) {
          put(resolve(change.path), change.after, change.ok ? undefined : 'bad-patch');
        }
        break;
      default:
        break;
    }
  }
  return [...files.values()];
}

/** Each replacement once, in order, as edit tools do; an empty old text is the whole of a new or empty file, or its end. */
function replaceAll(text: string, replacements: readonly Replacement[]): { readonly text: string; readonly complete: boolean } {
  let result = text;
  let complete = true;
  for (const { oldText, newText } of replacements) {
    if (oldText === '') {
      result += newText;
      continue;
    }
    const at = result.indexOf(oldText);
    if (at < 0) complete = false;
    else result = result.slice(0, at) + newText + result.slice(at + oldText.length);
  }
  return { text: result, complete };
}
