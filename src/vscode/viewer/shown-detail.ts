import { adapterNamed } from '../../agents/registry.ts';
import { riskOf } from '../../analysis/risk.ts';
import type { DecisionRecord } from '../../model/audit-record.ts';
import type { Span } from '../../model/diagnostic.ts';
import { type Effect, risks } from '../../model/effect.ts';
import type { ShownDetail, ViewerDetail } from '../../model/viewer.ts';
import { recordSentences } from '../../present/record-sentences.ts';
import type { Translate } from '../../present/translate.ts';
import { subjectOf } from '../../audit/viewer-line.ts';

const mostHighlights = 20;

/** A detail of the index with what makes it readable. */
export function shownDetail(detail: ViewerDetail, t: Translate): ShownDetail {
  const { record, damage } = detail;
  const plain = { ...detail, highlights: [], canOpenRule: false, canTry: false };
  if (record === undefined) return { ...plain, explanation: [damageSentence(damage, t)] };
  if (record.type === 'event') return { ...plain, explanation: recordSentences(record, { t, agent: '' }) };
  const effect = worstEffect(record);
  const command = commandOf(record);
  return {
    ...plain,
    explanation: recordSentences(record, {
      t,
      agent: adapterNamed(record.agent)?.title ?? record.agent,
      ...(effect === undefined ? {} : { effect }),
    }),
    command: command ?? subjectOf(record),
    highlights: record.verdict === 'approve' ? [] : highlightsIn(command ?? subjectOf(record), record),
    canOpenRule: record.rule !== '',
    canTry: command !== undefined,
  };
}

/** The command of a record, where the call was one. */
export function commandOf({ input }: DecisionRecord): string | undefined {
  const command = typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>)['command'] : undefined;
  return typeof command === 'string' ? command : undefined;
}

function damageSentence(damage: ViewerDetail['damage'], t: Translate): string {
  switch (damage) {
    case 'too-long':
      return t('This line is longer than any that the guard writes.');
    case 'gone':
      return t('This line is no longer where it was: the log was replaced.');
    case 'no-record':
      return t('This line is not a record of the guard.');
    case 'no-json':
    case undefined:
      return t('This line is damaged: it was cut off or changed after it was written.');
  }
}

/** Effects of a record with an act, the riskiest first. A log may lack or garble them: nothing is taken for granted. */
function actsOf({ effects }: DecisionRecord): readonly Effect[] {
  const list: readonly unknown[] = Array.isArray(effects) ? effects : [];
  const acts = list.filter((effect): effect is Effect => typeof effect === 'object' && effect !== null && 'act' in effect);
  const level = (effect: Effect) => risks.indexOf(riskOf(effect));
  return [...acts].sort((a, b) => level(b) - level(a));
}

function worstEffect(record: DecisionRecord): Effect | undefined {
  return actsOf(record)[0];
}

/** Where in the text the riskiest effects lie: by what was found there, else by the name of the file they touch. */
function highlightsIn(text: string, record: DecisionRecord): readonly Span[] {
  const acts = actsOf(record);
  const first = acts[0];
  if (first === undefined) return [];
  const worst = acts.filter((effect) => riskOf(effect) === riskOf(first));
  const marks = new Set(
    worst.flatMap(({ evidence, path }) => [evidence ?? path?.split(/[/\\]/).at(-1) ?? '']).filter((mark) => mark.length > 1),
  );
  const spans: Span[] = [];
  for (const mark of marks) {
    for (let at = text.indexOf(mark); at >= 0 && spans.length < mostHighlights; at = text.indexOf(mark, at + mark.length)) {
      spans.push({ start: at, end: at + mark.length });
    }
  }
  return spans.sort((a, b) => a.start - b.start).filter((span, index, all) => index === 0 || span.start >= (all[index - 1]?.end ?? 0));
}
