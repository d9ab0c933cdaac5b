import { runProgram } from './automaton.ts';
import type { TextTest } from './compiled.ts';
import { possible, type Truth, truth, yes } from './truth.ts';
import { newWork, type Work } from './work.ts';

/** Whether a text passes a test; possibly, where to find out is too much work. */
export function testText(test: TextTest, text: string, work: Work = newWork()): Truth {
  switch (test.is) {
    case 'any':
      return yes;
    case 'equal':
      return truth(test.text === text);
    case 'whole':
    case 'search': {
      const found = runProgram(test.program, text, test.is === 'search', work);
      return found === undefined ? possible : truth(found);
    }
  }
}
