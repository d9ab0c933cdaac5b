import { analyze } from '../analysis/analyze.ts';
import type { Decision } from '../model/decision.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { CompiledLayer, CompiledPolicy } from '../policy/compiled.ts';
import { type ConditionRunner, evaluate } from '../policy/evaluate.ts';
import { isInForce } from '../policy/in-force.ts';
import type { Scenario } from '../policy/scenario.ts';
import { ownersInWorld } from './owners.ts';
import { scenarioWorld } from '../policy/scenario-world.ts';

/** Where scenarios happen: nothing of the machine they are run on plays a part. */
const workspace = '/home/dev/project';
const home = '/home/dev';

/** A time at which all of a policy is in force, `now` where it is: what a scenario says holds on every day. */
function momentInForce({ layers }: CompiledPolicy, now: number): number {
  const isGood = (moment: number): boolean => layers.every((layer) => isInForce(layer, moment));
  return isGood(now) ? now : (layers.flatMap((layer) => momentsOf(layer)).find(isGood) ?? now);
}

/** The first moment of a layer's time, and the last. */
const momentsOf = ({ effectiveFrom, effectiveUntil }: CompiledLayer): readonly number[] => [
  ...(effectiveFrom === undefined ? [] : [effectiveFrom]),
  ...(effectiveUntil === undefined ? [] : [effectiveUntil - 1]),
];

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
  const { tool, args, agent = 'claude-code', cwd, files, session, branch = '', user = 'dev', groups = [] } = scenario;
  const folder = cwd === undefined ? workspace : cwd.startsWith('/') ? cwd : `${workspace}/${cwd}`;
  const call = callOf({ tool, args, agent, cwd: folder, workspace, home });
  const environment = { now: momentInForce(policy, now), branch };
  const world = scenarioWorld(workspace, files);
  return evaluate(
    policy,
    { call, analysis: analyze(call, world), subject: { user, groups }, session, environment },
    { conditions: () => conditions, owners: () => ownersInWorld(world, workspace) },
  );
}
