import type { Formats } from './format.ts';
import type { Words } from './words.ts';

/** One line of the facts of a record: its name in our words, its value as the log has it. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** One thing that a call would have done. */
export interface EffectLine {
  readonly kind: string;
  readonly target: string;
  readonly certainty: string;
  readonly act: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields of something out of the log, whatever it is: older and damaged logs lack some. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is known of a decision besides its effects; facts that the record lacks are left out. */
export function decisionFacts(record: unknown, words: Words, formats: Formats): readonly Fact[] {
  const fields = fieldsOf(record);
  const approval = fieldsOf(fields['approval']);
  const policy = fieldsOf(fields['policy']);
  const ms = (value: unknown) => (typeof value === 'number' ? formats.duration(value) : '');
  const rules = listOf(fields['rules']).map((rule) => [textOf(fieldsOf(rule)['rule']), textOf(fieldsOf(rule)['layer'])].join(' · '));
  const shadow = listOf(fields['shadow']).map((rule) => [textOf(fieldsOf(rule)['rule']), textOf(fieldsOf(rule)['verdict'])].join(' · '));
  const facts: readonly (readonly [string, string])[] = [
    [words.time, formats.exact(textOf(fields['timestamp']))],
    [words.rule, textOf(fields['rule'])],
    [words.layer, textOf(fields['layer'])],
    [words.rules, rules.length > 1 ? rules.join(', ') : ''],
    [words.shadow, shadow.join(', ')],
    [words.risk, textOf(fields['risk'])],
    [words.verdict, textOf(fields['verdict'])],
    [words.result, textOf(fields['outcome'])],
    [words.mode, textOf(fields['mode'])],
    [words.degraded, textOf(fields['degraded'])],
    [words.agent, textOf(fields['agent'])],
    [words.tool, [...new Set([textOf(fields['native_tool']), textOf(fields['tool'])])].filter((tool) => tool !== '').join(' · ')],
    [words.session, textOf(fields['session'])],
    [words.folder, textOf(fields['cwd'])],
    [words.workspace, fields['workspace'] === fields['cwd'] ? '' : textOf(fields['workspace'])],
    [words.user, textOf(fields['user'])],
    [words.answeredBy, [textOf(approval['by']), textOf(approval['answer'])].filter((part) => part !== '').join(' · ')],
    [words.answerMessage, textOf(approval['message'])],
    [words.waited, ms(approval['waited_ms'])],
    [words.latency, ms(fields['latency_ms'])],
    [words.policy, [textOf(policy['id']), textOf(policy['revision'])].filter((part) => part !== '').join(' · ')],
    [words.policyHash, textOf(policy['hash'])],
    [words.decisionId, textOf(fields['decision_id'])],
  ];
  return facts.flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));
}

/** What an event is about. */
export function eventFacts(record: unknown, words: Words, formats: Formats): readonly Fact[] {
  const fields = fieldsOf(record);
  const details = Object.entries(fieldsOf(fields['details'])).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
  }));
  const facts = [
    { name: words.time, value: formats.exact(textOf(fields['timestamp'])) },
    { name: words.event, value: textOf(fields['event']) },
    { name: words.user, value: textOf(fields['user']) },
  ];
  return [...facts, ...details].filter(({ value }) => value !== '').slice(0, 60);
}

/** What the call would have done, at most 100 of it. */
export function effectLines(record: unknown): readonly EffectLine[] {
  return listOf(fieldsOf(record)['effects'])
    .slice(0, 100)
    .map((effect) => {
      const fields = fieldsOf(effect);
      const target = ['path', 'url', 'tool', 'statement', 'program'].map((name) => textOf(fields[name])).find((text) => text !== '') ?? '';
      const argv = listOf(fields['argv']).map((word) => (word === null ? '…' : textOf(word)));
      const isProgram = textOf(fields['program']) === target && argv.length > 0;
      return {
        kind: textOf(fields['kind']),
        target: isProgram ? [target, ...argv].join(' ') : target,
        certainty: textOf(fields['certainty']),
        act: [textOf(fields['act']), textOf(fields['evidence'])].filter((part) => part !== '').join(' · '),
      };
    });
}

/** What had to be done with the call, and what became of it. */
export function obligationLines(record: unknown): readonly string[] {
  const fields = fieldsOf(record);
  const obligations = listOf(fields['obligations']).map((one) => {
    const { name, params } = fieldsOf(one);
    const shown = Object.keys(fieldsOf(params)).length === 0 ? '' : ` ${JSON.stringify(params)}`;
    return `${textOf(name)}${shown}`;
  });
  return [...obligations, ...listOf(fields['kept']).map(textOf)].filter((line) => line !== '');
}
