import { isScalar } from 'yaml';
import { acts } from '../model/act.ts';
import { type Certainty, effectKinds } from '../model/effect.ts';
import { isZone, type Zone, zones } from '../model/zone.ts';
import { modes } from './compiled.ts';
import { aloneObligations, obligationJson, obligationMeanings } from './obligation-params.ts';
import {
  amount,
  anything,
  checkedText,
  described,
  documentName,
  either,
  type JsonSchema,
  listOf,
  type Located,
  locatedText,
  mapOf,
  object,
  oneOf,
  type Read,
  recursive,
  type Schema,
  strictListOf,
  text,
  truthValue,
  wholeNumber,
} from './schema.ts';

/** The policy file, once: what is read, what is reported and the JSON Schema all come from here. */

const verdictWords = ['approve', 'deny', 'escalate'] as const;
const action = oneOf(verdictWords, 'What is done with a call: it runs, it does not run, or a person is asked.', {
  approve: 'The agent goes on; its own prompts stay in force.',
  deny: 'The call does not run; no setting, mode or grant turns a deny into an approve.',
  escalate: 'A person is asked; without one the call is denied.',
});
const kinds = listOf(
  oneOf(effectKinds, 'What an effect does to a resource.', {
    read: 'Reads a file, a device or a variable.',
    write: 'Creates or changes a file, or moves something onto it.',
    delete: 'Removes a file or a folder.',
    execute: 'Starts a program.',
    network: 'Reaches a host.',
    unknown: 'Something that cannot be known.',
  }),
  'Kinds of effect; any of them.',
);
const certainties: readonly Certainty[] = ['exact', 'approximate', 'opaque'];

/** Which names of the file, its bases or the machine an editor may offer in a place: see `edit/complete.ts`. */
const names = (what: 'agents' | 'tools' | 'rules' | 'roles' | 'templates' | 'states' | 'arguments' | 'condition'): JsonSchema => ({
  'x-names': what,
});
/** What an editor writes for a new one: lines of a snippet. */
const newItem = (...lines: readonly string[]): JsonSchema => ({ 'x-new': lines });
const examples = (...words: readonly string[]): JsonSchema => ({ examples: words });

const pattern = (what: string, extra: JsonSchema = {}): Schema<readonly Located<string>[]> =>
  listOf(locatedText(`${what}: a text, a glob (*, ?, […]) or ~ and a Python regex that is searched for.`, extra), `${what}; any of them.`);
const glob = locatedText('A path glob: *, ?, [a-z], {a,b}, ** for any folders; relative to the workspace, or from /, ~/ or ${workspace}/.');
const globs = (what: string): Schema<readonly Located<string>[]> => listOf(glob, what);

const isActPattern = (value: string): value is string =>
  Object.hasOwn(acts, value) || (value.endsWith('.*') && Object.keys(acts).some((act) => act.startsWith(value.slice(0, -1))));
const actPattern = checkedText('An act, or the start of one and .*', 'unknown-act', isActPattern, Object.keys(acts), {
  anyOf: [described(Object.keys(acts), acts), { pattern: '^[a-z.]+\\.\\*$' }],
});
const zone = checkedText<Zone>('Where a path lies.', 'unknown-zone', isZone, Object.keys(zones), described(Object.keys(zones), zones));

const command = object('A program start, by meaning and not by text.', {
  program: pattern(
    'The program, without its folder',
    examples('git', 'npm', 'pnpm', 'docker', 'kubectl', 'terraform', 'curl', 'ssh', 'rm'),
  ),
  subcommand: pattern('The first word after the program that is no option'),
  flags: listOf(text('An option such as --force or -f; bundles (-vf) and --force=x count.'), 'Options; any of them.'),
  refspec: pattern('For git push: any word after the remote'),
  args: pattern('Any word after the subcommand that is no option'),
});
const mcp = object('A call of an MCP tool.', {
  server: pattern('The server'),
  tool: pattern('The tool'),
  args: mapOf(anything('A value, or a list of values of which any may be there.'), 'Values of arguments, by name.'),
});
const sql = object('A statement of a database.', {
  kind: listOf(
    text(
      'The first word of the statement, such as drop.',
      examples('drop', 'truncate', 'delete', 'update', 'insert', 'alter', 'create', 'grant'),
    ),
    'Kinds of statement; any of them.',
  ),
  where: oneOf(['missing', 'present'], 'Whether a WHERE stands in the statement.', {
    missing: 'Every row is meant.',
    present: 'Some rows are meant.',
  }),
});

const matchFields = {
  tool: pattern(
    'The tool: its canonical kind (bash, write, edit, read, fetch, sql, mcp:server/tool) or the agent’s own name',
    names('tools'),
  ),
  args_pattern: locatedText('A Python regex, searched for in the arguments written as key=value.'),
  path_patterns: listOf(locatedText('A Python fnmatch glob (* also matches /), or ~ and a regex.'), 'Paths; any of them.'),
  paths: globs('Path globs; any of them.'),
  owner: pattern('Who owns the path by CODEOWNERS: a name such as @acme/database, self, others or none'),
  effects: kinds,
  acts: listOf(actPattern, 'What an effect amounts to; any of them.'),
  zones: listOf(zone, 'Where the path of an effect lies; any of them.'),
  certainty: listOf(
    oneOf(certainties, 'How well the effect is known.', {
      exact: 'This and nothing else.',
      approximate: 'Something within this.',
      opaque: 'It cannot be known.',
    }),
    'Any of these.',
  ),
  command: listOf(command, 'Program starts; any of them.'),
  host: pattern('Host of a URL'),
  method: listOf(
    text('An HTTP method.', examples('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')),
    'HTTP methods of a fetch; any of them.',
  ),
  sql,
  mcp,
  agent: pattern('The agent', names('agents')),
  role: listOf(locatedText('A role that the file defines.', names('roles')), 'Roles; any of them.'),
  risk: locatedText(
    'Risk of the call: low, medium, high, critical, or a comparison such as >=high.',
    examples('low', 'medium', 'high', 'critical', '>=medium', '>=high'),
  ),
  when: locatedText('A CEL condition over the request.', names('condition')),
};

/** The keys of a `match`, before patterns are compiled. */
export type MatchDocument = Partial<{ readonly [K in keyof typeof matchFields]: Read<(typeof matchFields)[K]> }> & {
  readonly not?: readonly MatchDocument[];
};

const match: Schema<MatchDocument> = object('What a rule applies to: all keys must hold for one effect of the call.', {
  ...matchFields,
  not: listOf(
    recursive<MatchDocument>('match', () => match),
    'What must not hold for the same effect.',
  ),
}) as Schema<MatchDocument>;

const obligation = either(
  (node) => isScalar(node),
  text('An obligation without parameters.'),
  mapOf(anything('Parameters.'), 'An obligation by name, with its parameters.'),
  { anyOf: [described(aloneObligations, obligationMeanings), obligationJson] },
);

const rule = object(
  'One rule.',
  {
    name: locatedText('Name of the rule: it stands in every decision and record.'),
    match: recursive<MatchDocument>('match', () => match),
    action,
    reason: text('What is wrong with such a call, for the developer and the agent.'),
    advice: text('What to do instead; something that the policy approves.'),
    priority: wholeNumber('Lower numbers come first; 100 unless given.'),
    shadow: truthValue('Record what the rule would have done, and do nothing.'),
    obligations: listOf(obligation, 'What must be done with a call that this rule lets happen.'),
    overrides: listOf(
      text('Name of a rule, or “default”.', names('rules')),
      'Rules of stronger layers that this rule relaxes, once a person has approved the file.',
    ),
  },
  ['name'],
  newItem(
    'name: ${1:what-it-is-about}',
    'match:',
    '  ${2:acts}: [$3]',
    'action: ${4|escalate,deny,approve|}',
    'reason: ${5:What is wrong with it}',
  ),
);
export type RuleDocument = Read<typeof rule>;

const test = object(
  'A call and what the policy must say of it.',
  {
    name: text('What the scenario shows.'),
    tool: text('The canonical tool.', names('tools')),
    args: anything('The arguments.', names('arguments')),
    agent: text('The agent; claude-code unless given.', names('agents')),
    user: text('The user.'),
    groups: listOf(text('A group.'), 'Groups of the user.'),
    cwd: text('Directory the call starts in; the workspace unless given.'),
    branch: text('The branch that is checked out.'),
    state: text('The state of the workflow.', names('states')),
    session: object('What the session has done so far.', {
      tool_calls: amount('Tool calls.'),
      writes: amount('Effects that wrote.'),
      deletes: amount('Effects that deleted.'),
      bytes_written: amount('Bytes written.'),
      cost_usd: amount('Cost that the agent reported, in dollars.'),
      denials: amount('Calls that were denied.'),
      approvals: amount('Calls that a person allowed.'),
    }),
    files: mapOf(text('Content of the file.'), 'Files that exist, by path relative to the workspace; a path that ends in / is a folder.'),
    expect: action,
    rule: text('The rule that must decide; an empty text for none.', names('rules')),
  },
  ['name', 'tool', 'expect'],
  newItem('name: ${1:what it shows}', 'tool: ${2:bash}', 'args: { ${3:command}: $4 }', 'expect: ${5|deny,escalate,approve|}'),
);
export type TestDocument = Read<typeof test>;

const role = object('Who holds a role.', {
  users: pattern('Users'),
  groups: pattern('Groups'),
  agents: pattern('Agents', names('agents')),
  owns: pattern('Names of CODEOWNERS that who holds the role stands for'),
});

/** A whole policy file. */
export const policyDocument = object(documentName, {
  version: wholeNumber('Version of the format: 1.'),
  id: text('Id of the policy, named in every decision.'),
  revision: text('Version of the policy, named in every decision.'),
  metadata: object('About the policy.', {
    owner: text('Who answers for it.'),
    description: text('What it is for.'),
    effective_from: locatedText('First day or moment it applies, such as 2026-11-01.'),
    effective_until: locatedText('Moment from which it no longer applies.'),
  }),
  extends: listOf(
    locatedText('A template (safe_coding, safe_browsing, safe_database, strict) or a file relative to this one.', names('templates')),
    'Bases.',
  ),
  mode: oneOf(modes, 'What is done with decisions.', {
    shadow: 'Everything runs, and what would have been stopped is recorded.',
    enforce: 'What the policy says.',
    confirm: 'As enforce, and a person is asked before anything that changes something.',
    locked: 'Everything is denied.',
  }),
  default_action: action,
  roles: mapOf(role, 'Roles by name.'),
  tools: object('Tools that may be used.', {
    allow: pattern('Only these tools', names('tools')),
    deny: pattern('Never these tools', names('tools')),
    by_role: mapOf(pattern('Only these tools', names('tools')), 'Other tools for those who hold a role.', {
      propertyNames: names('roles'),
    }),
  }),
  levels: object('Kinds of effect that are allowed.', {
    allow: kinds,
    by_role: mapOf(kinds, 'Other kinds for those who hold a role.', { propertyNames: names('roles') }),
  }),
  paths: object('Paths with special treatment.', {
    protected: globs('Not written or deleted.'),
    writable: globs('The only places that may be written.'),
    secret: globs('Put to a person before they are read.'),
  }),
  network: object('Where the network may be reached.', {
    allow: pattern('Only these hosts'),
    deny: pattern('Never these hosts'),
    methods: listOf(
      text('An HTTP method.', examples('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')),
      'Only these HTTP methods in fetches.',
    ),
  }),
  budgets: object('How much a session may do.', {
    tool_calls: amount('Tool calls.'),
    writes: amount('Effects that write.'),
    deletes: amount('Effects that delete.'),
    bytes: amount('Bytes written.'),
    cost_usd: amount('Cost that the agent reports, in dollars.'),
    per: oneOf(['session'], 'What the amounts are for.', { session: 'One session of an agent.' }),
  }),
  workflow: object(
    'Named states of a session, what each lets happen, and how one leads to another.',
    {
      initial: locatedText('The state of a new session.', names('states')),
      states: mapOf(
        object('A state.', {
          allow: listOf(
            recursive<MatchDocument>('match', () => match),
            'In this state, only effects that fit one of these happen.',
          ),
          deny: listOf(
            recursive<MatchDocument>('match', () => match),
            'In this state, none of these happens.',
          ),
          reason: text('Why, for the developer and the agent.'),
          advice: text('How to get on.'),
          to: strictListOf(
            object(
              'A way out of the state.',
              {
                state: locatedText('The state that it leads to.', names('states')),
                after: pattern('A command that ended with success'),
                match: recursive<MatchDocument>('match', () => match),
              },
              ['state'],
            ),
            'Ways out of the state; the first that fits is taken.',
          ),
        }),
        'The states by name.',
      ),
    },
    ['initial', 'states'],
  ),
  policies: strictListOf(rule, 'The rules.'),
  tests: strictListOf(test, 'Scenarios that hold for this policy.'),
});
export type PolicyDocument = Read<typeof policyDocument>;

/** The JSON Schema of a policy file. */
export function policyJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Agent Policy',
    ...policyDocument.json,
    $defs: { match: match.json },
  };
}
