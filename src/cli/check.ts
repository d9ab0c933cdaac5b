import { analyze } from '../analysis/analyze.ts';
import { branchIn } from '../gateway/branch.ts';
import { ownersHere } from '../gateway/owners.ts';
import type { Decision } from '../model/decision.ts';
import type { Analysis } from '../model/effect.ts';
import { newSession } from '../model/policy-request.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { isVerdict, type Verdict } from '../model/verdict.ts';
import { groupNames } from '../platform/who.ts';
import { runCondition } from '../policy/condition.ts';
import { evaluate } from '../policy/evaluate.ts';
import { batch } from './batch.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { compatEngineOf, policyOf } from './policy.ts';
import { commandOf, effectForOutput, readRequest } from './request.ts';
import { worlds } from './world.ts';

const help = `Decides a tool call without running it.

Usage: agent-policy check [options] -- COMMAND…
       agent-policy check --tool bash --command 'TEXT' [options]
       agent-policy check --tool NAME --args JSON [options]
       agent-policy check --batch [options]

Options:
  --tool NAME             bash, write, edit, read, fetch, sql, mcp:SERVER/TOOL, or an agent's own name (default: bash)
  --command TEXT          the command, for bash
  --path PATH             the file, for write, edit and read
  --url URL               the address, for fetch
  --query TEXT            the statement, for sql
  --args JSON             the arguments, for any tool
  --agent NAME            the agent that asks
  --cwd DIR, --home DIR   where it would happen; need not exist
  --policy FILE|TEMPLATE  what decides (default: safe_coding)
  --compat                decide as the library agent-action-policy does: a plain list of rules over texts
  --default-action WORD   with --compat: what is done where no rule matches (approve, deny or escalate)
  --json                  one JSON object instead of text
  --batch                 JSON lines from standard input to standard output:
                          {"id","tool","args","cwd"?,"home"?,"agent"?} to {"id","action","rule","reason","risk","effects"}

Exit codes: 0 approve, 2 deny, 3 escalate, 1 error. With --batch: 0 when the input was read to its end, else 1.
`;

export const check: Command = {
  summary: 'decide a tool call without running it',
  help,
  options: {
    tool: { type: 'string' },
    command: { type: 'string' },
    path: { type: 'string' },
    url: { type: 'string' },
    query: { type: 'string' },
    args: { type: 'string' },
    agent: { type: 'string' },
    cwd: { type: 'string' },
    home: { type: 'string' },
    policy: { type: 'string' },
    compat: { type: 'boolean' },
    'default-action': { type: 'string' },
    batch: { type: 'boolean' },
  },
  run,
};

async function run(parsed: Parsed, io: Io): Promise<number> {
  if (hasFlag(parsed, 'batch')) {
    await batch(io, decider(parsed, io));
    return exitCodes.ok;
  }
  const request = requestOf(parsed);
  const answer = decider(parsed, io)(request);
  if (typeof answer === 'string') throw new UsageError(answer);
  await io.out(hasFlag(parsed, 'json') ? `${JSON.stringify(answer)}\n` : textOf(answer));
  return exitCodes[answer.action];
}

/** One call as the command line describes it, in the form of a batch line. */
export function requestOf(parsed: Parsed): Readonly<Record<string, unknown>> {
  const tool = textOption(parsed, 'tool') ?? 'bash';
  const request: Record<string, unknown> = { tool };
  for (const name of ['agent', 'cwd', 'home']) {
    const value = textOption(parsed, name);
    if (value !== undefined) request[name] = value;
  }
  const json = textOption(parsed, 'args');
  if (json !== undefined) {
    try {
      request['args'] = JSON.parse(json);
    } catch (error) {
      throw new UsageError(`--args is not JSON: ${error instanceof Error ? error.message : ''}`);
    }
    return request;
  }
  const args: Record<string, string> = {};
  for (const name of ['command', 'path', 'url', 'query']) {
    const value = textOption(parsed, name);
    if (value !== undefined) args[name] = value;
  }
  if (parsed.positionals.length > 0) args['command'] = commandOf(parsed.positionals);
  if (Object.keys(args).length === 0) throw new UsageError('name a command after "--", or use --command, --path, --url, --query or --args');
  request['args'] = args;
  return request;
}

interface Answer {
  readonly action: Verdict;
  readonly rule: string;
  readonly reason: string;
  readonly advice?: string;
  readonly risk: string;
  readonly effects: readonly object[];
  readonly error?: string;
}

/** What was decided; `reason` and `advice` for people. */
type Verdictish = Pick<Decision, 'verdict' | 'rule' | 'reason' | 'advice'>;

function decider(parsed: Parsed, io: Io): (line: Readonly<Record<string, unknown>>) => Answer | string {
  const isCompat = hasFlag(parsed, 'compat');
  const evaluateLine = isCompat ? compatEvaluator(parsed, io) : evaluator(parsed, io);
  const worldOf = worlds(io.env, io.platform);
  const place = { cwd: io.cwd, home: io.home };
  return (line) => {
    const request = readRequest(line, place);
    if ('error' in request) return request.error;
    const { call, problem } = request;
    const analysis = analyze(call, worldOf(call.cwd));
    const effects = analysis.effects.map(effectForOutput);
    // The reference looks at texts only: to it no arguments are wrong.
    if (problem !== undefined && !isCompat)
      return { action: 'deny', rule: 'invalid-arguments', reason: problem, risk: 'high', effects, error: problem };
    const { verdict, rule, reason, advice } = evaluateLine(call, analysis, line);
    return { action: verdict, rule, reason, ...(advice === undefined ? {} : { advice }), risk: analysis.risk, effects };
  };
}

type Evaluator = (call: ToolCall, analysis: Analysis, line: Readonly<Record<string, unknown>>) => Verdictish;

function evaluator(parsed: Parsed, io: Io): Evaluator {
  if (textOption(parsed, 'default-action') !== undefined)
    throw new UsageError('--default-action needs --compat; a policy has default_action');
  const policy = policyOf(textOption(parsed, 'policy'), io.cwd);
  const subject = { user: io.env['USER'] ?? '', groups: groupNames() };
  const now = Date.now();
  return (call, analysis) =>
    evaluate(
      policy,
      {
        call,
        analysis,
        subject,
        session: newSession,
        environment: {
          now,
          get branch() {
            return branchIn(call.workspace);
          },
        },
      },
      {
        conditions: () => runCondition,
        owners: () => ownersHere(io.platform === 'win32' || io.platform === 'darwin'),
      },
    );
}

function compatEvaluator(parsed: Parsed, io: Io): Evaluator {
  const fallback = textOption(parsed, 'default-action');
  if (fallback !== undefined && !isVerdict(fallback)) throw new UsageError('--default-action must be approve, deny or escalate');
  const engine = compatEngineOf(textOption(parsed, 'policy') ?? 'safe_coding', io.cwd, fallback);
  return (_call, _analysis, { tool, args }) => engine.evaluate(String(tool), args);
}

function textOf({ action, rule, reason, advice, risk }: Answer): string {
  const by = rule === '' ? '' : ` by ${rule}`;
  return `${action}${by} (risk ${risk})\n${reason === '' ? '' : `${reason}\n`}${advice === undefined ? '' : `${advice}\n`}`;
}
