import { runIndex } from './delayed-code.ts';
import { expandText } from './expand.ts';
import type { TestExpression, Word } from './front.ts';
import { isCostly, patternSource } from './glob.ts';
import { patternOf } from './pattern-text.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { known, type Text } from './value.ts';

/** Whether `[[ … ]]` holds; `undefined` where it cannot be known. */
export function testExpression(node: TestExpression, state: State, run: Run): boolean | undefined {
  switch (node.type) {
    case 'TestNot': {
      const value = testExpression(node.operand, state, run);
      return value === undefined ? undefined : node.negations.length % 2 === 1 ? !value : value;
    }
    case 'TestGroup':
      return testExpression(node.expression, state, run);
    case 'TestLogical':
      return logical(node.operator, node.operands, state, run);
    case 'TestUnary':
      return unaryOf(node.operator, expandText(node.operand, state, run), state, run);
    case 'TestBinary': {
      const left = expandText(node.left, state, run);
      const right = expandText(node.right, state, run);
      if (node.operator === '=~') return undefined;
      if (node.operator.startsWith('-')) for (const operand of [left, right]) runIndex(operand, state, run);
      if ((node.operator === '==' || node.operator === '=' || node.operator === '!=') && hasPattern(node.right))
        return patternTest(node.operator, left, node.right, state, run);
      // Letters of either case may be the same.
      const isLoose = /^[!=]?=$/.test(node.operator) && state.options.has('nocasematch') && known(left) !== known(right);
      return isLoose ? undefined : testBinary(node.operator, left, right);
    }
  }
}

function unaryOf(operator: string, operand: Text, state: State, run: Run): boolean | undefined {
  if (operator === '-v' || operator === '-R') runIndex(operand, state, run);
  return testUnary(operator, operand, state);
}

function logical(operator: '&&' | '||', operands: readonly TestExpression[], state: State, run: Run): boolean | undefined {
  let certain = true;
  for (const operand of operands) {
    const value = testExpression(operand, state, run);
    if (value === undefined) certain = false;
    else if (value === (operator === '||')) return value;
  }
  return certain ? operator === '&&' : undefined;
}

function hasPattern(word: Word): boolean {
  return (
    word.parts?.some(
      (part) =>
        part.type === 'Glob' || part.type === 'ExtendedGlob' || part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion',
    ) ?? false
  );
}

function patternTest(operator: string, left: Text, right: Word, state: State, run: Run): boolean | undefined {
  const subject = known(left);
  // Groups are patterns here whatever the options say.
  const pattern = right.parts?.some((part) => part.type === 'ExtendedGlob') ? undefined : patternOf(right, state, run);
  if (subject === undefined || pattern === undefined || /[?*+@!]\(/.test(pattern) || state.options.has('nocasematch')) return undefined;
  const source = patternSource(pattern);
  if (source === undefined || isCostly(source, subject.length)) return undefined;
  const matches = new RegExp(`^(?:${source})$`).test(subject);
  return operator === '!=' ? !matches : matches;
}

/**
 * A test of one operand, as in `[ -n x ]`. Tests of files are never decided: a call that runs beside this one can change what is there
 * between the look and the run, and `[ -e x ] || …` would be a way past the guard.
 */
export function testUnary(operator: string, operand: Text, state: State): boolean | undefined {
  const text = known(operand);
  if (text === undefined)
    return operator === '-n' && typeof operand !== 'string' && operand.pieces.some((piece) => typeof piece === 'string') ? true : undefined;
  if (operator === '-n') return text !== '';
  if (operator === '-z') return text === '';
  if (operator === '-v') return /^\w+$/.test(text) && state.variable(text)?.values.every((value) => value !== undefined) ? true : undefined;
  return undefined;
}

const numeric: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

/** A test of two operands, as in `[ a = b ]`. */
export function testBinary(operator: string, left: Text, right: Text): boolean | undefined {
  const a = known(left);
  const b = known(right);
  if (a === undefined || b === undefined) return undefined;
  if (operator === '=' || operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  const compare = numeric[operator];
  return compare && /^\s*-?\d+\s*$/.test(a) && /^\s*-?\d+\s*$/.test(b) ? compare(Number(a), Number(b)) : undefined;
}

/** The status of `[ … ]` and `test …`. */
export function testArguments(args: readonly Text[], state: State, run: Run): boolean | undefined {
  if (args.some((arg) => typeof arg !== 'string' && arg.many)) return undefined;
  const [first, second, third] = args;
  const operator = first === undefined ? undefined : known(first);
  if (args.length === 0) return false;
  if (operator === '!' && args.length > 1) {
    const inner = testArguments(args.slice(1), state, run);
    return inner === undefined ? undefined : !inner;
  }
  if (args.length === 1) return first === undefined || known(first) === undefined ? undefined : known(first) !== '';
  if (args.length === 2 && operator !== undefined && second !== undefined) return testUnary(operator, second, state);
  const middle = second === undefined ? undefined : known(second);
  if (args.length === 3 && first !== undefined && third !== undefined && middle !== undefined) return testBinary(middle, first, third);
  return undefined;
}
