import type { ArithmeticExpression } from './front.ts';
import { parameterText } from './parameter.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { anyName, known, type Text } from './value.ts';

/** The value of an arithmetic expression: digits where it can be computed, else some number. Assignments in it take effect. */
export function arithmetic(expression: ArithmeticExpression | undefined, state: State, run: Run): Text {
  const value = expression === undefined ? undefined : evaluate(expression, state, run, 0);
  return value === undefined ? anyName : String(value);
}

/** Like {@link arithmetic}, as a number. */
export function arithmeticNumber(expression: ArithmeticExpression, state: State, run: Run): number | undefined {
  return evaluate(expression, state, run, 0);
}

function evaluate(node: ArithmeticExpression, state: State, run: Run, depth: number): number | undefined {
  if (depth > 64) return undefined;
  const inner = (child: ArithmeticExpression): number | undefined => evaluate(child, state, run, depth + 1);
  switch (node.type) {
    case 'ArithmeticGroup':
      return inner(node.expression);
    case 'ArithmeticWord':
      return wordValue(node.value, state, run, depth);
    case 'ArithmeticCommandExpansion': {
      const text = known(run.shell.substitute(node.script, state, run));
      return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
    }
    case 'ArithmeticTernary': {
      const test = inner(node.test);
      if (test !== undefined) return inner(test !== 0 ? node.consequent : node.alternate);
      inner(node.consequent);
      inner(node.alternate);
      return undefined;
    }
    case 'ArithmeticUnary':
      return unary(node.operator, node.operand, node.prefix, state, inner);
    case 'ArithmeticBinary':
      return binary(node.operator, node.left, node.right, state, inner);
  }
}

function wordValue(text: string, state: State, run: Run, depth: number): number | undefined {
  if (/^\d+$/.test(text)) return text.length > 1 && text.startsWith('0') ? Number.parseInt(text, 8) : Number(text);
  if (/^0[xX][\da-fA-F]+$/.test(text)) return Number(text);
  const name = /^\$?\{?([A-Za-z_]\w*|\d+|#)\}?$/.exec(text)?.[1];
  if (name === undefined) return undefined;
  const isName = !/^\d/.test(name);
  if (isName && name !== '#' && !state.variable(name))
    return text.startsWith('$') ? undefined : run.world.variable(name) === undefined ? 0 : undefined;
  const value = known(parameterText(name, undefined, state, run));
  if (value === undefined) return undefined;
  if (value === '') return 0;
  return depth > 8 ? undefined : wordValue(value, state, run, depth + 8);
}

function assigned(node: ArithmeticExpression): string | undefined {
  return node.type === 'ArithmeticWord' && /^[A-Za-z_]\w*$/.test(node.value) ? node.value : undefined;
}

function unary(
  operator: string,
  operand: ArithmeticExpression,
  prefix: boolean,
  state: State,
  inner: (node: ArithmeticExpression) => number | undefined,
): number | undefined {
  const value = inner(operand);
  if (operator === '++' || operator === '--') {
    const name = assigned(operand);
    const next = value === undefined ? undefined : operator === '++' ? value + 1 : value - 1;
    if (name !== undefined) state.set(name, next === undefined ? anyName : String(next));
    return prefix ? next : value;
  }
  if (value === undefined) return undefined;
  switch (operator) {
    case '-':
      return -value;
    case '+':
      return value;
    case '!':
      return value === 0 ? 1 : 0;
    case '~':
      return ~value;
    default:
      return undefined;
  }
}

const operators: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? undefined : Math.trunc(a / b)),
  '%': (a, b) => (b === 0 ? undefined : a % b),
  '**': (a, b) => (b < 0 ? undefined : a ** b),
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  ',': (_a, b) => b,
};

function binary(
  operator: string,
  left: ArithmeticExpression,
  right: ArithmeticExpression,
  state: State,
  inner: (node: ArithmeticExpression) => number | undefined,
): number | undefined {
  if (/^(?:[-+*/%&|^]|<<|>>)?=$/.test(operator)) {
    const before = operator === '=' ? undefined : inner(left);
    const value = inner(right);
    const compute = operators[operator.slice(0, -1)];
    const result = operator === '=' ? value : before === undefined || value === undefined ? undefined : compute?.(before, value);
    const name = assigned(left);
    if (name !== undefined) state.set(name, result === undefined ? anyName : String(result));
    return result;
  }
  const a = inner(left);
  if (operator === '&&') return a === 0 ? 0 : both(a, inner(right), (x, y) => Number(x !== 0 && y !== 0));
  if (operator === '||') return a !== undefined && a !== 0 ? 1 : both(a, inner(right), (x, y) => Number(x !== 0 || y !== 0));
  const compute = operators[operator];
  const value = compute ? both(a, inner(right), compute) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

function both(a: number | undefined, b: number | undefined, compute: (a: number, b: number) => number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : compute(a, b);
}
