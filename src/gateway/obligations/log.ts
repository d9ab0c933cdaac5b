import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../audit/canonical.ts';
import { redactValue } from '../../audit/redact.ts';
import { writeAll } from '../../platform/atomic-write.ts';
import { sentenceOf } from './sentence.ts';
import type { Duty, Obligator } from './duties.ts';

/** Levels of the line. The audit log holds every call whatever the level. */
const logLevels = ['debug', 'info', 'warning', 'error'] as const;

/**
 * A line in a log of its own, besides the audit log. A policy names it by a word, never by a path: a repository's policy could otherwise make
 * the guard write into any file of the user.
 */
export const log: Obligator = {
  refuses: ({ params }) => {
    const { level, file } = params;
    if (level !== undefined && !logLevels.some((each) => each === level))
      return `the policy's log level must be one of ${logLevels.join(', ')}`;
    return file === undefined || isLogName(file) ? undefined : `the policy's log file must be a plain name such as "deploys"`;
  },
  keep: (duty) => {
    if (duty.params['file'] === undefined) return undefined;
    try {
      write(duty);
      return undefined;
    } catch (error) {
      return `the log that the policy demands cannot be written: ${sentenceOf(error)}`;
    }
  },
};

/** Letters, digits, dashes: no way out of the folder, and no device name of Windows with its extension. */
function isLogName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9-]{0,39}$/.test(value) && !/^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(value);
}

function write({ params, machine, call, decision }: Duty): void {
  const folder = join(machine.state, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const line = canonicalJson({
    timestamp: new Date(machine.now).toISOString(),
    level: params['level'] ?? 'info',
    rule: decision.rule,
    policy: decision.policy,
    agent: call.agent,
    session: call.session ?? '',
    cwd: call.cwd,
    tool: call.tool,
    input: redactValue(call.args, { text: 500, members: 30, depth: 5 }).value,
  });
  const descriptor = openSync(join(folder, `${String(params['file'])}.jsonl`), 'a', 0o600);
  try {
    // One write, so that lines of several processes do not mix.
    writeAll(descriptor, Buffer.from(`${line.slice(0, 60_000)}\n`));
  } finally {
    closeSync(descriptor);
  }
}
