import { type Obligator, textsParam } from './duties.ts';

/** What the named arguments hold is neither stored nor shown; the analysis and the agent still have it. */
export const redact: Obligator = {
  refuses: ({ params }) =>
    fieldsOf(params).length === 0 ? 'the policy does not say which fields to redact ("fields: [content]")' : undefined,
  hides: ({ call, params }) => {
    const fields = new Set(fieldsOf(params));
    const found = new Set<string>();
    collect(call.args, fields, false, found, 0);
    for (const action of call.actions) collect(action, fields, false, found, 0);
    return [...found];
  },
};

function fieldsOf(params: Readonly<Record<string, unknown>>): readonly string[] {
  return textsParam(params, 'fields') ?? textsParam(params, 'value') ?? [];
}

const deepest = 20;

/** Every text under one of the fields, at any depth. */
function collect(value: unknown, fields: ReadonlySet<string>, inside: boolean, found: Set<string>, depth: number): void {
  if (inside && (typeof value === 'string' || typeof value === 'number') && String(value) !== '') found.add(String(value));
  if (typeof value !== 'object' || value === null || depth > deepest) return;
  for (const [name, each] of Object.entries(value)) {
    collect(each, fields, inside || (!Array.isArray(value) && fields.has(name)), found, depth + 1);
  }
}
