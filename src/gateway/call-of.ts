import type { ApprovalRequest } from '../approval/messages.ts';
import type { ToolCall } from '../model/tool-call.ts';

/** The call that a question is about, as far as the question tells. */
export function callOf(request: ApprovalRequest, home: string): ToolCall {
  const { tool, nativeTool, actions, agent, session, cwd, workspace } = request;
  const first = actions[0];
  return {
    tool,
    nativeTool,
    args: first?.kind === 'other' || first?.kind === 'mcp' ? first.args : (first ?? {}),
    actions,
    agent,
    ...(session === undefined ? {} : { session }),
    cwd,
    workspace,
    home,
  };
}
