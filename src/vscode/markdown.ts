import { visibleLine } from '../present/visible-text.ts';

/** A text as Markdown that shows exactly it, and breaks between its words, which text that the editor escapes does not. */
export function plain(text: string): string {
  return visibleLine(text).replace(/[\\`*_{}[\]()#+\-!~<>|&$:@]/g, '\\$&');
}
