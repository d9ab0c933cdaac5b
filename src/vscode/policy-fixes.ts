import {
  CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type Diagnostic as EditorDiagnostic,
  type Range,
  type TextDocument,
  WorkspaceEdit,
} from 'vscode';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Directories } from '../platform/directories.ts';
import { diagnose } from '../policy/edit/diagnose.ts';
import { addVersion, type Candidate, fixesFor } from '../policy/edit/fixes.ts';
import { editedPolicy } from './edited-policy.ts';
import { policyCompiler } from './policy-compiler.ts';
import { rangeIn } from './policy-documents.ts';
import { t } from './translate.ts';

/** The ways to mend what is marked at a place, each tried before it is offered. */
export async function fixActions(
  document: TextDocument,
  range: Range,
  context: CodeActionContext,
  directories: Directories,
): Promise<readonly CodeAction[]> {
  const text = document.getText();
  const found = await editedPolicy(document.uri, text, directories);
  if (found === undefined) return [];
  const compiler = policyCompiler();
  const tree = compiler.readTree(text);
  const diagnoseText = (changed: string): readonly Diagnostic[] => diagnose({ ...found.edited, text: changed }, compiler);
  const marked = context.diagnostics.filter(({ source }) => source === 'Agent Policy');
  const here = marked.length === 0 ? [] : diagnoseText(text);
  const actions = marked.flatMap((mark) => {
    const diagnostic = here.find((each) => each.message === mark.message && each.code === codeOf(mark));
    if (diagnostic === undefined) return [];
    if (diagnostic.code === 'not-approved') return [reviewAction(mark)];
    return fixesFor(text, diagnostic, tree, diagnoseText).map((fix, index) => action(document, fix, mark, index === 0));
  });
  const version = range.start.line <= 1 ? addVersion(text, tree) : undefined;
  return [...actions, ...(version === undefined ? [] : [action(document, version, undefined, false)])];
}

function codeOf({ code }: EditorDiagnostic): unknown {
  return typeof code === 'object' ? code.value : code;
}

function action(document: TextDocument, fix: Candidate, mark: EditorDiagnostic | undefined, isFirst: boolean): CodeAction {
  const result = new CodeAction(titleOf(fix), mark === undefined ? CodeActionKind.RefactorRewrite : CodeActionKind.QuickFix);
  const edit = new WorkspaceEdit();
  for (const { start, end, text } of fix.edits) edit.replace(document.uri, rangeIn(document.getText(), start, end), text);
  result.edit = edit;
  if (mark !== undefined) result.diagnostics = [mark];
  result.isPreferred = isFirst && fix.does !== 'remove-rule' && fix.does !== 'define-role';
  return result;
}

/** What a person must look at cannot be mended by an edit. */
function reviewAction(mark: EditorDiagnostic): CodeAction {
  const title = t('Review what this policy would loosen');
  const result = new CodeAction(title, CodeActionKind.QuickFix);
  result.command = { command: 'agentPolicy.reviewTrust', title };
  result.diagnostics = [mark];
  return result;
}

function titleOf({ does, parts: [part = ''] }: Candidate): string {
  switch (does) {
    case 'replace':
      return t('Change to {0}', part);
    case 'remove-key':
      return t('Remove {0}', part);
    case 'remove-rule':
      return t('Remove the rule {0}', part);
    case 'remove-name':
      return t('Remove this name');
    case 'add-key':
      return t('Add {0}', part);
    case 'wrap-list':
      return t('Make it a list');
    case 'quote':
      return t('Put it in quotes');
    case 'spaces':
      return t('Indent with spaces');
    case 'space':
      return t('Put a space behind the colon');
    case 'close':
      return t('Close with {0}', part);
    case 'indent':
      return t('Align with the lines before');
    case 'rename':
      return t('Rename to {0}', part);
    case 'define-role':
      return t('Define the role {0}, held by nobody yet', part);
    case 'begin':
      return t('Begin with the built-in rules');
    case 'ask-instead':
      return t('Ask a person instead');
    case 'exact-names':
      return t('Name the tools: {0}', part);
    case 'move-first':
      return t('Let this rule come before {0}', part);
  }
}
