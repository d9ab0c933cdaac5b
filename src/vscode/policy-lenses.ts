import { CodeLens, type CancellationToken, Range, type TextDocument, Uri, window } from 'vscode';
import { auditLog } from '../audit/place.ts';
import { queryLog } from '../audit/query.ts';
import type { DecisionRecord } from '../model/audit-record.ts';
import type { Directories } from '../platform/directories.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { matchedCalls } from '../policy/edit/past-calls.ts';
import { placedRules, placedScenarios } from '../policy/edit/places.ts';
import { visibleLine, withoutIcons } from '../present/visible-text.ts';
import { subjectOf } from '../audit/viewer-line.ts';
import { editedPolicy } from './edited-policy.ts';
import { policyCompiler } from './policy-compiler.ts';
import { kindOf, rangeIn, readPolicy } from './policy-documents.ts';
import { t } from './translate.ts';

/** The newest calls that a rule is held against, and so long they are believed, in milliseconds. */
const mostCalls = 500;
const believedMs = 10_000;
/** Rules of one file that have a lens. */
const mostRules = 300;

let calls: { readonly records: readonly DecisionRecord[]; readonly until: number } | undefined;
let compiled: { readonly key: string; readonly policy: CompiledPolicy | undefined } | undefined;

/** A lens whose title takes some work. */
class RuleLens extends CodeLens {
  readonly document: TextDocument;
  readonly rule: string;

  constructor(range: Range, document: TextDocument, rule: string) {
    super(range);
    this.document = document;
    this.rule = rule;
  }
}

/** What one can do with a policy, above it and above each rule. */
export function lensesOf(document: TextDocument, directories: Directories): readonly CodeLens[] {
  const kind = kindOf(document, directories);
  if (kind === undefined) return [];
  const text = document.getText();
  const tree = policyCompiler().readTree(text);
  const top = new Range(0, 0, 0, 0);
  const scenarios = placedScenarios(tree).length;
  const { uri } = document;
  const rules = placedRules(tree).slice(0, mostRules);
  const hasCalls = pastCalls(directories).length > 0;
  return [
    new CodeLens(top, { title: `$(beaker) ${t('Try a Command…')}`, command: 'agentPolicy.tryCommand', arguments: [uri] }),
    ...(scenarios === 0
      ? []
      : [
          new CodeLens(top, {
            title: `$(run-all) ${t('Run Scenarios ({0})', scenarios)}`,
            command: 'agentPolicy.runTests',
            arguments: [uri],
          }),
        ]),
    ...rules.flatMap(({ name, span, at }) => {
      const line = rangeIn(text, Math.min(span.start, at.start), at.end);
      const range = new Range(line.start, line.start);
      return [
        new CodeLens(range, { title: t('Try a Command…'), command: 'agentPolicy.tryCommand', arguments: [uri, name] }),
        ...(hasCalls ? [new RuleLens(range, document, name)] : []),
      ];
    }),
  ];
}

/** How many past calls the rule of a lens would have matched. */
export async function resolveLens(lens: CodeLens, token: CancellationToken, directories: Directories): Promise<CodeLens | undefined> {
  if (!(lens instanceof RuleLens)) return lens;
  const { document, rule } = lens;
  const matched = await matchedBy(document.uri, document.getText(), rule, directories);
  if (token.isCancellationRequested) return undefined;
  const records = pastCalls(directories).length;
  lens.command =
    matched === undefined
      ? { title: t('not compared with past calls: the policy has errors'), command: '' }
      : {
          title: t('{0} of the last {1} calls match', matched.length, records),
          command: 'agentPolicy.showMatches',
          arguments: [document.uri, rule],
        };
  return lens;
}

/** Lists the past calls that a rule would have matched. */
export async function showMatches(given: unknown, rule: unknown, directories: Directories): Promise<void> {
  const text = given instanceof Uri ? await readPolicy(given) : undefined;
  if (!(given instanceof Uri) || text === undefined || typeof rule !== 'string') return;
  const matched = (await matchedBy(given, text, rule, directories)) ?? [];
  const items = [...matched].reverse().map((record) => ({
    label: withoutIcons(visibleLine(subjectOf(record)).slice(0, 200)),
    description: withoutIcons(visibleLine([record.agent, record.outcome, record.rule].filter((part) => part !== '').join(', '))),
    detail: record.timestamp,
  }));
  await window.showQuickPick(items, {
    title: t('Past calls that the rule {0} matches', visibleLine(rule)),
    placeHolder: items.length === 0 ? t('None of them') : t('The newest first'),
    matchOnDescription: true,
  });
}

async function matchedBy(uri: Uri, text: string, rule: string, directories: Directories): Promise<readonly DecisionRecord[] | undefined> {
  const policy = await policyAsTyped(uri, text, directories);
  if (policy === undefined) return undefined;
  return matchedCalls(policy, { name: rule, file: uri.fsPath }, pastCalls(directories), policyCompiler().runCondition);
}

async function policyAsTyped(uri: Uri, text: string, directories: Directories): Promise<CompiledPolicy | undefined> {
  const key = `${uri}\n${text}`;
  if (compiled?.key === key) return compiled.policy;
  const found = await editedPolicy(uri, text, directories);
  if (found === undefined) return undefined;
  const { stronger, read, now: _, ...own } = found.edited;
  const { policy } = policyCompiler().loadPolicy([...stronger, own], read);
  compiled = { key, policy };
  return policy;
}

function pastCalls(directories: Directories): readonly DecisionRecord[] {
  if (calls !== undefined && Date.now() < calls.until) return calls.records;
  const entries = queryLog(auditLog(directories).directory, { type: 'decision' }, mostCalls);
  const records = entries.flatMap(({ record }) => (record.type === 'decision' ? [record] : []));
  calls = { records, until: Date.now() + believedMs };
  return records;
}
