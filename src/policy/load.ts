import { createHash } from 'node:crypto';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type Compiled, compileDocuments, type NamedDocument } from './compile.ts';
import { type CompiledLayer, type CompiledPolicy, compiledFormat, type LayerName, layerNames, type Workflow } from './compiled.ts';
import { didYouMean } from './did-you-mean.ts';
import { modeOf } from './in-force.ts';
import { readDocument } from './read-document.ts';
import { indexRules } from './rule-index.ts';
import type { Located } from './schema.ts';
import { templateFile, templateNames, templateText } from './templates.ts';

/** The text of one layer. */
export interface LayerSource {
  readonly layer: LayerName;
  /** File path or template name, for messages and for resolving `extends`. */
  readonly name: string;
  readonly text: string;
  /** Whether a person has approved this exact content. The built-in and the managed layer always are. */
  readonly trusted?: boolean;
}

/** Gives the text of a file that `extends` names in the file `from`; `undefined` where there is none. Templates are not asked for. */
export type ReadExtended = (name: string, from: string) => { readonly name: string; readonly text: string } | undefined;

/** The policy, unless an error was found; and everything that was found. */
export interface Loaded {
  readonly policy?: CompiledPolicy;
  readonly diagnostics: readonly Diagnostic[];
}

/** How many files one layer may be made of. */
const maxFiles = 50;

/**
 * Reads, checks and compiles the layers of a policy. Never throws. With any error there is no policy. `fallback` is what holds where a
 * managed or user policy is outside of its dates.
 */
export function loadPolicy(sources: readonly LayerSource[], read: ReadExtended = () => undefined, fallback?: LayerSource): Loaded {
  const diagnostics: Diagnostic[] = [];
  const hashes: string[] = [];
  let workflow: Workflow | undefined;
  const ordered = [...sources].sort((a, b) => layerNames.indexOf(a.layer) - layerNames.indexOf(b.layer));
  const layers = ordered.flatMap((source): CompiledLayer[] => {
    const files: File[] = [];
    collect(source, read, files, [], diagnostics);
    const own = files[0];
    if (own === undefined) return [];
    const compiled = compileDocuments(files, diagnostics);
    const trusted = source.layer === 'built-in' || source.layer === 'managed' || source.trusted === true;
    if (workflow !== undefined && compiled.workflow !== undefined) diagnostics.push(secondWorkflow(source.name, workflow));
    else if (compiled.workflow !== undefined) workflow = { layer: source.layer, ...compiled.workflow };
    const hash = digest(files.map(({ text }) => text));
    hashes.push(`${source.layer}:${hash}:${trusted}`);
    return [toLayer(source, trusted, own, hash, compiled)];
  });
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  const ref = layers.at(-1)?.ref ?? { id: 'none', revision: '0', hash: '' };
  return {
    policy: {
      format: compiledFormat,
      ref: { ...ref, hash: digest(hashes) },
      mode: modeOf(layers),
      ...(workflow === undefined ? {} : { workflow }),
      layers,
      ...(fallback === undefined || !layers.some(hasDates) ? {} : fallbackLayer(fallback, read)),
    },
    diagnostics,
  };
}

function secondWorkflow(source: string, { layer }: Workflow): Diagnostic {
  const message = `The ${layer} layer has a workflow, so the one of this file has no effect: a session has one state.`;
  return { code: 'second-workflow', severity: 'warning', message, source };
}

interface File extends NamedDocument {
  readonly text: string;
}

function toLayer(source: LayerSource, trusted: boolean, own: File, hash: string, compiled: Compiled): CompiledLayer {
  const { rules, roles, defaultAction, mode, effectiveFrom, effectiveUntil } = compiled;
  return {
    layer: source.layer,
    name: source.name,
    trusted,
    ref: { id: own.document.id ?? source.name, revision: own.document.revision ?? '0', hash },
    defaultAction,
    ...(mode === undefined ? {} : { mode }),
    ...(effectiveFrom === undefined ? {} : { effectiveFrom }),
    ...(effectiveUntil === undefined ? {} : { effectiveUntil }),
    ...(Object.keys(roles).length === 0 ? {} : { roles }),
    rules,
    index: indexRules(rules),
  };
}

const hasDates = ({ layer, effectiveFrom, effectiveUntil }: CompiledLayer): boolean =>
  (layer === 'managed' || layer === 'user') && (effectiveFrom !== undefined || effectiveUntil !== undefined);

function fallbackLayer(source: LayerSource, read: ReadExtended): Pick<CompiledPolicy, 'fallback'> {
  const layer = loadPolicy([source], read).policy?.layers[0];
  return layer === undefined ? {} : { fallback: layer };
}

/** Puts a file and all that it extends into `files`, itself first, each once. */
function collect(
  file: { readonly name: string; readonly text: string },
  read: ReadExtended,
  files: File[],
  from: readonly string[],
  diagnostics: Diagnostic[],
): void {
  if (files.some(({ name }) => name === file.name)) return;
  const { document, diagnostics: found } = readDocument(file.name, file.text);
  diagnostics.push(...found);
  if (document === undefined) return;
  files.push({ name: file.name, text: file.text, document });
  const path = [...from, file.name];
  const date = document.metadata?.effective_from ?? document.metadata?.effective_until;
  if (from.length > 0 && date !== undefined) {
    const message = 'The dates of a file that is extended have no effect: those of the file that extends it count.';
    diagnostics.push({ code: 'unused-date', severity: 'warning', message, ...date.place });
  }
  for (const base of document.extends ?? []) {
    const next = resolve(base, file.name, read, diagnostics);
    if (next === undefined) continue;
    if (path.includes(next.name)) {
      report(diagnostics, 'cycle', base, `The files extend each other in a circle: ${[...path, next.name].join(' → ')}.`);
    } else if (files.length >= maxFiles) {
      report(diagnostics, 'too-large', base, `More than ${maxFiles} files extend each other.`);
    } else collect(next, read, files, path, diagnostics);
  }
}

function resolve(
  { value, place }: Located<string>,
  from: string,
  read: ReadExtended,
  diagnostics: Diagnostic[],
): { readonly name: string; readonly text: string } | undefined {
  const template = templateText(value);
  // A layer may be called like the template that it extends.
  if (template !== undefined) return { name: templateFile(value), text: template };
  if (/[/\\.]/.test(value)) {
    const file = read(value, from);
    if (file === undefined) report(diagnostics, 'missing-file', { value, place }, `The file ${value} cannot be read.`);
    return file;
  }
  const meant = didYouMean(value, templateNames);
  const message = `There is no template “${value}”; there are ${templateNames.join(', ')}.`;
  report(diagnostics, 'unknown-template', { value, place }, message, meant);
  return undefined;
}

function report(diagnostics: Diagnostic[], code: string, { place }: Located<string>, message: string, suggestion?: string): void {
  const end = suggestion === undefined ? '' : ` Did you mean “${suggestion}”?`;
  diagnostics.push({ code, severity: 'error', message: message + end, ...place, ...(suggestion === undefined ? {} : { suggestion }) });
}

/** `sha256:` and the digest of several texts, so that moving text from one to the next changes it. */
function digest(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n`).update(text);
  return `sha256:${hash.digest('hex')}`;
}
