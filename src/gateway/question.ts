import { type Asked, askWindow } from '../approval/client.ts';
import { type ApprovalRequest, type EffectSummary, protocolVersion } from '../approval/messages.ts';
import { redactText } from '../audit/redact.ts';
import type { Decision } from '../model/decision.ts';
import type { Analysis, Effect } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { Directories } from '../platform/directories.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { askTerminal } from './terminal-prompt.ts';

/** Stands for the target of an effect that has none. */
const nothing = 'unknown';

/** What a question is about. */
export interface Asking {
  readonly call: ToolCall;
  readonly analysis: Analysis;
  readonly decision: Decision;
  readonly id: string;
  /** Title of the agent. */
  readonly agent: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  /** The policy that decided, to say where its rule is written. */
  readonly policy?: CompiledPolicy;
  /** Whether a person who allows it must say why. */
  readonly needsReason?: boolean;
}

/** Asks the person in front of the fitting window about a call, or at the terminal where there is no window. Never rejects. */
export async function askPerson(directories: Directories, asking: Asking): Promise<Asked> {
  const request = question(asking);
  const asked = await askWindow(directories, request);
  return asked.by === 'no-window' ? ((await askTerminal(request)) ?? asked) : asked;
}

/** The question to a person about a call. */
export function question({ call, analysis, decision, ...about }: Asking): ApprovalRequest {
  const { effect } = decision;
  const source = about.policy?.layers
    .find(({ layer, rules }) => layer === decision.layer && rules.some(({ name }) => name === decision.rule))
    ?.rules.find(({ name }) => name === decision.rule)?.source;
  const commands = call.actions.filter(({ kind }) => kind === 'bash');
  return {
    type: 'request',
    version: protocolVersion,
    id: about.id,
    agent: about.agent,
    ...(call.session === undefined ? {} : { session: call.session }),
    ...(call.callId === undefined ? {} : { callId: call.callId }),
    cwd: call.cwd,
    workspace: call.workspace,
    tool: call.tool,
    nativeTool: call.nativeTool,
    actions: call.actions.length > 0 ? call.actions : [{ kind: 'other', args: call.args }],
    ...(call.description === undefined ? {} : { description: call.description }),
    rule: decision.rule,
    layer: decision.layer,
    ...(source === undefined ? {} : { source }),
    reason: decision.reason,
    ...(decision.advice === undefined ? {} : { advice: decision.advice }),
    risk: decision.risk,
    ...(effect === undefined
      ? {}
      : {
          danger: {
            ...(effect.act === undefined ? {} : { act: effect.act }),
            evidence: redactText(effect.evidence ?? target(effect)),
            // A span counts in the command it was found in; with several it would point into the wrong one.
            ...(effect.span === undefined || commands.length !== 1
              ? {}
              : { action: call.actions.findIndex(({ kind }) => kind === 'bash'), span: effect.span }),
          },
        }),
    effects: summaries(analysis.effects),
    deadline: about.deadline,
    ...(about.needsReason === true ? { needsReason: true as const } : {}),
  };
}

/** Each once. An act without a target of its own, such as a push, is told by the command that does it. */
function summaries(effects: readonly Effect[]): readonly EffectSummary[] {
  const named = effects.filter((effect) => effect.act === undefined || effect.kind === 'unknown' || target(effect) !== nothing);
  const all = (named.length > 0 ? named : effects).map(summary);
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()].slice(0, 50);
}

function summary(effect: Effect): EffectSummary {
  return { kind: effect.kind, target: redactText(target(effect)), certainty: effect.certainty };
}

function target({ path, url, program, argv, statement, tool }: Effect): string {
  const command = program === undefined ? undefined : [program, ...(argv ?? []).map((word) => word ?? '…')].join(' ');
  return (path ?? url ?? command ?? statement ?? tool ?? nothing).slice(0, 500);
}
