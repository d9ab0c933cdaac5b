import {
  CompletionItem,
  CompletionItemKind,
  type CompletionList,
  Hover,
  MarkdownString,
  type Position,
  Range,
  SnippetString,
  type TextDocument,
  workspace,
} from 'vscode';
import { allAdapters } from '../agents/registry.ts';
import { localPolicy } from '../gateway/local-policy.ts';
import type { Directories } from '../platform/directories.ts';
import { complete, type Suggestion } from '../policy/edit/complete.ts';
import { explainWord } from '../policy/edit/hover.ts';
import { type KnownNames, rulesOf } from '../policy/edit/names.ts';
import type { JsonSchema } from '../policy/schema.ts';
import { policyCompiler } from './policy-compiler.ts';
import { kindOf } from './policy-documents.ts';
import { plain } from './markdown.ts';

/** So long what is known of other files is believed, in milliseconds: suggestions come with every letter. */
const believedMs = 3000;

const longestBeside = 70;

let schema: JsonSchema | undefined;
let known: { readonly names: KnownNames; readonly folder: string; readonly until: number } | undefined;

/** What may be written at a place of a policy. */
export function suggestions(document: TextDocument, position: Position, directories: Directories): CompletionList | undefined {
  if (kindOf(document, directories) === undefined) return undefined;
  const found = complete(document.getText(), document.offsetAt(position), jsonSchema(), names(document, directories));
  if (found === undefined) return undefined;
  const range = rangeAround(document, found.span, position);
  // Asked again where the place changes, which the editor cannot know.
  return { isIncomplete: false, items: found.items.map((item, index) => completionItem(item, index, range, position)) };
}

/** What is known of the word at a place of a policy. */
export function wordHover(document: TextDocument, position: Position, directories: Directories): Hover | undefined {
  if (kindOf(document, directories) === undefined) return undefined;
  const found = explainWord(document.getText(), document.offsetAt(position), jsonSchema(), names(document, directories));
  if (found === undefined) return undefined;
  const lines = [
    `**${plain(found.word)}**${found.about === '' ? '' : ` — ${plain(found.about)}`}`,
    ...(found.foreign === undefined ? [] : [plain(found.foreign)]),
    found.words.map(([word, meaning]) => `- **${plain(word)}** — ${plain(meaning)}`).join('\n'),
  ];
  const text = new MarkdownString(lines.filter((line) => line !== '').join('\n\n'));
  return new Hover(text, new Range(document.positionAt(found.span.start), document.positionAt(found.span.end)));
}

function jsonSchema(): JsonSchema {
  schema ??= policyCompiler().policyJsonSchema();
  return schema;
}

function names(document: TextDocument, directories: Directories): KnownNames {
  const folder = workspace.getWorkspaceFolder(document.uri)?.uri.fsPath ?? directories.config;
  if (known?.folder === folder && Date.now() < known.until) return known.names;
  const { policy } = localPolicy(directories, process.platform, folder);
  const fresh: KnownNames = {
    agents: allAdapters().map(({ id }) => id),
    templates: policyCompiler().templateNames,
    rules: policy === undefined ? [] : rulesOf(policy),
  };
  known = { names: fresh, folder, until: Date.now() + believedMs };
  return fresh;
}

/** Completion works in one line: what lies in others is left as it is. */
function rangeAround(document: TextDocument, span: { readonly start: number; readonly end: number }, position: Position): Range {
  const [start, end] = [document.positionAt(span.start), document.positionAt(span.end)];
  const line = document.lineAt(position.line).range;
  return new Range(start.line === position.line ? start : line.start, end.line === position.line ? end : line.end);
}

function completionItem(item: Suggestion, index: number, range: Range, position: Position): CompletionItem {
  // What it means is seen beside it; the whole is in the documentation.
  const description = item.documentation.length > longestBeside ? `${item.documentation.slice(0, longestBeside - 1)}…` : item.documentation;
  const result = new CompletionItem({ label: item.label, description }, kinds[item.kind]);
  result.insertText = item.isSnippet ? new SnippetString(item.insert) : item.insert;
  // Lines have the indentation that the place asks for.
  result.keepWhitespace = true;
  result.range = { inserting: new Range(range.start, position), replacing: range };
  result.sortText = `${item.isRequired ? '0' : '1'}${String(index).padStart(5, '0')}`;
  if (item.documentation !== '' || item.foreign !== undefined) {
    const lines = [item.documentation, item.foreign ?? ''].filter((line) => line !== '');
    result.documentation = new MarkdownString(lines.map(plain).join('\n\n'));
  }
  if (item.again) result.command = { command: 'editor.action.triggerSuggest', title: '' };
  return result;
}

const kinds: Readonly<Record<Suggestion['kind'], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  name: CompletionItemKind.Reference,
  new: CompletionItemKind.Snippet,
};
