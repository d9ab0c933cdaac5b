import type { AgentId } from '../agent.ts';

/**
 * A call of the agent's shell tool in the agent's own words, as a hook gets it: what doctor sends through the installed hook. `id` is
 * the call's own: an answer that was given to another call must not count.
 */
export function canary(agent: AgentId, command: string, cwd: string, id: string): object {
  const session = 'agent-policy-doctor';
  const claude = { session_id: session, cwd, hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command } };
  switch (agent) {
    case 'claude-code':
      return { ...claude, prompt_id: session, permission_mode: 'default', tool_use_id: id };
    case 'vscode':
      return { ...claude, tool_name: 'run_in_terminal', timestamp: new Date(0).toISOString(), tool_use_id: `${id}__vscode-1` };
    case 'copilot':
      return { ...claude, timestamp: new Date(0).toISOString() };
    case 'codex':
      return { ...claude, turn_id: session, tool_use_id: id };
    case 'gemini':
      return { ...claude, hook_event_name: 'BeforeTool', tool_name: 'run_shell_command' };
    case 'qwen':
      return { ...claude, tool_name: 'run_shell_command', tool_call_id: id };
    case 'opencode':
      return {
        hook: 'tool.execute.before',
        input: { tool: 'bash', sessionID: session, callID: id },
        output: { args: { command } },
        ctx: { directory: cwd, worktree: cwd },
      };
    case 'cline':
      return { toolCall: { toolCallId: id, toolName: 'run_commands' }, input: { commands: [command] }, workspaceRoot: cwd };
    case 'cursor':
      return {
        hook_event_name: 'preToolUse',
        conversation_id: session,
        cursor_version: 'doctor',
        workspace_roots: [cwd],
        cwd,
        tool_name: 'Shell',
        tool_input: { command },
      };
    case 'windsurf':
      return { agent_action_name: 'pre_run_command', trajectory_id: session, execution_id: id, tool_info: { command_line: command, cwd } };
    case 'kiro':
      return { hook_event_name: 'preToolUse', cwd, tool_name: 'execute_bash', tool_input: { command } };
    case 'junie':
      return claude;
    case 'antigravity':
      return {
        conversationId: session,
        workspacePaths: [cwd],
        toolCall: { name: 'run_command', args: { CommandLine: command, Cwd: cwd } },
        stepIdx: id,
      };
    case 'amp':
      return { hook: 'tool.call', event: { tool: 'Bash', input: { cmd: command }, toolUseID: id }, directory: cwd };
  }
}
