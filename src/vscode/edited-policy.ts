import { dirname } from 'node:path';
import { Uri, workspace } from 'vscode';
import { builtIn } from '../gateway/compile-policy.ts';
import { localPolicy } from '../gateway/local-policy.ts';
import { strongerLayers } from '../gateway/stronger-layers.ts';
import type { Directories } from '../platform/directories.ts';
import type { EditedPolicy } from '../policy/edit/diagnose.ts';
import type { LayerSource, ReadExtended } from '../policy/load.ts';
import { kindOf, type PolicyKind, readPolicy } from './policy-documents.ts';

/** A policy as it is being written, and what it is. */
export interface Edited {
  readonly kind: PolicyKind;
  readonly edited: EditedPolicy;
  /** Paths of what it extends. */
  readonly extended: ReadonlySet<string>;
}

/** A policy as it is being written, under the layers that hold on this machine; `undefined` for a file that is none of ours. */
export async function editedPolicy(uri: Uri, text: string, directories: Directories): Promise<Edited | undefined> {
  const kind = kindOf({ uri, getText: () => text }, directories);
  if (kind === undefined) return undefined;
  const { read, texts } = await extendedOf(uri, text);
  const own = { name: uri.fsPath, text, stronger: above(kind, directories), read, now: Date.now() };
  return { kind, edited: { ...own, ...standing(kind, uri, directories) }, extended: texts };
}

/** The layers above one of this kind. */
function above(kind: PolicyKind, directories: Directories): readonly LayerSource[] {
  return kind === 'workspace' || kind === 'user' ? strongerLayers(kind, directories, process.platform) : [builtIn];
}

/** As what a file holds. Scenarios and policies without a place are judged as their writer's own. */
function standing(kind: PolicyKind, uri: Uri, directories: Directories): Pick<LayerSource, 'layer' | 'trusted'> {
  switch (kind) {
    case 'workspace':
      return { layer: 'workspace', trusted: isApproved(uri, directories) };
    case 'managed':
      return { layer: 'managed', trusted: true };
    default:
      return { layer: 'user', trusted: true };
  }
}

/** Whether a person has approved what is on disk; what is being typed nobody has. */
function isApproved(uri: Uri, directories: Directories): boolean {
  if (uri.scheme !== 'file' || workspace.textDocuments.some((each) => each.isDirty && each.uri.toString() === uri.toString())) return false;
  return localPolicy(directories, process.platform, dirname(uri.fsPath)).trusted;
}

const mostExtended = 50;

/** Reads what a policy extends beforehand: loading asks for it at once, and files may lie in a virtual folder. */
export async function extendedOf(uri: Uri, text: string): Promise<{ readonly read: ReadExtended; readonly texts: ReadonlySet<string> }> {
  const texts = new Map<string, string>();
  const waiting = [{ from: uri, text }];
  for (let next = waiting.shift(); next && texts.size < mostExtended; next = waiting.shift()) {
    for (const [name] of next.text.matchAll(/(?:\.{1,2}\/|\/)[^\s,'"\]#]+\.ya?ml/g)) {
      const target = resolveName(next.from, name);
      if (texts.has(target.fsPath)) continue;
      const found = await readPolicy(target);
      if (found === undefined) continue;
      texts.set(target.fsPath, found);
      waiting.push({ from: target, text: found });
    }
  }
  const read: ReadExtended = (name, from) => {
    const target = resolveName(uri.with({ path: Uri.file(from).path }), name).fsPath;
    const found = texts.get(target);
    return found === undefined ? undefined : { name: target, text: found };
  };
  return { read, texts: new Set(texts.keys()) };
}

function resolveName(from: Uri, name: string): Uri {
  return name.startsWith('/') ? from.with({ path: name }) : Uri.joinPath(from, '..', name);
}
