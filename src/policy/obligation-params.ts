import { didYouMean } from './did-you-mean.ts';

/** What the guard can be obliged to do with a call that it lets happen. */
export const obligationNames = [
  'dry_run',
  'sandbox',
  'redact',
  'log',
  'require_reason',
  'require_role',
  'rate_limit',
  'max_bytes',
] as const;

/** What each of them does, in one sentence. */
export const obligationMeanings: Readonly<Record<(typeof obligationNames)[number], string>> = {
  dry_run: 'Nothing runs; the agent is told what would have happened.',
  sandbox: 'The command runs in a sandbox of the operating system.',
  redact: 'What these arguments hold is neither stored nor shown.',
  log: 'A line in a log of its own, besides the audit log.',
  require_reason: 'The agent must describe the call, or the person who allows it must say why.',
  require_role: 'Only for those who hold the role.',
  rate_limit: 'Denies more calls than that, in a session or on the machine.',
  max_bytes: 'Denies writing more than content bytes; cuts what a command prints after output bytes.',
};

/** What one parameter must be. */
type Kind = 'count' | 'text' | 'texts' | 'limits' | readonly string[];

/** Parameters of each obligation; `value` is what stands behind its name alone, as in `max_bytes: 1000`. */
const known: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  dry_run: {},
  sandbox: { network: ['none', 'all'], write: 'texts', hide: 'texts', limits: 'limits' },
  redact: { fields: 'texts', value: 'texts' },
  log: { level: ['debug', 'info', 'warning', 'error'], file: 'text' },
  require_reason: { from: ['agent', 'person'], value: ['agent', 'person'], min: 'count' },
  require_role: { role: 'texts', value: 'texts' },
  rate_limit: { per_minute: 'count', per_hour: 'count', per_day: 'count', scope: ['session', 'global'] },
  max_bytes: { content: 'count', output: 'count', value: 'count' },
};
const limits = ['memory_mb', 'processes', 'cpu_seconds', 'file_mb', 'seconds'];

/** At least one of these must be there. */
const needed: Readonly<Record<string, readonly string[]>> = {
  redact: ['fields', 'value'],
  require_role: ['role', 'value'],
  rate_limit: ['per_minute', 'per_hour', 'per_day'],
  max_bytes: ['content', 'output', 'value'],
};

/** Obligations that may stand without parameters. */
export const aloneObligations = obligationNames.filter((name) => !Object.hasOwn(needed, name));

/** The obligations with parameters as JSON Schema. */
export const obligationJson: Readonly<Record<string, unknown>> = {
  type: 'object',
  description: 'An obligation by name, with its parameters.',
  additionalProperties: false,
  properties: Object.fromEntries(
    obligationNames.map((name) => {
      const parameters = Object.entries(known[name] ?? {});
      const object = {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(parameters.flatMap(([key, kind]) => (key === 'value' ? [] : [[key, jsonOf(kind)]]))),
      };
      const alone = parameters.flatMap(([key, kind]) => (key === 'value' ? [jsonOf(kind)] : []));
      return [name, { description: obligationMeanings[name], anyOf: [...alone, object] }];
    }),
  ),
};

function jsonOf(kind: Kind): Readonly<Record<string, unknown>> {
  if (typeof kind === 'object') return { enum: kind };
  const count = { type: 'integer', minimum: 1 };
  switch (kind) {
    case 'count':
      return count;
    case 'text':
      return { type: 'string' };
    case 'texts':
      return { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
    case 'limits':
      return { type: 'object', additionalProperties: false, properties: Object.fromEntries(limits.map((name) => [name, count])) };
  }
}

/** What is wrong with the parameters of an obligation, as one sentence; `undefined` for nothing. What is right here may still not be possible on a machine. */
export function obligationProblem(name: string, params: Readonly<Record<string, unknown>>): string | undefined {
  const fields = Object.hasOwn(known, name) ? known[name] : undefined;
  if (fields === undefined) return undefined;
  for (const [key, value] of Object.entries(params)) {
    const kind = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (kind === undefined) {
      const names = Object.keys(fields).filter((each) => each !== 'value');
      const meant = didYouMean(key, names);
      const listed = names.length === 0 ? 'none' : names.join(', ');
      return `The obligation “${name}” has no parameter “${key}”; there are ${listed}.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`;
    }
    const wrong = problemOf(kind, value);
    if (wrong !== undefined) return `“${key}” of the obligation “${name}” ${wrong}.`;
  }
  const one = needed[name];
  return one === undefined || one.some((key) => key in params)
    ? undefined
    : `The obligation “${name}” needs one of ${one.filter((key) => key !== 'value').join(', ')}.`;
}

function problemOf(kind: Kind, value: unknown): string | undefined {
  const isCount = (each: unknown) => typeof each === 'number' && Number.isSafeInteger(each) && each > 0;
  if (typeof kind === 'object') return kind.some((word) => word === value) ? undefined : `must be one of ${kind.join(', ')}`;
  if (kind === 'count') return isCount(value) ? undefined : 'must be a whole number from 1';
  if (kind === 'text') return typeof value === 'string' && value !== '' ? undefined : 'must be a text';
  if (kind === 'texts') {
    const list = Array.isArray(value) ? value : [value];
    return list.every((each) => typeof each === 'string' && each !== '') ? undefined : 'must be a text or a list of texts';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be a mapping';
  const wrong = Object.entries(value).find(([name, most]) => !limits.includes(name) || !isCount(most));
  return wrong === undefined ? undefined : `must have only ${limits.join(', ')}, each a whole number from 1`;
}
