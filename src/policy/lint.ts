import type { Diagnostic } from '../model/diagnostic.ts';
import { isStricter } from '../model/verdict.ts';
import { dayOf } from './in-force.ts';
import type { CompiledLayer, CompiledPolicy, Match, TextTest } from './compiled.ts';

/**
 * What a rule list says that its writer can hardly have meant, and what of it holds no longer, or not for long, at a time in milliseconds
 * since 1970. All of it is a warning: the policy still works.
 */
export function lintPolicy(policy: CompiledPolicy, now: number): readonly Diagnostic[] {
  return policy.layers.flatMap((layer, rank) => [...dateWarnings(layer, now), ...lintLayer(layer, policy.layers.slice(0, rank))]);
}

const soon = 14 * 24 * 60 * 60 * 1000;

/** What is to be known of a layer's dates at a time. */
export function dateWarnings({ layer, name, effectiveFrom, effectiveUntil }: CompiledLayer, now: number): readonly Diagnostic[] {
  const warn = (code: string, message: string): Diagnostic[] => [{ code, severity: 'warning', message, source: name }];
  const instead = layer === 'workspace' ? 'and has no effect' : 'so safe_coding holds in its stead';
  if (effectiveUntil !== undefined && now >= effectiveUntil)
    return warn('expired', `The policy expired on ${dayOf(effectiveUntil)}, ${instead}: change effective_until.`);
  if (effectiveFrom !== undefined && now < effectiveFrom)
    return warn('not-yet-in-force', `The policy is in force from ${dayOf(effectiveFrom)} on, and has no effect until then.`);
  if (effectiveUntil !== undefined && effectiveUntil - now <= soon)
    return warn('expires-soon', `The policy expires on ${dayOf(effectiveUntil)}: change effective_until, or another policy must follow.`);
  return [];
}

function lintLayer(layer: CompiledLayer, stronger: readonly CompiledLayer[]): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  layer.rules.forEach((rule, index) => {
    const warn = (code: string, message: string): void => {
      found.push({ code, severity: 'warning', message, source: rule.source.file, position: { line: rule.source.line, column: 1 } });
    };
    const empty = emptyKey(rule.match);
    if (empty !== undefined) warn('never-matches', `The rule “${rule.name}” can never match: nothing is left of “${empty}”.`);
    for (const earlier of layer.rules.slice(0, index)) {
      if (earlier.shadow === true || !covers(earlier.match, rule.match)) continue;
      const same = earlier.action === rule.action;
      if (sameMatch(earlier.match, rule.match) && !same) {
        warn(
          'contradicts',
          `The rule “${rule.name}” says ${rule.action} to the same calls that “${earlier.name}” says ${earlier.action} to, and comes second.`,
        );
      } else {
        warn('shadowed', `The rule “${rule.name}” never decides: “${earlier.name}” comes first and matches all that it matches.`);
      }
      break;
    }
    for (const name of rule.overrides ?? []) {
      const target = stronger.flatMap(({ rules }) => rules).find((each) => each.name === name);
      const milder =
        name === 'default'
          ? stronger.some(({ defaultAction }) => isStricter(defaultAction, rule.action))
          : target !== undefined && isStricter(target.action, rule.action);
      if (!milder)
        warn('overrides-nothing', `The rule “${rule.name}” relaxes “${name}”, and no stronger layer has a stricter rule of that name.`);
    }
    if (rule.overrides !== undefined && !layer.trusted) {
      warn('not-approved', `The rule “${rule.name}” relaxes others, which has no effect until a person has approved this file.`);
    }
    if (rule.action === 'approve' && Object.keys(rule.match).length === 0) {
      warn('too-broad', `The rule “${rule.name}” approves every call.`);
    }
    if (rule.action === 'approve' && isBroadSearch(rule.match.tool)) {
      warn(
        'too-broad',
        `The rule “${rule.name}” approves tools by a regex; only whole names that it matches are approved, and a list of names is clearer.`,
      );
    }
    if (rule.reason === '' && rule.action !== 'approve') {
      warn('no-reason', `The rule “${rule.name}” gives no reason, so neither the developer nor the agent will know why.`);
    }
  });
  return found;
}

const isBroadSearch = (tests: readonly TextTest[] | undefined): boolean => tests?.some((test) => test.is === 'search') ?? false;

/** A key with a list of which nothing is left, so that it cannot hold. */
function emptyKey(match: Match): string | undefined {
  return Object.entries(match).find(([key, value]) => key !== 'not' && Array.isArray(value) && value.length === 0)?.[0];
}

/**
 * Whether all that `inner` matches is certainly matched by `outer`: each key of `outer` is in `inner` too and holds there whenever
 * `inner`'s does. Careful: where that cannot be seen from the two texts, it is no.
 */
function covers(outer: Match, inner: Match): boolean {
  return (Object.keys(outer) as (keyof Match)[]).every((key) => {
    const wide = outer[key];
    const narrow = inner[key];
    if (narrow === undefined) return false;
    if (key !== 'not' && Array.isArray(wide) && Array.isArray(narrow)) {
      return narrow.every((each) => wide.some((other) => isAny(other) || JSON.stringify(each) === JSON.stringify(other)));
    }
    return JSON.stringify(wide) === JSON.stringify(narrow);
  });
}

const isAny = (value: unknown): boolean => typeof value === 'object' && value !== null && 'is' in value && value.is === 'any';

const sameMatch = (a: Match, b: Match): boolean => covers(a, b) && covers(b, a);

/** Diagnostics as SARIF 2.1.0. */
export function toSarif(diagnostics: readonly Diagnostic[], version: string): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'agent-policy', version, rules: codes.map((id) => ({ id })) } },
        results: diagnostics.map(({ code, severity, message, source, position }) => ({
          ruleId: code,
          level: severity,
          message: { text: message },
          ...(source === undefined
            ? {}
            : {
                locations: [
                  {
                    physicalLocation: {
                      artifactLocation: { uri: source },
                      ...(position === undefined ? {} : { region: { startLine: position.line, startColumn: position.column } }),
                    },
                  },
                ],
              }),
        })),
      },
    ],
  };
}
