import type { AgentAdapter, HookOutput, Reply } from './agent.ts';

/** Lets the call go its way. Nothing is printed, so that the host's own prompts stay in force. */
export const silence: HookOutput = { stdout: '', stderr: '', exitCode: 0 };

/** The reason a host tells its agent; some hosts take a denial without a reason for no denial. */
export function reasonOf(reply: Reply): string {
  return reply.reason?.trim() || 'Agent Policy blocked this call.';
}

/**
 * A denial that holds in every host that was tried: the host's own object on stdout, the reason on stderr, exit code 2. Exit code
 * 2 alone blocks in hosts that do not understand the object, and the object keeps the reason in those that drop stderr.
 */
export function denial(object: object, reason: string): HookOutput {
  return { stdout: JSON.stringify(object), stderr: `${reason}\n`, exitCode: 2 };
}

/** An answer other than a denial. */
export function answer(object: object): HookOutput {
  return { stdout: JSON.stringify(object), stderr: '', exitCode: 0 };
}

/** The object of Claude Code, which several hosts have taken over. */
export function claudeDecision(decision: 'deny' | 'ask', reason: string): { readonly hookSpecificOutput: object } {
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: decision, permissionDecisionReason: reason } };
}

/** The reply with what the host cannot do turned into a denial that says so. */
export function withinAbilities(reply: Reply, host: Pick<AgentAdapter, 'hasPrompt' | 'canRewrite'>): Reply {
  if (reply.verdict === 'escalate' && !host.hasPrompt) return { verdict: 'deny', reason: reasonOf(reply) };
  if (reply.verdict === 'approve' && reply.input !== undefined && !host.canRewrite) {
    return { verdict: 'deny', reason: 'This call may only run in a changed form, and this agent cannot run changed calls.' };
  }
  return reply;
}

/**
 * One object for both of Copilot's dialects: its CLI reads the flat keys of a camel-case event, VS Code and a Pascal-case event
 * the nested ones, and each ignores the other's.
 */
export function bothDialects(decision: 'deny' | 'ask', reason: string): object {
  return { permissionDecision: decision, permissionDecisionReason: reason, ...claudeDecision(decision, reason) };
}

/** For hosts that look at the exit code and stderr only. */
export function exitOnly(given: Reply, host: AgentAdapter): HookOutput {
  const reply = withinAbilities(given, host);
  return reply.verdict === 'approve' ? silence : { stdout: '', stderr: `${reasonOf(reply)}\n`, exitCode: 2 };
}

/** For the plugins that `install` writes: nothing for approve, else one object; whatever else they get, they block. */
export function encodeForPlugin(given: Reply, host: AgentAdapter): HookOutput {
  const reply = withinAbilities(given, host);
  if (reply.verdict !== 'approve') return denial({ decision: 'deny', reason: reasonOf(reply) }, reasonOf(reply));
  return reply.input === undefined ? silence : answer({ decision: 'approve', input: reply.input });
}
