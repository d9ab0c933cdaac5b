import { resolve, sep } from 'node:path';
import type { ToolCall } from '../model/tool-call.ts';
import type { Directories } from '../platform/directories.ts';
import { stateAfterSuccess } from '../policy/workflow.ts';
import { readSession, updateSession } from '../session/store.ts';
import { localPolicy } from './local-policy.ts';
import { isRecord } from './obligations/is-record.ts';

/** An event of an agent that tells what came of a call, or what the session costs. */
export interface ResultEvent {
  readonly event: string;
  /** The event as the agent sent it. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The call that it is about. */
  readonly call: ToolCall;
  readonly directories: Directories;
  readonly platform: NodeJS.Platform;
}

/** Takes into the session what an agent tells after a call: commands that succeeded, where the workflow then is, the cost. */
export function takeResult({ event, payload, call, directories, platform }: ResultEvent): void {
  const costUsd = costOf(payload);
  const command = isAfter(event) && hasSucceeded(call.agent, event, payload) ? commandOf(call) : undefined;
  if (costUsd === undefined && command === undefined) return;
  const state = command === undefined ? undefined : nextState(call, command, directories, platform);
  updateSession(directories, call, {
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(command === undefined ? {} : { succeeded: command }),
    ...(state === undefined ? {} : { state }),
  });
}

function isAfter(event: string): boolean {
  return /^(?:post_?tool_?use|after_?tool)$/i.test(event);
}

/**
 * Whether the event says, beyond doubt, that the command ended with success. Claude Code reports a failure as another event (as measured), and what
 * runs on in the background has not ended; of other agents only an exit code of 0 counts.
 */
function hasSucceeded(agent: string, event: string, payload: ResultEvent['payload']): boolean {
  const response = payload['tool_response'] ?? payload['tool_result'];
  if (!isRecord(response)) return false;
  const code = response['exit_code'] ?? response['exitCode'];
  if (code !== undefined) return code === 0;
  if (agent !== 'claude-code' || event !== 'PostToolUse') return false;
  const input = isRecord(payload['tool_input']) ? payload['tool_input'] : {};
  const inBackground = input['run_in_background'] === true || response['backgroundTaskId'] !== undefined;
  return response['interrupted'] === false && !inBackground;
}

/** The one command of a call that ran in the workspace, without a leading `cd` that stays in it. Elsewhere, `npm test` is another command. */
function commandOf({ actions, cwd, workspace }: ToolCall): string | undefined {
  const [action, ...more] = actions;
  if (action?.kind !== 'bash' || more.length > 0) return undefined;
  const isInside = (path: string) => path === workspace || path.startsWith(workspace.endsWith(sep) ? workspace : workspace + sep);
  const start = action.cwd ?? cwd;
  if (!isInside(start)) return undefined;
  const text = action.command.trim();
  const [prefix, folder] = /^cd\s+([\w./-]+)\s*&&\s*/.exec(text) ?? [];
  if (prefix === undefined || folder === undefined) return text;
  return isInside(resolve(start, folder)) ? text.slice(prefix.length).trim() : undefined;
}

function nextState(call: ToolCall, command: string, directories: Directories, platform: NodeJS.Platform): string | undefined {
  const { policy } = localPolicy(directories, platform, call.workspace);
  if (policy?.workflow === undefined) return undefined;
  return stateAfterSuccess(policy.workflow, readSession(directories, call).facts.state, command);
}

function costOf(payload: ResultEvent['payload']): number | undefined {
  const cost = payload['cost'];
  const total = payload['total_cost_usd'] ?? (isRecord(cost) ? cost['total_cost_usd'] : undefined);
  return typeof total === 'number' && Number.isFinite(total) && total >= 0 ? total : undefined;
}
