import { denyingPowerShell, denyingShell } from './place.ts';

/**
 * The hooks of the agent plugin that the extension brings to VS Code: media/plugin/hooks/hooks.json. The extension names its own Node in
 * AGENT_POLICY_NODE, which hooks inherit; VS Code's own program is one where it is told so.
 */
export function pluginHooks(): string {
  const program = '/../../dist/hook.cjs';
  const hook = {
    type: 'command',
    command: `ELECTRON_RUN_AS_NODE=1; export ELECTRON_RUN_AS_NODE; ${denyingShell(`"\${AGENT_POLICY_NODE:-node}" "\${CLAUDE_PLUGIN_ROOT}${program}" vscode`)}`,
    windows: `$node = if ($env:AGENT_POLICY_NODE) { $env:AGENT_POLICY_NODE } else { 'node' }; $env:ELECTRON_RUN_AS_NODE = '1'; ${denyingPowerShell(`$node "$env:CLAUDE_PLUGIN_ROOT${program}" vscode`)}`,
    timeout: 600,
  };
  return `${JSON.stringify({ hooks: { PreToolUse: [hook] } }, undefined, 2)}\n`;
}
