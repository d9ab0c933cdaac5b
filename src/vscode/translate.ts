import { l10n } from 'vscode';
import type { Translate } from '../present/translate.ts';

/** Sentences in the editor's language. */
export const t: Translate = (sentence, ...parts) => l10n.t(sentence, ...parts);
