import { runIndex } from './delayed-code.ts';
import type { ArithmeticExpression } from './front.ts';
import { giveUp, parameterText } from './parameter.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { mayComeWithShell } from './special-variables.ts';
import { anyName, isNumeric, known, type Text } from './value.ts';
import { doubt } from './state-join.ts';

/**
 * The value of an arithmetic expansion: digits where it can be computed, else some number. Assignments in it take effect. What may be no number
 * is an error that ends the line, and so `$(($(cat f)))` may leave a loop.
 */
export function arithmeticText(expression: ArithmeticExpression | undefined, state: State, run: Run): Text {
  return orGivenUp(state, run, () => arithmetic(expression, state, run));
}

/** Computes something, after which the line may be given up because it cannot be computed. */
export function orGivenUp<T>(state: State, run: Run, compute: () => T): T {
  const before = run.mayNotCompute;
  run.mayNotCompute = false;
  const value = compute();
  if (run.mayNotCompute) giveUp(state, run);
  run.mayNotCompute = before;
  return value;
}

/** The value of an arithmetic expression: digits where it can be computed, else some number. Assignments in it take effect. */
export function arithmetic(expression: ArithmeticExpression | undefined, state: State, run: Run): Text {
  const value = expression === undefined ? undefined : evaluate(expression, state, run, 0);
  return value === undefined ? anyName : String(value);
}

/** Like {@link arithmetic}, as a number; `undefined` also where it is too large to be one exactly. */
export function arithmeticNumber(expression: ArithmeticExpression, state: State, run: Run): number | undefined {
  const value = Number(evaluate(expression, state, run, 0));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Shells compute with 64 bits and wrap around. Source: POSIX 2.6.4 (signed long), Bash manual 6.5. */
const wrapped = (value: bigint): bigint => BigInt.asIntN(64, value);
const largest = 2n ** 63n - 1n;
const toBigInt = (is: boolean): bigint => (is ? 1n : 0n);

function evaluate(node: ArithmeticExpression, state: State, run: Run, depth: number): bigint | undefined {
  if (depth > 64) return undefined;
  const inner = (child: ArithmeticExpression): bigint | undefined => evaluate(child, state, run, depth + 1);
  switch (node.type) {
    case 'ArithmeticGroup':
      return inner(node.expression);
    case 'ArithmeticWord':
      return wordValue(node.value, state, run, depth);
    case 'ArithmeticCommandExpansion': {
      const printed = run.shell.substitute(node.script, state, run);
      const text = known(printed);
      return text === undefined ? uncomputed(printed, run) : wordValue(text, state, run, depth);
    }
    case 'ArithmeticTernary': {
      const test = inner(node.test);
      if (test !== undefined) return inner(test !== 0n ? node.consequent : node.alternate);
      perhaps(node.consequent, state, inner);
      perhaps(node.alternate, state, inner);
      return undefined;
    }
    case 'ArithmeticUnary':
      return unary(node, state, run, inner);
    case 'ArithmeticBinary':
      return binary(node, state, run, inner);
  }
}

function wordValue(text: string, state: State, run: Run, depth: number): bigint | undefined {
  if (/^(?:0[xX][\da-fA-F]+|\d+)$/.test(text)) return literal(text, state, run);
  const name = /^\$?\{?([A-Za-z_]\w*|\d+|#)\}?$/.exec(text)?.[1];
  if (name === undefined) {
    runIndex(text, state, run);
    // A length is a number, and so is one of another base.
    if (!/^(?:\$\{#\w+(?:\[[@*]\])?\}|\d+#\w+)$/.test(text)) run.mayNotCompute = true;
    return undefined;
  }
  const isName = !/^\d/.test(name);
  if (isName && name !== '#' && !state.variable(name))
    return text.startsWith('$') || mayComeWithShell(name, state.zsh) || run.world.variable(name) !== undefined ? undefined : 0n;
  for (const each of state.variable(name)?.values ?? []) if (each !== undefined) runIndex(each, state, run);
  const held = parameterText(name, undefined, state, run);
  const value = known(held);
  if (value === undefined) return uncomputed(held, run);
  if (value === '') return 0n;
  if (/^-\d+$/.test(value)) return negated(literal(value.slice(1), state, run));
  // What a variable holds is not expanded again.
  if (value.startsWith('$')) run.mayNotCompute = true;
  return depth > 8 || value.startsWith('$') ? undefined : wordValue(value, state, run, depth + 8);
}

// What is not known may be no number.
function uncomputed(text: Text, run: Run): undefined {
  if (!isNumeric(text)) run.mayNotCompute = true;
}

// To zsh `010` is ten, and a variable remembers that it was given as `0x10`.
function literal(text: string, state: State, run: Run): bigint | undefined {
  const isDecimal = text === '0' || /^[1-9]/.test(text);
  const isTooGreat = !isDecimal && /^\d*[89]/.test(text);
  if (isTooGreat) run.mayNotCompute = true;
  if (isTooGreat || (state.zsh && !isDecimal) || text.length > 20) return undefined;
  const value = BigInt(!isDecimal && /^\d+$/.test(text) ? `0o${text}` : text);
  return value > largest ? undefined : value;
}

const negated = (value: bigint | undefined): bigint | undefined => (value === undefined ? undefined : wrapped(-value));

function assigned(node: ArithmeticExpression): string | undefined {
  return node.type === 'ArithmeticWord' && /^[A-Za-z_]\w*(?:\[[\s\S]*\])?$/.test(node.value) ? node.value : undefined;
}

function store(name: string, value: bigint | undefined, state: State, run: Run): void {
  if (value === undefined && state.variable(name)?.values.some((held) => !isNumber(held))) {
    // What is no number is an error, after which it holds what it held.
    const before = state.fork();
    state.set(name, anyName);
    doubt(state, before);
    return;
  }
  const text = value === undefined ? anyName : String(value);
  // What is first set in an arithmetic expression is a number to zsh ever after.
  const before = state.variable(name);
  const mayBeUnset = before ? before.values.includes(undefined) : run.world.variable(name) === undefined;
  if (state.zsh && mayBeUnset) state.setVariable(name, { values: [text], attribute: 'i' });
  else state.set(name, text);
}

const isNumber = (text: Text | undefined): boolean => text === undefined || /^\s*-?\d*\s*$/.test(known(text) ?? '');

type Inner = (node: ArithmeticExpression) => bigint | undefined;

/** A part that is reached on some ways only: what it assigns may stay what it was. */
function perhaps(node: ArithmeticExpression, state: State, inner: Inner): bigint | undefined {
  const before = state.fork();
  const value = inner(node);
  doubt(state, before);
  return value;
}

function unary(
  { operator, operand, prefix }: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>,
  state: State,
  run: Run,
  inner: Inner,
): bigint | undefined {
  const value = inner(operand);
  if (operator === '++' || operator === '--') {
    const name = assigned(operand);
    const next = value === undefined ? undefined : wrapped(operator === '++' ? value + 1n : value - 1n);
    if (name !== undefined) store(name, next, state, run);
    return prefix ? next : value;
  }
  if (value === undefined) return undefined;
  switch (operator) {
    case '-':
      return negated(value);
    case '+':
      return value;
    case '!':
      return toBigInt(value === 0n);
    case '~':
      return ~value;
    default:
      return undefined;
  }
}

// What a shift by more than the width gives is the processor's affair.
const isShift = (by: bigint): boolean => by >= 0n && by < 64n;

const operators: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? undefined : a / b),
  '%': (a, b) => (b === 0n ? undefined : a % b),
  '**': power,
  '<<': (a, b) => (isShift(b) ? a << b : undefined),
  '>>': (a, b) => (isShift(b) ? a >> b : undefined),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => toBigInt(a < b),
  '>': (a, b) => toBigInt(a > b),
  '<=': (a, b) => toBigInt(a <= b),
  '>=': (a, b) => toBigInt(a >= b),
  '==': (a, b) => toBigInt(a === b),
  '!=': (a, b) => toBigInt(a !== b),
  ',': (_a, b) => b,
};

// By squares and wrapped at each step: `9**999999999` shall not fill the memory.
function power(base: bigint, exponent: bigint): bigint | undefined {
  if (exponent < 0n) return undefined;
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = wrapped(result * square);
    square = wrapped(square * square);
  }
  return result;
}

function binary(
  node: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>,
  state: State,
  run: Run,
  inner: Inner,
): bigint | undefined {
  const { operator, left, right } = node;
  if (/^(?:[-+*/%&|^]|<<|>>)?=$/.test(operator)) {
    const before = operator === '=' ? undefined : inner(left);
    const value = inner(right);
    const result = operator === '=' ? value : compute(operator.slice(0, -1), before, value, run);
    const name = assigned(left);
    if (name === undefined || name.endsWith(']')) inner(left);
    if (name !== undefined) store(name, result, state, run);
    return result;
  }
  const a = inner(left);
  if (operator === '&&' || operator === '||') {
    if (a === undefined) return void perhaps(right, state, inner);
    if ((operator === '&&') === (a === 0n)) return toBigInt(operator === '||');
    const b = inner(right);
    return b === undefined ? undefined : toBigInt(b !== 0n);
  }
  const value = compute(operator, a, inner(right), run);
  return state.zsh && bindsOtherwise(node) ? undefined : value;
}

// A division by zero is an error, and so is what counts down to less than a whole.
const failing = /^(?:[%/]|\*\*)$/;

function compute(operator: string, a: bigint | undefined, b: bigint | undefined, run: Run): bigint | undefined {
  if (failing.test(operator) && (b === undefined || (operator === '**' ? b < 0n : b === 0n))) run.mayNotCompute = true;
  const how = operators[operator];
  const value = how ? both(a, b, how) : undefined;
  return value === undefined ? undefined : wrapped(value);
}

// In zsh shifts and operators on bits bind more tightly than sums. Source: zshmisc(1) "Arithmetic evaluation".
const onBits = /^(?:<<|>>|[&|^])$/;
function bindsOtherwise({ operator, left, right }: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>): boolean {
  return [left, right].some(
    (child) =>
      child.type === 'ArithmeticBinary' &&
      operator !== ',' &&
      (onBits.test(operator) || onBits.test(child.operator)) &&
      operator !== child.operator,
  );
}

function both(a: bigint | undefined, b: bigint | undefined, compute: (a: bigint, b: bigint) => bigint | undefined): bigint | undefined {
  return a === undefined || b === undefined ? undefined : compute(a, b);
}
