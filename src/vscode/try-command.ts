import { homedir } from 'node:os';
import { Uri, window, workspace } from 'vscode';
import type { Decision } from '../model/decision.ts';
import type { Analysis } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import type { Directories } from '../platform/directories.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { evaluate } from '../policy/evaluate.ts';
import { explain } from '../policy/explain.ts';
import type { LayerSource } from '../policy/load.ts';
import { visibleLine, withoutLinks } from '../present/visible-text.ts';
import { askForCommand, detailOf, requestFor, verdictSentence } from './check-command.ts';
import { type Edited, editedPolicy } from './edited-policy.ts';
import { policyCompiler } from './policy-compiler.ts';
import { readPolicy } from './policy-documents.ts';
import { t } from './translate.ts';

/** Asks for a command and shows what a policy says of it as it is being typed, and whether one of its rules matches. Nothing is run or recorded. */
export async function tryCommand(given: unknown, rule: unknown, directories: Directories): Promise<void> {
  const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
  if (uri === undefined) return;
  for (;;) {
    const command = await askForCommand();
    if (command === undefined || command.trim() === '') return;
    const text = await readPolicy(uri);
    const found = text === undefined ? undefined : await editedPolicy(uri, text, directories);
    if (found === undefined) return;
    const tried = decideAsTyped(command, found, uri, typeof rule === 'string' ? rule : undefined, directories);
    if (typeof tried === 'string') {
      void window.showErrorMessage(withoutLinks(tried));
      return;
    }
    const another = t('Try Another');
    const detail = [detailOf(command, tried.decision, tried.analysis), ...tried.more].join('\n');
    if ((await window.showInformationMessage(verdictSentence(tried.decision.verdict), { modal: true, detail }, another)) !== another)
      return;
  }
}

interface Tried {
  readonly decision: Decision;
  readonly analysis: Analysis;
  readonly more: readonly string[];
}

/** The decision by the text in the editor, under the layers that hold on this machine; or what is wrong with it. */
function decideAsTyped(
  command: string,
  { edited, kind }: Edited,
  uri: Uri,
  rule: string | undefined,
  directories: Directories,
): Tried | string {
  const compiler = policyCompiler();
  const { stronger, read, now: _, ...own } = edited;
  const load = (layer: LayerSource) => compiler.loadPolicy([...stronger, layer], read);
  const { policy, diagnostics } = load(own);
  if (policy === undefined) return diagnostics.find(({ severity }) => severity === 'error')?.message ?? t('No policy could be loaded.');
  const folder = workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? homedir();
  const request = requestFor(command, folder, directories);
  const decide = (by: CompiledPolicy) => evaluate(by, request, { conditions: () => compiler.runCondition });
  const decision = decide(policy);
  const approved = kind === 'workspace' && own.trusted !== true ? load({ ...own, trusted: true }).policy : undefined;
  const after = approved === undefined ? undefined : decide(approved);
  const differs = after !== undefined && (after.verdict !== decision.verdict || after.rule !== decision.rule);
  return {
    decision,
    analysis: request.analysis,
    more: [
      ...(rule === undefined ? [] : ['', ...ruleLines(policy, request, rule, own.name)]),
      ...(differs
        ? ['', t('Once you have approved this file: {0} ({1})', verdictSentence(after.verdict), after.rule === '' ? '-' : after.rule)]
        : []),
    ],
  };
}

const mostLines = 3;

/** Whether a rule of the file matched the effects of a call, and why not. */
function ruleLines(policy: CompiledPolicy, request: PolicyRequest, name: string, file: string): readonly string[] {
  const all = explain(policy, request, { conditions: () => policyCompiler().runCondition }).flatMap(({ rules }) =>
    rules.filter((each) => each.rule === name && each.file === file),
  );
  // A rule matches a call where it matches one of its effects.
  const best = ['yes', 'possibly', 'no'].find((word) => all.some(({ matches }) => matches === word));
  const lines = [...new Set(all.filter(({ matches }) => matches === best).map(({ because }) => visibleLine(because)))];
  return [t('The rule {0}:', visibleLine(name)), ...lines.slice(0, mostLines).map((line) => `  ${line}`)];
}
