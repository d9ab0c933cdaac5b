import { Readable } from 'node:stream';
import { check } from '../../src/cli/check.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { type Case, place } from './cases.ts';

/** What the product says of a case. */
export interface Judged {
  readonly case: Case;
  readonly verdict: Verdict;
  readonly rule: string;
  readonly reason: string;
  readonly isRight: boolean;
}

interface Answer {
  readonly id: string;
  readonly action: Verdict;
  readonly rule: string;
  readonly reason: string;
  readonly error?: string;
}

/** Decides all cases as `agent-policy check --batch` does, one run for each template. */
export async function judge(cases: readonly Case[]): Promise<readonly Judged[]> {
  const answers = new Map<string, Answer>();
  for (const policy of new Set(cases.map(policyOf))) {
    const lines = cases.filter((each) => policyOf(each) === policy).map(({ id, tool, args, cwd, home }) => JSON.stringify({ id, tool, args, cwd, home }));
    for (const answer of await checkBatch(lines, policy)) answers.set(answer.id, answer);
  }
  return cases.map((each) => {
    const answer = answers.get(each.id);
    if (answer?.action === undefined) throw new Error(`${each.id}: ${answer?.error ?? 'no answer'}`);
    const { action: verdict, rule, reason } = answer;
    return { case: each, verdict, rule, reason, isRight: (verdict === 'approve') === (each.label === 'approved') };
  });
}

function policyOf(each: Case): string {
  return each.policy ?? 'safe_coding';
}

async function checkBatch(lines: readonly string[], policy: string): Promise<readonly Answer[]> {
  let output = '';
  const io = {
    stdin: Readable.from(lines.map((line) => `${line}\n`)),
    out: async (text: string) => {
      output += text;
    },
    err: () => undefined,
    env: {},
    ...place,
    platform: 'linux' as const,
    isTerminal: false,
  };
  await check.run({ values: { batch: true, policy }, positionals: [] }, io);
  return output.trimEnd().split('\n').map((line): Answer => JSON.parse(line));
}
