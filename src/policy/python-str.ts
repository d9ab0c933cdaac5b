/**
 * A number that was written with a point or an exponent. JavaScript cannot tell `1.0` from `1`, Python can; readers that
 * know the source wrap such numbers, so that they are written as Python would.
 */
export class PythonFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** How deep values are written out; deeper ones are cut, as hostile input may nest without end. */
const maxDepth = 200;

/**
 * The arguments of a call as the reference library sees them: a text as it is; a mapping as `key=value` pairs, sorted by key and
 * joined by one space, each value as Python's `str()` writes it; `undefined` where there are no arguments.
 */
export function argumentsText(args: unknown): string | undefined {
  if (args === undefined || args === null) return undefined;
  if (typeof args === 'string') return args;
  if (!isMapping(args)) return pythonStr(args);
  return Object.keys(args)
    .sort(byCodePoint)
    .map((key) => `${key}=${pythonStr(args[key])}`)
    .join(' ');
}

/** What Python's `str()` gives for a value read from JSON or YAML. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value, 0);
}

/** What Python's `repr()` gives. */
function pythonRepr(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? integer(value) : float(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof PythonFloat) return float(value.value);
  if (typeof value === 'string') return quote(value);
  if (depth >= maxDepth) return '...';
  if (Array.isArray(value)) return `[${value.map((item) => pythonRepr(item, depth + 1)).join(', ')}]`;
  if (isMapping(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${quote(key)}: ${pythonRepr(item, depth + 1)}`)
      .join(', ')}}`;
  }
  return String(value);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat);
}

function integer(value: number): string {
  return Object.is(value, -0) ? '0' : BigInt(value).toString();
}

/** The shortest digits that read back as the same number, with Python's thresholds for the exponent. */
function float(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  // Within these bounds JavaScript writes no exponent, but for the small numbers.
  const text = power < 0 ? value.toFixed(Math.min(100, digits.replace(/[-.]/g, '').length - 1 - power)) : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
/** What `str.isprintable` denies: separators other than the space, controls, formats, surrogates, private and unassigned characters. */
const isUnprintable = (char: string) => /[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u.test(char);

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = mark;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === mark) result += `\\${char}`;
    else if (Object.hasOwn(named, char)) result += named[char];
    else if (char === ' ' || !isUnprintable(char)) result += char;
    else if (code < 0x100) result += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code < 0x10000) result += `\\u${code.toString(16).padStart(4, '0')}`;
    else result += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return result + mark;
}

/** Python sorts by code point, JavaScript by UTF-16 unit; they differ beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
