type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables by which agents mark the terminals and commands they start, with the agent's id. The shells' start-up files (`media/terminal`) look
 * at the same names.
 */
export const markers: Readonly<Record<string, string>> = {
  COPILOT_AGENT: 'vscode',
  CLAUDECODE: 'claude-code',
  GEMINI_CLI: 'gemini',
  CODEX_SANDBOX: 'codex',
  CODEX_THREAD_ID: 'codex',
  OPENCODE: 'opencode',
  QWEN_CODE: 'qwen',
  CURSOR_AGENT: 'cursor',
  CLINE_ACTIVE: 'cline',
  AI_AGENT: 'agent',
};

/** The agent that an environment belongs to; `terminal` where it names none. */
export function agentOf(env: Environment): string {
  const marker = Object.keys(markers).find((name) => (env[name] ?? '') !== '');
  return marker === undefined ? 'terminal' : (markers[marker] ?? 'agent');
}
