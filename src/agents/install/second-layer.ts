// Rules that agents keep by themselves, without a process of ours. They look at the first words of a command only, so they are no
// substitute for the hook; but they hold where the hook does not run, as with `codex --disable hooks`.

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
