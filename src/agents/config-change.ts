import type { Reply } from './agent.ts';
import { isRecord } from './values.ts';

/** Variables in an agent's settings that reach the hook's process and make it run other code, or make the agent skip hooks. */
const dangerousVariables = ['NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'CLAUDE_CODE_SIMPLE', 'CLAUDE_CONFIG_DIR'];

/**
 * Answers Claude Code's `ConfigChange`: a change that switches our hooks off is denied, and the old settings stay in force.
 * `file` is the file that changed, `ours` the one our hooks were installed in, `read` gives a file's text or nothing where there
 * is none.
 */
export function judgeConfigChange(file: string | undefined, ours: string | undefined, read: (path: string) => string | undefined): Reply {
  if (file === undefined) return deny('The agent’s settings changed, and it was not said which.');
  const text = read(file);
  const holdsOurs = ours !== undefined && file === ours;
  if (text === undefined) return holdsOurs ? deny(`${file} is gone, and with it the hooks of Agent Policy.`) : { verdict: 'approve' };
  let settings: unknown;
  try {
    settings = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // The agent drops what it cannot read: from another file that takes nothing away.
    return holdsOurs
      ? deny(`${file} is not valid JSON any more, so the hooks of Agent Policy in it would not run.`)
      : { verdict: 'approve' };
  }
  if (!isRecord(settings)) return holdsOurs ? deny(`${file} no longer holds the hooks of Agent Policy.`) : { verdict: 'approve' };
  if (settings['disableAllHooks'] !== undefined && settings['disableAllHooks'] !== false) return deny(`${file} sets "disableAllHooks".`);
  const env = settings['env'];
  const variable = isRecord(env) ? dangerousVariables.find((name) => name in env) : undefined;
  if (variable !== undefined) return deny(`${file} sets the variable ${variable}, which reaches the hooks of Agent Policy.`);
  if (!holdsOurs) return { verdict: 'approve' };
  const hooks = settings['hooks'];
  const missing = ['PreToolUse', 'ConfigChange'].find((event) => !isRecord(hooks) || !guards(hooks[event]));
  return missing === undefined
    ? { verdict: 'approve' }
    : deny(`${file} no longer holds the ${missing} hook of Agent Policy as it was installed.`);
}

/** Whether one of an event's groups runs our hook for every tool, and blocks where it fails. */
function guards(groups: unknown): boolean {
  if (!Array.isArray(groups)) return false;
  return groups.some((group) => {
    if (!isRecord(group) || !(group['matcher'] === undefined || group['matcher'] === '*' || group['matcher'] === '')) return false;
    const hooks = group['hooks'];
    return Array.isArray(hooks) && hooks.some((hook) => isRecord(hook) && isOurHook(hook));
  });
}

function isOurHook(hook: Readonly<Record<string, unknown>>): boolean {
  if (hook['async'] === true || hook['if'] !== undefined || hook['onFailure'] !== 'block') return false;
  const args = hook['args'];
  return (
    hook['type'] === 'command' && Array.isArray(args) && typeof args[0] === 'string' && /agent-policy[\\/]bin[\\/]hook\.cjs$/.test(args[0])
  );
}

function deny(what: string): Reply {
  return { verdict: 'deny', reason: `Agent Policy: ${what} The settings stay as they were; a person may change them outside the session.` };
}
