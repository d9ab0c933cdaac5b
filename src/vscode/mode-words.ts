import type { Translate } from '../present/translate.ts';
import type { Mode } from '../session/mode.ts';

/** A mode as a person reads it. */
export interface ModeWords {
  readonly label: string;
  readonly detail: string;
  /** Whether less is stopped than the policy says. */
  readonly weaker: boolean;
}

export function modeWords(mode: Mode, t: Translate): ModeWords {
  switch (mode) {
    case 'enforce':
      return { label: t('Enforce'), detail: t('The policy decides. You are asked where a rule says so.'), weaker: false };
    case 'confirm':
      return {
        label: t('Confirm'),
        detail: t('You are asked before everything that changes something. What the policy denies stays denied.'),
        weaker: false,
      };
    case 'shadow':
      return { label: t('Shadow'), detail: t('Nothing is stopped. The audit log says what would have been.'), weaker: true };
    case 'locked':
      return { label: t('Locked'), detail: t('Every action of every agent is denied.'), weaker: false };
  }
}
