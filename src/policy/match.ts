import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import { testText } from './test-text.ts';
import { newWork, type Work } from './work.ts';
import type { CompiledLayer, Match, McpTest, RoleTest, TextTest } from './compiled.ts';
import { conditionScope } from './condition-scope.ts';
import type { ConditionRunner, OwnersOf } from './evaluate.ts';
import { hostOf } from './host.ts';
import { matchCommand } from './match-command.ts';
import { matchOwner } from './match-owner.ts';
import { matchPaths, placesOf } from './match-path.ts';
import { argumentsText } from './python-str.ts';
import { sqlKinds } from './sql-kind.ts';
import { testName } from './test-name.ts';
import { allOf, anyOf, no, not, possible, type Truth, truth, yes } from './truth.ts';

/** What every test of one evaluation shares. Texts are made once, when a rule first asks for them. */
export class MatchContext {
  readonly request: PolicyRequest;
  /** What is left to spend on patterns against texts that an agent chose. */
  readonly work = newWork();
  readonly #conditions: () => ConditionRunner | undefined;
  #argsText: { readonly text: string | undefined } | undefined;
  readonly #roles = new Map<RoleTest, boolean>();

  readonly #lookUp: (() => OwnersOf | undefined) | undefined;
  #ownersOf: { readonly of: OwnersOf | undefined } | undefined;
  readonly #owners = new Map<Effect, ReturnType<OwnersOf>>();

  constructor(request: PolicyRequest, conditions: () => ConditionRunner | undefined, owners?: () => OwnersOf | undefined) {
    this.request = request;
    this.#conditions = conditions;
    this.#lookUp = owners;
  }

  /** Owners of an effect's path, by each version of CODEOWNERS that counts. */
  ownersOf(effect: Effect): ReturnType<OwnersOf> {
    const known = this.#owners.get(effect);
    if (known !== undefined) return known;
    this.#ownersOf ??= { of: this.#lookUp?.() };
    const found = this.#ownersOf.of?.(effect) ?? [undefined];
    this.#owners.set(effect, found);
    return found;
  }

  /** The arguments as one text, as `args_pattern` sees them. */
  get argsText(): string | undefined {
    this.#argsText ??= { text: argumentsText(this.request.call.args) };
    return this.#argsText.text;
  }

  hasRole(role: RoleTest): boolean {
    const known = this.#roles.get(role);
    if (known !== undefined) return known;
    const { subject, call } = this.request;
    const some = (tests: readonly TextTest[] | undefined, texts: readonly string[]): boolean =>
      tests === undefined || tests.some((test) => texts.some((text) => testText(test, text) === yes));
    const result = some(role.users, [subject.user]) && some(role.groups, subject.groups) && some(role.agents, [call.agent]);
    this.#roles.set(role, result);
    return result;
  }

  /** The value of a condition; `undefined` where it has none. */
  condition(expression: string, effect: Effect | undefined): boolean | undefined {
    return this.#conditions()?.(expression, conditionScope(this.request, effect));
  }
}

/** What one key of a match is tested with. */
interface Question {
  readonly context: MatchContext;
  readonly layer: CompiledLayer;
  /** Absent where the call as a whole is judged. */
  readonly effect: Effect | undefined;
  /** Whether the answer will be used to let something happen: then what is not certain counts as no. */
  readonly sure: boolean;
}

type Keys = Required<Match>;

/** For each key of a match, how it is decided. The order is that of cost. */
const tests: { readonly [K in keyof Keys]: (value: Keys[K], question: Question) => Truth } = {
  effects: (kinds, { effect }) => truth(effect !== undefined && kinds.includes(effect.kind)),
  acts: (acts, { effect }) => truth(effect?.act !== undefined && acts.includes(effect.act)),
  zones: (zones, { effect }) => truth(effect?.zones?.some((zone) => zones.includes(zone)) === true),
  certainty: (values, { effect }) => truth(effect !== undefined && values.includes(effect.certainty)),
  risk: (risks, { context }) => truth(risks.includes(context.request.analysis.risk)),
  tool: (tools, { context, sure }) => {
    const { tool, nativeTool } = context.request.call;
    const names = nativeTool === tool ? [tool] : [tool, nativeTool];
    return anyOf(tools, (test) => anyOf(names, (name) => testName(test, name, sure, context.work)));
  },
  agent: (agents, { context }) => anyOf(agents, (test) => testText(test, context.request.call.agent)),
  role: (roles, { context, layer }) =>
    truth(
      roles.some((name) => {
        const role = layer.roles !== undefined && Object.hasOwn(layer.roles, name) ? layer.roles[name] : undefined;
        return role !== undefined && context.hasRole(role);
      }),
    ),
  session: ({ count, atLeast }, { context }) => truth(context.request.session[count] >= atLeast),
  state: (names, { context }) => truth(names.includes(context.request.session.state ?? '')),
  method: (methods, { context }) =>
    truth(
      context.request.call.actions.some((action) => action.kind === 'fetch' && methods.includes((action.method ?? 'GET').toUpperCase())),
    ),
  otherMethod: (methods, { context }) =>
    truth(
      context.request.call.actions.some((action) => action.kind === 'fetch' && !methods.includes((action.method ?? 'GET').toUpperCase())),
    ),
  mcp: (mcp, { context, sure }) => matchMcp(mcp, context, sure),
  host: (hosts, { effect, context, sure }) => matchHost(hosts, effect, sure, context.work),
  sql: (sql, { effect }) => {
    if (effect?.statement === undefined) return no;
    return truth(
      sqlKinds(effect.statement).some(
        ({ kind, where }) => (sql.kind?.includes(kind) ?? true) && (sql.where === undefined || (sql.where === 'present') === where),
      ),
    );
  },
  command: (commands, { effect, context, sure }) =>
    effect === undefined ? no : anyOf(commands, (test) => matchCommand(test, effect, sure, context.work)),
  paths: (paths, { effect, context, sure }) =>
    effect === undefined ? no : matchPaths(paths, effect, placesOf(context.request), sure, context.work),
  owner: (test, { effect, context, layer, sure }) => {
    if (effect === undefined) return no;
    return matchOwner(test, effect, {
      owners: () => context.ownersOf(effect),
      roles: layer.roles,
      hasRole: (role) => context.hasRole(role),
      sure,
    });
  },
  args: (test, { context }) => {
    const text = context.argsText;
    return text === undefined ? no : testText(test, text, context.work);
  },
  when: (expression, { context, effect }) => {
    const value = context.condition(expression, effect);
    return value === undefined ? possible : truth(value);
  },
  not: (matches, question) => not(anyOf(matches, (match) => matchAll(match, { ...question, sure: !question.sure }))),
};

const keyOrder = Object.keys(tests) as (keyof Keys)[];

/** The keys that a match has, in the order they are tested. */
export function matchKeys(match: Match): readonly (keyof Match)[] {
  return keyOrder.filter((key) => match[key] !== undefined);
}

/** Whether all keys of a match hold for an effect, or for the call as a whole where there is none. */
export function matchAll(match: Match, question: Question): Truth {
  let result: Truth = yes;
  for (const key of keyOrder) {
    if (match[key] === undefined) continue;
    const each = matchKey(match, key, question);
    if (each === no) return no;
    if (each < result) result = each;
  }
  return result;
}

/** Whether one key of a match holds. */
export function matchKey<K extends keyof Keys>(match: Match, key: K, question: Question): Truth {
  const value = match[key];
  return value === undefined ? yes : tests[key](value as Keys[K], question);
}

function matchHost(hosts: readonly TextTest[], effect: Effect | undefined, sure: boolean, work: Work): Truth {
  if (effect === undefined || (effect.kind !== 'network' && effect.url === undefined)) return no;
  const host = effect.url === undefined ? undefined : hostOf(effect.url);
  if (host === undefined || effect.certainty === 'opaque') return possible;
  return anyOf(hosts, (test) => testName(test, host, sure, work));
}

function matchMcp(test: McpTest, { request, work }: MatchContext, sure: boolean): Truth {
  const named = (tests: readonly TextTest[] | undefined, name: string): Truth =>
    tests === undefined ? yes : anyOf(tests, (each) => testName(each, name, sure, work));
  const hasArgument = ([name, values]: readonly [string, NonNullable<McpTest['args']>[string]], args: unknown): Truth => {
    const value = memberOf(args, name);
    return anyOf(values, (each) => {
      if (each.is === 'value') return truth(each.value === value);
      return typeof value === 'string' ? testName(each, value, sure, work) : no;
    });
  };
  return anyOf(request.call.actions, (action) => {
    if (action.kind !== 'mcp') return no;
    const isTool = allOf([named(test.server, action.server), named(test.tool, action.tool)], (each) => each);
    return isTool === no
      ? no
      : allOf([isTool, ...Object.entries(test.args ?? {}).map((each) => hasArgument(each, action.args))], (each) => each);
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
