import { isVerdict, type Verdict } from '../model/verdict.ts';
import { type CompatDecision, type CompatRule, type CompatRules, evaluateCompat, loadCompat, loadCompatPlain } from './compat.ts';
import { compatTemplates } from './compat-templates.ts';
import { didYouMean } from './did-you-mean.ts';

/** A call was not let through; `decision` says by which rule and why. */
export class PolicyDenied extends Error {
  override readonly name: string = 'PolicyDenied';
  readonly decision: CompatDecision;
  constructor(decision: CompatDecision) {
    super(
      `Denied by ${decision.rule === '' ? 'the policy' : `“${decision.rule}”`}${decision.reason === '' ? '.' : `: ${decision.reason}`}`,
    );
    this.decision = decision;
  }
}

/** A call needs a person's approval; `decision` says by which rule and why. */
export class PolicyEscalated extends Error {
  override readonly name: string = 'PolicyEscalated';
  readonly decision: CompatDecision;
  constructor(decision: CompatDecision) {
    super(
      `Needs approval by ${decision.rule === '' ? 'the policy' : `“${decision.rule}”`}${decision.reason === '' ? '.' : `: ${decision.reason}`}`,
    );
    this.decision = decision;
  }
}

/** A policy that cannot be used. */
export class PolicyInvalid extends Error {
  override readonly name: string = 'PolicyInvalid';
  readonly diagnostics: CompatRules['diagnostics'];
  constructor(diagnostics: CompatRules['diagnostics']) {
    super(
      diagnostics
        .map(
          ({ source, position, message }) => `${source ?? 'policy'}${position ? `:${position.line}:${position.column}` : ''}: ${message}`,
        )
        .join('\n'),
    );
    this.diagnostics = diagnostics;
  }
}

/** Settings of an engine. */
export interface EngineOptions {
  /** What is done with a call that no rule matches; approve unless given. */
  readonly defaultAction?: Verdict;
}

/**
 * Guards functions of one's own by a rule list, with the semantics of the Python library `agent-action-policy`: rules look at the
 * tool's name and at the text of its arguments, and the first that matches decides.
 */
export class PolicyEngine {
  readonly #rules: CompatRule[];
  readonly #defaultAction: Verdict;

  constructor(rules: readonly CompatRule[] = [], options: EngineOptions = {}) {
    this.#rules = [...rules];
    this.#defaultAction = options.defaultAction ?? 'approve';
    if (!isVerdict(this.#defaultAction)) throw new TypeError(`The default action must be approve, deny or escalate.`);
  }

  /** An engine from the text of a policy file. Throws {@link PolicyInvalid}. */
  static fromYaml(text: string, options: EngineOptions = {}): PolicyEngine {
    return new PolicyEngine(rulesOf(loadCompat('policy', text)), options);
  }

  /** An engine from the same as plain data. Throws {@link PolicyInvalid}. */
  static fromDict(value: unknown, options: EngineOptions = {}): PolicyEngine {
    return new PolicyEngine(rulesOf(loadCompatPlain('policy', value)), options);
  }

  /** An engine from a template: `safe_coding`, `safe_browsing`, `safe_database`, `strict`. Throws an error that lists them. */
  static fromTemplate(name: string, options: EngineOptions = {}): PolicyEngine {
    const template = Object.hasOwn(compatTemplates, name) ? compatTemplates[name] : undefined;
    if (template === undefined) {
      const names = Object.keys(compatTemplates);
      const meant = didYouMean(name, names);
      const hint = meant === undefined ? '' : ` Did you mean “${meant}”?`;
      throw new RangeError(`There is no template “${name}”; there are ${names.join(', ')}.${hint}`);
    }
    return new PolicyEngine(rulesOf(loadCompat(name, template.text)), { defaultAction: template.defaultAction, ...options });
  }

  /** Adds one rule, as it would stand in `policies:`. Throws {@link PolicyInvalid}. */
  addPolicy(rule: unknown): void {
    this.#rules.push(...rulesOf(loadCompatPlain('policy', { policies: [rule] })));
    this.#rules.sort((a, b) => a.priority - b.priority);
  }

  /** What the policy says of a call. */
  evaluate(tool: string, args?: unknown): CompatDecision {
    return evaluateCompat(this.#rules, { tool, args }, this.#defaultAction);
  }

  /**
   * A function that runs only on approve. The arguments that rules see are the function's only argument where that is a text or
   * a mapping, else the list of all. Throws {@link PolicyDenied} or {@link PolicyEscalated}.
   */
  guard<A extends unknown[], R>(tool: string, run: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const decision = this.evaluate(tool, args.length === 0 ? undefined : args.length === 1 ? args[0] : args);
      if (decision.verdict === 'deny') throw new PolicyDenied(decision);
      if (decision.verdict === 'escalate') throw new PolicyEscalated(decision);
      return run(...args);
    };
  }
}

/** `guard(engine, fn)`: {@link PolicyEngine.guard} under the function's own name. */
export function guard<A extends unknown[], R>(engine: PolicyEngine, run: (...args: A) => R, tool: string = run.name): (...args: A) => R {
  return engine.guard(tool, run);
}

function rulesOf({ rules, diagnostics }: CompatRules): readonly CompatRule[] {
  if (rules === undefined) throw new PolicyInvalid(diagnostics);
  return rules;
}
