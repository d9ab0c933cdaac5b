import { analyze } from '../analysis/analyze.ts';
import { branchIn } from '../gateway/branch.ts';
import { ownersHere } from '../gateway/owners.ts';
import type { Effect } from '../model/effect.ts';
import { newSession } from '../model/policy-request.ts';
import { runCondition } from '../policy/condition.ts';
import { groupNames } from '../platform/who.ts';
import { evaluate } from '../policy/evaluate.ts';
import { type ExplainedEffect, explain as explainRules } from '../policy/explain.ts';
import { visibleLine } from '../present/visible-text.ts';
import { check, requestOf } from './check.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { policyOf } from './policy.ts';
import { readRequest } from './request.ts';
import { worlds } from './world.ts';

const help = `Says why a tool call is decided as it is: what it would do, which rule of which policy decides, and what to do instead.

Usage: agent-policy explain [options] -- COMMAND…
       agent-policy explain --tool NAME --args JSON [options]

Takes the options of "agent-policy check" but --batch, --compat and --default-action, and:
  --all   every rule that was considered for each effect, and why it did or did not match

Exit codes: 0 explained, 1 error.
`;

const { batch: _batch, compat: _compat, 'default-action': _default, ...shared } = check.options;
const options = { ...shared, all: { type: 'boolean' } } as const;

export const explain: Command = { summary: 'why a tool call is decided as it is', help, options, run };

async function run(parsed: Parsed, io: Io): Promise<number> {
  const request = readRequest(requestOf(parsed), { cwd: io.cwd, home: io.home });
  if ('error' in request) throw new UsageError(request.error);
  if (request.problem !== undefined) throw new UsageError(request.problem);
  const policy = policyOf(textOption(parsed, 'policy'), io.cwd);
  const { call } = request;
  const analysis = analyze(call, worlds(io.env, io.platform)(call.cwd));
  const subject = { user: io.env['USER'] ?? '', groups: groupNames() };
  const question = { call, analysis, subject, session: newSession, environment: { now: Date.now(), branch: branchIn(call.workspace) } };
  const owners = ownersHere(io.platform === 'win32' || io.platform === 'darwin');
  const options = { conditions: () => runCondition, owners: () => owners };
  const decision = evaluate(policy, question, options);
  const considered = explainRules(policy, question, options);
  if (hasFlag(parsed, 'json')) {
    await io.out(`${JSON.stringify({ call, analysis, decision, considered })}\n`);
    return exitCodes.ok;
  }
  const { verdict, rule, layer, reason, advice, risk, policy: ref, effect } = decision;
  const rows: [string, string][] = [
    ['verdict', verdict],
    ['rule', rule === '' ? '(none matched)' : `${rule}${layer === '' ? '' : ` of the ${layer} layer`}`],
    ['reason', reason],
    ['instead', advice ?? ''],
    ['risk', risk],
    ['policy', `${ref.id} ${ref.revision} ${ref.hash}`],
    ...analysis.effects.map((each): [string, string] => [sameEffect(each, effect) ? 'effect *' : 'effect', effectLine(each)]),
    ...analysis.problems.map(({ message, pos }): [string, string] => ['unclear', `at ${pos}: ${message}`]),
  ];
  await io.out(
    rows
      .filter(([, text]) => text.trim() !== '')
      .map(([label, text]) => `${label.padEnd(9)} ${visibleLine(text)}\n`)
      .join(''),
  );
  if (effect !== undefined) await io.out('          (* is what the rule matched)\n');
  if (hasFlag(parsed, 'all')) await io.out(considered.map(consideredLines).join(''));
  return exitCodes.ok;
}

function sameEffect(a: Effect, b: Effect | undefined): boolean {
  return b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function effectLine({ kind, certainty, path, program, argv, url, statement, tool, act, zones, evidence }: Effect): string {
  const what =
    program === undefined ? (path ?? url ?? statement ?? tool ?? '') : [program, ...(argv ?? [])].map((word) => word ?? '…').join(' ');
  const notes = [act, ...(zones ?? []), evidence === undefined ? undefined : `“${evidence}”`].filter((note) => note !== undefined);
  return `${kind} (${certainty}) ${what}${notes.length === 0 ? '' : `  [${notes.join(', ')}]`}`;
}

function consideredLines({ effect, rules }: ExplainedEffect): string {
  const head = effect === undefined ? 'the call as a whole' : effectLine(effect);
  const lines = rules.map(
    ({ matches, action, rule, layer, file, line, because, shadow }) =>
      `  ${matches.padEnd(8)} ${action.padEnd(8)} ${rule}${shadow ? ' (shadow)' : ''}  [${layer}, ${file}:${line}]  ${because}`,
  );
  return `\n${visibleLine(head)}\n${lines.map((line) => `${visibleLine(line)}\n`).join('')}`;
}
