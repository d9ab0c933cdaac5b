// Rules that agents keep by themselves, without a process of ours. They look at the first words of a command only, so they are no
// substitute for the hook; but they hold where the hook does not run, as with `codex --disable hooks`.
import { isRecord } from '../values.ts';
import { changeValue, removeMember, setMissing } from './jsonc-edit.ts';
import { parseJsonc } from './jsonc.ts';

/** A rule of opencode: a kind of act, and a pattern of what it is about. */
export type Denial = readonly [permission: string, pattern: string];

/** Beginnings of commands that no policy of ours approves in any form, and why. */
const forbidden: readonly (readonly [words: readonly string[], why: string])[] = [
  [['git', 'push', '--force'], 'A force push overwrites what others may already have pulled.'],
  [['git', 'push', '-f'], 'A force push overwrites what others may already have pulled.'],
  [['git', 'push', '--mirror'], 'A mirror push deletes what others have pushed.'],
  [['git', 'commit', '--no-verify'], 'This skips the checks that the project has set up.'],
  [['git', 'push', '--no-verify'], 'This skips the checks that the project has set up.'],
  [['rm', '-rf', '/'], 'This deletes the whole machine.'],
  [['rm', '-rf', '~'], 'This deletes the home directory.'],
  [['codex', '--disable', 'hooks'], 'This starts an agent without its guard.'],
];

const head = (agent: string): string =>
  `# Written by "agent-policy install --agent ${agent}"; "agent-policy uninstall --agent ${agent}" removes it.\n`;

/** Codex's execution rules (0.169.0): a forbidden prefix is refused in every approval mode, and the model is told why. */
export function codexRules(): string {
  const rules = forbidden.map(
    ([words, why]) => `prefix_rule(pattern=${JSON.stringify(words)}, decision="forbidden", justification=${JSON.stringify(why)})\n`,
  );
  return head('codex') + rules.join('');
}

/** Rules of Gemini CLI's policy engine (0.61.0): a denied prefix is refused in YOLO mode, too. */
export function geminiRules(): string {
  const rules = forbidden.map(([words, why]) =>
    [
      '',
      '[[rule]]',
      'toolName = "run_shell_command"',
      `commandPrefix = ${JSON.stringify(words.join(' '))}`,
      'decision = "deny"',
      'priority = 900',
      `denyMessage = ${JSON.stringify(why)}`,
      '',
    ].join('\n'),
  );
  return head('gemini') + rules.join('');
}

/** Files that hold opencode's guard, as its edit tools name them: from the project's root. */
const guardFiles: readonly string[] = ['*.agent-policy.yaml', '*opencode.json', '*opencode.jsonc', '*.opencode/*', '*/opencode/plugin/*'];

/**
 * Permissions of opencode (1.18.33): what is denied stays so with `--auto`. The last pattern that fits counts; a space and an asterisk at the end fit
 * nothing, too.
 */
export const opencodeDenials: readonly Denial[] = [
  ...forbidden.map(([words]): Denial => ['bash', `${words.join(' ')} *`]),
  ...guardFiles.map((pattern): Denial => ['edit', pattern]),
];

/** A settings file of opencode with all denials in it. What is set for a pattern already stays. */
export function withDenials(text: string): string {
  const asObject = (value: unknown): unknown => (typeof value === 'string' ? { '*': value } : value);
  let next = changeValue(text, ['permission'], asObject);
  for (const permission of new Set(opencodeDenials.map(([name]) => name))) next = changeValue(next, ['permission', permission], asObject);
  for (const [permission, pattern] of opencodeDenials) next = setMissing(next, ['permission', permission, pattern], 'deny');
  return next;
}

/** The same without those denials that `original` does not have. */
export function withoutDenials(text: string, original: string | undefined): string {
  const own = denialsIn(original ?? '{}');
  return denialsIn(text)
    .filter(([permission, pattern]) => !own.some(([name, one]) => name === permission && one === pattern))
    .reduce((next, [permission, pattern]) => removeMember(next, ['permission', permission, pattern]), text);
}

/** The denials of ours that a settings file has; none where it cannot be read. */
export function denialsIn(text: string): readonly Denial[] {
  const parsed = parseJsonc(text.trim() === '' ? '{}' : text);
  const settings: unknown = 'problem' in parsed ? undefined : parsed.root.value;
  const permissions = isRecord(settings) && isRecord(settings['permission']) ? settings['permission'] : {};
  return opencodeDenials.filter(([permission, pattern]) => {
    const patterns = permissions[permission];
    return isRecord(patterns) && patterns[pattern] === 'deny';
  });
}
