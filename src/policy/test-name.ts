import { testText } from './test-text.ts';
import type { Work } from './work.ts';
import type { TextTest } from './compiled.ts';
import type { Truth } from './truth.ts';

/**
 * A name. Regexes of the reference format are searched for anywhere, so that `~(read|cat)` also finds `notification_send`;
 * that may stop a call, but to let one happen the whole name has to match.
 */
export function testName(test: TextTest, name: string, sure: boolean, work: Work): Truth {
  return testText(sure && test.is === 'search' ? { ...test, is: 'whole' } : test, name, work);
}
