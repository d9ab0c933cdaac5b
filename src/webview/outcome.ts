import type { Risk } from '../model/effect.ts';
import type { ViewerOutcome, ViewerRow } from '../model/viewer.ts';
import type { IconName } from './icons.ts';
import type { Words } from './words.ts';

/** How an outcome is shown: word, icon and colour say the same, so that none of them is needed alone. */
export interface Sign {
  readonly icon: IconName;
  /** Class of the colour: see media/viewer/viewer.css. */
  readonly tone: string;
  readonly word: string;
}

export function outcomeSign(outcome: ViewerOutcome, words: Words): Sign {
  switch (outcome) {
    case 'approve':
      return { icon: 'pass', tone: 'tone-approve', word: words.outcomeApprove };
    case 'allowed':
      return { icon: 'person', tone: 'tone-allowed', word: words.outcomeAllowed };
    case 'ask':
      return { icon: 'question', tone: 'tone-ask', word: words.outcomeAsk };
    case 'refused':
      return { icon: 'error', tone: 'tone-refused', word: words.outcomeRefused };
    case 'deny':
      return { icon: 'circle-slash', tone: 'tone-deny', word: words.outcomeDeny };
  }
}

/** The sign of a line of the list. */
export function rowSign(row: Pick<ViewerRow, 'type' | 'outcome'>, words: Words): Sign {
  switch (row.type) {
    case 'decision':
      return outcomeSign(row.outcome ?? 'deny', words);
    case 'event':
      return { icon: 'info', tone: 'tone-event', word: words.event };
    case 'damaged':
      return { icon: 'warning', tone: 'tone-damaged', word: words.damaged };
  }
}

export function riskWord(risk: Risk, words: Words): string {
  switch (risk) {
    case 'low':
      return words.riskLow;
    case 'medium':
      return words.riskMedium;
    case 'high':
      return words.riskHigh;
    case 'critical':
      return words.riskCritical;
  }
}
