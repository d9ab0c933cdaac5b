import { Document, LineCounter, type Node, parseDocument } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type PolicyDocument, policyDocument } from './document.ts';
import { documentName, Reader } from './schema.ts';

/** UTF-16 units that a policy file may have. */
const maxLength = 1_000_000;
/** How deep a file may nest: YAML's parser recurses, and takes time that grows with the square of the depth. */
const maxNesting = 200;
/** How many problems of one file are worth reading. */
const maxProblems = 20;

/** A policy file as it was read, and what is wrong with it. There is a document only where nothing is. */
export interface ReadDocument {
  readonly document?: PolicyDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the text of a policy file. Never throws. */
export function readDocument(source: string, text: string): ReadDocument {
  const fail = (code: string, message: string): ReadDocument => ({ diagnostics: [{ code, severity: 'error', message, source }] });
  if (text.length > maxLength) return fail('too-large', `The file has more than ${maxLength} characters.`);
  if (isNestedTooDeeply(text)) return fail('too-large', `The file nests lists or mappings more than ${maxNesting} deep.`);
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(text, { version: '1.2', uniqueKeys: true, lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  } catch {
    // The parser recurses, and ends like this where the file nests without end.
    return fail('too-large', 'The file is nested too deeply to be read.');
  }
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return {
      diagnostics: problems.slice(0, maxProblems).map((problem) => {
        const { line, col } = lines.linePos(problem.pos[0]);
        return {
          code: problem.code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'bad-yaml',
          severity: 'error',
          message: `The file cannot be read as YAML: ${problem.message.replace(/\.?$/, '.')}`,
          source,
          position: { line, column: col },
          span: { start: problem.pos[0], end: problem.pos[1] },
        };
      }),
    };
  }
  if (document.contents === null) return fail('empty-policy', 'The file holds no policy.');
  return read(new Reader(source, document, lines), document);
}

/** Reads a policy from plain data. */
export function readPlain(source: string, value: unknown): ReadDocument {
  let document: Document;
  try {
    document = new Document(value);
  } catch {
    return { diagnostics: [{ code: 'wrong-type', severity: 'error', message: `${documentName} cannot be written as YAML.`, source }] };
  }
  return read(new Reader(source, document), document);
}

function read(reader: Reader, document: Document): ReadDocument {
  const value = policyDocument.read(document.contents as Node | null, reader, documentName);
  const { diagnostics } = reader;
  return value === undefined || diagnostics.length > 0 ? { diagnostics } : { document: value, diagnostics };
}

/** Whether too many lists or mappings are open at once. Brackets in quotes do not count, other text is taken for structure. */
export function isNestedTooDeeply(text: string): boolean {
  if (/(?:[-?:][ \t]+){100}/.test(text)) return true;
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    if (depth > maxNesting) return true;
  }
  return false;
}
