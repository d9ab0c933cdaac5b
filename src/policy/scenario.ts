import type { Diagnostic, Position } from '../model/diagnostic.ts';
import type { Decision } from '../model/decision.ts';
import { newSession, type SessionFacts } from '../model/policy-request.ts';
import type { Verdict } from '../model/verdict.ts';
import type { TestDocument } from './document.ts';
import { readDocument } from './read-document.ts';

/** A call that a policy file expects something of. */
export interface Scenario {
  readonly name: string;
  readonly tool: string;
  readonly args: unknown;
  readonly agent?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
  /** Relative to the workspace, or absolute. */
  readonly cwd?: string;
  readonly branch?: string;
  readonly session: SessionFacts;
  /** Contents by path relative to the workspace; a path that ends in `/` is a folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly expect: Verdict;
  readonly rule?: string;
  readonly position?: Position;
}

/** What came of one scenario. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly passed: boolean;
  /** What differs, as one sentence; empty where nothing does. */
  readonly problem: string;
  readonly decision: Decision;
}

const counts: Readonly<Record<string, keyof SessionFacts>> = {
  tool_calls: 'toolCalls',
  writes: 'writes',
  deletes: 'deletes',
  bytes_written: 'bytesWritten',
  cost_usd: 'costUsd',
  denials: 'denials',
  approvals: 'approvals',
};

/** The scenarios of a policy file's `tests:`, and what is wrong with the file. */
export function readScenarios(
  source: string,
  text: string,
): { readonly scenarios: readonly Scenario[]; readonly diagnostics: readonly Diagnostic[] } {
  const { document, diagnostics } = readDocument(source, text);
  return { scenarios: (document?.tests ?? []).map(({ value, place }) => toScenario(value, place.position)), diagnostics };
}

function toScenario(test: TestDocument, position: Position | undefined): Scenario {
  const { name, tool, expect, args, agent, user, groups, cwd, branch, rule } = test;
  const facts = Object.entries(test.session ?? {}).flatMap(([key, value]) => {
    const fact = Object.hasOwn(counts, key) ? counts[key] : undefined;
    return fact === undefined ? [] : [[fact, value] as const];
  });
  return {
    name,
    tool,
    expect,
    args: args?.value ?? {},
    session: { ...newSession, ...Object.fromEntries(facts), ...(test.state === undefined ? {} : { state: test.state }) },
    files: test.files ?? {},
    ...(agent === undefined ? {} : { agent }),
    ...(user === undefined ? {} : { user }),
    ...(groups === undefined ? {} : { groups }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(branch === undefined ? {} : { branch }),
    ...(rule === undefined ? {} : { rule }),
    ...(position === undefined ? {} : { position }),
  };
}

/** Runs scenarios. `decide` makes the call of one, analyses it and evaluates it. */
export function runScenarios(scenarios: readonly Scenario[], decide: (scenario: Scenario) => Decision): readonly ScenarioResult[] {
  return scenarios.map((scenario) => {
    const decision = decide(scenario);
    const problem = compare(scenario, decision);
    return { scenario, decision, passed: problem === '', problem };
  });
}

function compare({ expect, rule }: Scenario, decision: Decision): string {
  const by = decision.rule === '' ? 'no rule' : `the rule “${decision.rule}”`;
  if (decision.verdict !== expect) return `It should be ${expect}, and is ${decision.verdict} by ${by}.`;
  if (rule !== undefined && decision.rule !== rule) return `The rule “${rule}” should decide, and ${by} does.`;
  return '';
}

/** Results as TAP 14. */
export function toTap(results: readonly ScenarioResult[]): string {
  const lines = results.flatMap(({ scenario, passed, problem }, i) => [
    `${passed ? 'ok' : 'not ok'} ${i + 1} - ${oneLine(scenario.name).replace(/[\\#]/g, '\\$&')}`,
    ...(passed ? [] : ['  ---', `  message: ${JSON.stringify(problem)}`, '  ...']),
  ]);
  return ['TAP version 14', `1..${results.length}`, ...lines, ''].join('\n');
}

/** Results as JUnit XML. */
export function toJunit(suite: string, results: readonly ScenarioResult[]): string {
  const failures = results.filter(({ passed }) => !passed).length;
  const cases = results.map(({ scenario, passed, problem }) => {
    const start = `    <testcase classname="${xml(suite)}" name="${xml(scenario.name)}"`;
    return passed ? `${start}/>` : `${start}>\n      <failure message="${xml(problem)}"/>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length}" failures="${failures}">`,
    `  <testsuite name="${xml(suite)}" tests="${results.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text inside of XML 1.0; characters that cannot stand there are left out. */
function xml(text: string): string {
  return text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replace(/[&<>"']/g, (char) => entities[char] ?? '');
}
