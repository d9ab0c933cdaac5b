import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeNew } from '../../platform/atomic-write.ts';
import { sha256 } from '../../platform/sha256.ts';
import { takeToken } from '../../platform/token.ts';
import { countParam, type Duty, type Obligator } from './duties.ts';
import { sentenceOf } from './sentence.ts';

const spans = { per_minute: 60_000, per_hour: 3_600_000, per_day: 86_400_000 } as const;
/** The highest number that can be asked for: so many times are kept. */
const mostTimes = 10_000;

/** At most so many calls in any minute, hour or day, in one session or (`scope: global`) on this machine. Calls that do not run do not count. */
export const rateLimit: Obligator = {
  refuses: ({ params }) => {
    if (limitsOf(params).length === 0) return 'the policy does not say how many calls it allows ("per_minute: 5")';
    return params['scope'] === undefined || params['scope'] === 'session' || params['scope'] === 'global'
      ? undefined
      : `the policy's "scope" must be session or global`;
  },
  keep: (duty) => {
    try {
      return count(duty);
    } catch (error) {
      return `the calls cannot be counted: ${sentenceOf(error)}`;
    }
  },
};

interface Limit {
  readonly word: keyof typeof spans;
  readonly most: number;
}

function limitsOf(params: Duty['params']): readonly Limit[] {
  return (Object.keys(spans) as (keyof typeof spans)[]).flatMap((word) => {
    const most = countParam(params, word);
    return most === undefined || most > mostTimes ? [] : [{ word, most }];
  });
}

/** Counts one more under the lock, unless that is too many: of calls at once only as many get through as are allowed. */
function count({ params, call, decision, machine }: Duty): string | undefined {
  const whose = params['scope'] === 'global' ? 'global' : [call.agent, call.session ?? ['', call.workspace]];
  const directory = join(
    machine.state,
    'rates',
    sha256(JSON.stringify([decision.policy.id, decision.layer, decision.rule, params, whose])).slice(0, 32),
  );
  const token = takeToken(directory, 2000);
  try {
    const limits = limitsOf(params);
    const longest = Math.max(...limits.map(({ word }) => spans[word]));
    // A time in the future is of a clock that was put back: it counts as now.
    const times = (token.isNew ? [] : timesIn(readFileSync(token.path, 'utf8')))
      .map((time) => Math.min(time, machine.now))
      .filter((time) => machine.now - time < longest);
    for (const { word, most } of limits) {
      const recent = times.filter((time) => machine.now - time < spans[word]);
      if (recent.length < most) continue;
      const wait = Math.ceil((spans[word] - (machine.now - (recent[recent.length - most] ?? machine.now))) / 1000);
      return `${most} such calls ${word.replace('_', ' ')} are allowed; wait ${wait} seconds`;
    }
    const next = join(directory, `next.${process.pid}`);
    rmSync(next, { force: true });
    writeNew(next, JSON.stringify([...times, machine.now].slice(-mostTimes)));
    renameSync(next, token.path);
    return undefined;
  } finally {
    token.release();
  }
}

function timesIn(text: string): readonly number[] {
  const value: unknown = text === '' ? [] : JSON.parse(text);
  if (!Array.isArray(value)) throw new Error('the count is broken');
  return value.filter((each) => typeof each === 'number');
}
