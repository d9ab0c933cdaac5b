import type { Obligation } from '../../model/decision.ts';
import { isRecord } from './is-record.ts';
import { dryRun } from './dry-run.ts';
import type { Duties, DutiesOf, Duty, DutyMachine, Kept, Obligator } from './duties.ts';
import { log } from './log.ts';
import { maxBytes } from './max-bytes.ts';
import { rateLimit } from './rate-limit.ts';
import { redact } from './redact.ts';
import { requireReason } from './require-reason.ts';
import { requireRole } from './require-role.ts';
import { sandbox } from './sandbox.ts';

/**
 * Every obligation that can be kept. A command is changed in this order, so that the sandbox is inside the limit on its output; calls are counted when nothing else
 * stops them.
 */
const obligators: Readonly<Record<string, Obligator>> = {
  redact,
  require_role: requireRole,
  require_reason: requireReason,
  sandbox,
  max_bytes: maxBytes,
  dry_run: dryRun,
  rate_limit: rateLimit,
  log,
};

/** What a shadow decision keeps, too: it stops and changes nothing. */
const silent = new Set(['redact', 'log']);

/** What the obligations of a call demand. Whatever is not known, or not understood, refuses. */
export function dutiesOf(of: DutiesOf, machine: DutyMachine, shadow: boolean): Duties {
  const { obligations, rule } = of.decision;
  const demanded = shadow ? obligations.filter(({ name }) => silent.has(name)) : obligations;
  const unknown = demanded.find(({ name }) => !Object.hasOwn(obligators, name));
  const duties = Object.entries(obligators).flatMap(([name, obligator]) =>
    demanded
      .filter((each) => each.name === name)
      .map(({ params }) => ({ name, obligator, duty: { ...of, params, machine } satisfies Duty })),
  );
  const refused = (name: string, why: string): string =>
    `The rule "${rule}" demands "${name}", so the call is denied: ${why}.`.replace(/\.\.$/, '.');
  const hidden = [...new Set(duties.flatMap(({ obligator, duty }) => obligator.hides?.(duty) ?? []))];
  let refusal = unknown === undefined ? undefined : refused(unknown.name, 'this version of Agent Policy does not know how to do that');
  const kept = duties.map(({ name }) => name);
  const wraps = duties.filter(({ obligator, duty }) => obligator.wrap !== undefined && needsWrap(duty));
  if (refusal === undefined && wraps.length > 0) refusal = cannotRewrite(of, machine, wraps[0]?.name ?? '', refused);
  for (const { name, obligator, duty } of refusal === undefined ? duties : []) {
    const why = obligator.refuses?.(duty);
    if (why === undefined) continue;
    refusal = refused(name, why);
    break;
  }
  return {
    ...(refusal === undefined ? {} : { refusal }),
    hidden,
    needsReason: duties.some(({ obligator, duty }) => obligator.needsReason?.(duty) === true),
    kept,
    keep: (approval) => keep(duties, wraps, of, approval, refused),
  };
}

interface Named {
  readonly name: string;
  readonly obligator: Obligator;
  readonly duty: Duty;
}

type Refused = (name: string, why: string) => string;

function keep(
  duties: readonly Named[],
  wraps: readonly Named[],
  of: DutiesOf,
  approval: { readonly message?: string } | undefined,
  refused: Refused,
): Kept {
  const kept: string[] = [];
  let changed: string | undefined;
  const done = new Set<string>();
  for (const { name, obligator, duty } of wraps) {
    // The sandbox takes all its obligations together.
    if (name === 'sandbox' && done.has(name)) continue;
    done.add(name);
    const wrapped = obligator.wrap?.(duty, changed ?? commandOf(of) ?? '');
    if (wrapped === undefined) continue;
    if ('refusal' in wrapped) return { refusal: refused(name, wrapped.refusal), kept };
    if (wrapped.how === '') continue;
    changed = wrapped.command;
    kept.push(wrapped.how);
  }
  for (const { name, obligator, duty } of duties) {
    const why = obligator.keep?.(duty, approval);
    if (why !== undefined) return { refusal: refused(name, why), kept };
    if (obligator.wrap === undefined) kept.push(name);
  }
  const input = changed === undefined ? undefined : inputWith(of, changed);
  return { ...(input === undefined ? {} : { input }), kept };
}

function needsWrap({ params, call }: Duty): boolean {
  const isLimit = 'content' in params || 'value' in params || 'output' in params;
  return !isLimit || ('output' in params && call.actions.some(({ kind }) => kind === 'bash'));
}

function cannotRewrite(of: DutiesOf, machine: DutyMachine, name: string, refused: Refused): string | undefined {
  if (!machine.canRewrite) return refused(name, `${machine.agent} cannot run a command in a changed form`);
  return commandOf(of) === undefined || inputWith(of, '') === undefined
    ? refused(name, 'only a call of one shell command can be changed')
    : undefined;
}

function commandOf({ call }: DutiesOf): string | undefined {
  const [action, ...more] = call.actions;
  if (action?.kind !== 'bash' || more.length > 0) return undefined;
  return action.dialect === undefined || ['bash', 'sh', 'zsh'].includes(action.dialect) ? action.command : undefined;
}

/** The agent's own arguments with another command in them; `undefined` where it does not stand there as one text. */
function inputWith(of: DutiesOf, command: string): Readonly<Record<string, unknown>> | undefined {
  const { args } = of.call;
  const old = commandOf(of);
  if (old === undefined || !isRecord(args)) return undefined;
  const names = Object.keys(args).filter(
    (name) => args[name] === old && /^(?:command|cmd|commandline|input)$/i.test(name.replace(/[_-]/g, '')),
  );
  const [name] = names;
  return names.length === 1 && name !== undefined ? { ...args, [name]: command } : undefined;
}

/** The obligation's own name for messages and the table of docs/policy.md. */
export function knownObligations(): readonly Obligation['name'][] {
  return Object.keys(obligators);
}
