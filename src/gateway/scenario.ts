import { analyze } from '../analysis/analyze.ts';
import type { Decision } from '../model/decision.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { type ConditionRunner, evaluate } from '../policy/evaluate.ts';
import type { Scenario } from '../policy/scenario.ts';
import { scenarioWorld } from '../policy/scenario-world.ts';

/** Where scenarios happen: nothing of the machine they are run on plays a part. */
const workspace = '/home/dev/project';
const home = '/home/dev';

/** Makes the call that a scenario writes down. */
export type CallOfScenario = (written: {
  readonly tool: string;
  readonly args: unknown;
  readonly agent: string;
  readonly cwd: string;
  readonly workspace: string;
  readonly home: string;
}) => ToolCall;

/** Decides a scenario the whole way, at a time in milliseconds since 1970, on a machine that holds the files the scenario names and nothing else. Nothing is run or recorded. */
export function decideScenario(
  policy: CompiledPolicy,
  scenario: Scenario,
  { callOf, conditions, now }: { readonly callOf: CallOfScenario; readonly conditions: ConditionRunner; readonly now: number },
): Decision {
  const { tool, args, agent = 'claude-code', cwd, files, session, branch, user = 'dev', groups = [] } = scenario;
  const folder = cwd === undefined ? workspace : cwd.startsWith('/') ? cwd : `${workspace}/${cwd}`;
  const call = callOf({ tool, args, agent, cwd: folder, workspace, home });
  const environment = { now, ...(branch === undefined ? {} : { branch }) };
  return evaluate(
    policy,
    { call, analysis: analyze(call, scenarioWorld(workspace, files)), subject: { user, groups }, session, environment },
    { conditions: () => conditions },
  );
}
