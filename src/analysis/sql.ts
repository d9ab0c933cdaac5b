import type { Act } from '../model/act.ts';

/** What one SQL statement does. */
export interface SqlStatement {
  /** As written, without the semicolon. */
  readonly text: string;
  /** The verb that counts, in lower case: of `WITH … DELETE` it is `delete`. */
  readonly verb: string;
  readonly act?: Act;
  /** Reads only. */
  readonly reads: boolean;
  /** It runs a statement that it puts together: `EXECUTE 'DR' || 'OP TABLE users'`. */
  readonly isComputed?: true;
}

interface Token {
  readonly text: string;
  readonly at: number;
  readonly depth: number;
  readonly quoted: boolean;
}

/** Longest text that is looked at. */
const maxLength = 256 * 1024;

/**
 * The statements of a text and what each does: strings, identifiers, comments and dollar quotes are never taken for keywords.
 * Linear in the text. Understands what PostgreSQL, MySQL and SQLite share; a verb nobody knows counts as a change.
 */
export function parseSql(text: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let start = 0;
  let tokens: Token[] = [];
  const finish = (end: number): void => {
    if (tokens.length > 0) statements.push(judge(tokens, text.slice(start, end).trim()));
    tokens = [];
    start = end + 1;
  };
  for (const token of tokenize(text.slice(0, maxLength))) {
    if (token.text === ';' && token.depth === 0) finish(token.at);
    else tokens.push(token);
  }
  finish(Math.min(text.length, maxLength));
  return statements;
}

function* tokenize(text: string): Generator<Token> {
  const pattern =
    /--[^\n]*|#[^\n]*|\/\*!\d*|\*\/|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|[eEnNbBxX]?'(?:''|\\.|[^'\\])*(?:'|$)|"(?:""|[^"])*(?:"|$)|`(?:``|[^`])*(?:`|$)|\[[A-Za-z_][^\]]*\]|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|[();,=<>!*.+-]|\S/g;
  let depth = 0;
  for (const match of text.matchAll(pattern)) {
    const value = match[0];
    // MySQL runs what stands in `/*! … */`; other comments are none of ours.
    if (/^(?:--|\/\*(?!!))/.test(value) || value === '*/' || value.startsWith('/*!') || (value.startsWith('#') && value.length > 1))
      continue;
    if (value === ')') depth = Math.max(0, depth - 1);
    yield { text: value, at: match.index, depth, quoted: /^(?:[eEnNbBxX]?'|"|`|\$|\[)/.test(value) };
    if (value === '(') depth += 1;
  }
}

const reading = new Set([
  'select',
  'show',
  'explain',
  'describe',
  'desc',
  'pragma',
  'values',
  'table',
  'use',
  'help',
  'set',
  'begin',
  'start',
  'commit',
  'end',
  'savepoint',
  'release',
  'fetch',
  'declare',
  'close',
  'prepare',
  'deallocate',
  'listen',
  'unlisten',
  'analyze',
  'checkpoint',
  'rollback',
  'abort',
  'print',
  'go',
  'exit',
  'quit',
]);

function judge(tokens: readonly Token[], text: string): SqlStatement {
  const words = tokens.filter((token) => !token.quoted);
  const top = words.filter((token) => token.depth === 0).map((token) => token.text.toLowerCase());
  let verb = top.find((word) => /^[a-z]/.test(word)) ?? words.find((token) => /^[A-Za-z]/.test(token.text))?.text.toLowerCase() ?? '';
  // `EXPLAIN` plans, `EXPLAIN ANALYZE` runs.
  if (verb === 'explain' && words.some((token) => /^analy[sz]e$/i.test(token.text)))
    verb = top.find((word) => /^(?:select|insert|update|delete|merge|with|create|drop|truncate)$/.test(word)) ?? verb;
  if (verb === 'with') {
    const all = words.map((token) => token.text.toLowerCase());
    verb =
      all.find(
        (word, i) =>
          /^(?:delete|update|insert|merge)$/.test(word) && !(word === 'update' && /^(?:for|no|key|on|do)$/.test(all[i - 1] ?? '')),
      ) ?? 'select';
  }
  const act = actOf(verb, top, words, tokens);
  const into = verb === 'select' && top.some((word, i) => word === 'into' && /^(?:outfile|dumpfile)$/.test(top[i + 1] ?? ''));
  const isComputed = running.test(verb) && computes.test(text.replace(/'(?:''|[^'])*'/g, "''"));
  return {
    text,
    verb,
    ...(isComputed ? { isComputed } : {}),
    ...(act ? { act } : into ? { act: 'db.write' as const } : {}),
    reads: reading.has(verb) && !into && !act,
  };
}

const running = /^(?:do|call|exec|execute|prepare|begin|declare)$/;
/** A text that is run and is no literal, where the statement's literals are empty. Source: PostgreSQL 43.5.4, MySQL 15.5, T-SQL EXECUTE. */
const computes =
  /\bexecute\s+immediate\s+(?![ne]?''\s*(?:$|;|using\b|into\b))|\bfrom\s+@\w|\bexec(?:ute)?\s*\(\s*(?!n?''\s*\))|\bsp_executesql\s+(?!n?'')|\b(?:begin|then|loop|else|;)\s*execute\s+(?!immediate\b)(?!''\s*(?:;|$|using\b|into\b))/i;

function actOf(verb: string, top: readonly string[], words: readonly Token[], tokens: readonly Token[]): Act | undefined {
  switch (verb) {
    case 'drop':
      return 'db.drop';
    case 'truncate':
      return 'db.truncate';
    case 'alter':
      return top.includes('drop') ? 'db.drop' : 'db.write';
    case 'delete':
      return hasRealWhere('delete', words, tokens) ? 'db.write' : 'db.delete-all';
    case 'update':
      return hasRealWhere('update', words, tokens) ? 'db.write' : 'db.update-all';
    case 'prepare':
    case 'do':
    case 'call':
    case 'exec':
    case 'execute': {
      const inner = tokens.filter((token) => token.quoted).map((token) => token.text);
      const body = inner
        .map((text) => text.replace(/^\$\w*\$|\$\w*\$$|^[eEnN]?'|'$/g, '').replaceAll("''", "'"))
        .find((text) => /\b(?:drop|truncate|delete|update)\b/i.test(text));
      return body === undefined ? (verb === 'prepare' ? inline(words) : 'db.write') : (worst(body) ?? 'db.write');
    }
    default:
      return reading.has(verb) || verb === '' ? undefined : 'db.write';
  }
}

/** `PREPARE s AS DELETE FROM t`: the statement stands there without quotes. */
function inline(words: readonly Token[]): Act | undefined {
  const at = words.findIndex((token) => token.text.toLowerCase() === 'as');
  return at < 0
    ? undefined
    : worst(
        words
          .slice(at + 1)
          .map((token) => token.text)
          .join(' '),
      );
}

// A procedure's body is looked through word by word: what it would do under which condition is not known.
function worst(body: string): Act | undefined {
  const inner = parseSql(body.replace(/\b(?:begin|then|else|loop|end(?:\s+(?:if|loop))?)\b/gi, ';'));
  return inner.map((statement) => statement.act).find((act) => act !== undefined && act !== 'db.write') ?? inner[0]?.act;
}

/** A condition that is always true is no condition: `WHERE 1=1`, `WHERE true`. */
function hasRealWhere(verb: string, words: readonly Token[], tokens: readonly Token[]): boolean {
  const start = words.findIndex((token) => token.text.toLowerCase() === verb);
  const depth = words[start]?.depth ?? 0;
  const where = words.find((token, i) => i > start && token.depth === depth && token.text.toLowerCase() === 'where');
  if (!where) return false;
  const condition = tokens
    .filter((token) => token.at > where.at && (token.depth > depth || !/^(?:returning|limit|order)$/i.test(token.text)))
    .map((token) => token.text);
  return !isTrue(condition.filter((text) => text !== '(' && text !== ')'));
}

/** The parts between a word. */
function split(words: readonly string[], by: string): readonly string[][] {
  const parts: string[][] = [[]];
  for (const word of words) word === by ? parts.push([]) : parts.at(-1)?.push(word);
  return parts;
}

function isTrue(condition: readonly string[]): boolean {
  const words = condition.map((word) => word.toLowerCase());
  if (words.length === 0 || (words.length === 1 && /^(?:true|1|not false|'?t'?)$/.test(words[0] ?? ''))) return true;
  // `a OR 1=1` lets everything through.
  const alternatives = split(words, 'or');
  if (alternatives.length > 1) {
    if (alternatives.some((part) => isTrue(part))) return true;
    // `x IS NULL OR x IS NOT NULL` leaves nothing out.
    const [first = '', second = ''] = alternatives.map((part) => part.join(' ')).sort((a, b) => a.length - b.length);
    if (alternatives.length === 2 && first.endsWith(' is null') && second === first.replace(/ is null$/, ' is not null')) return true;
  }
  if (words.length === 3 && words[1] === '=' && words[0] === words[2]) return true;
  if (words.length === 2 && words[0] === 'not' && /^(?:false|0)$/.test(words[1] ?? '')) return true;
  if (words.length === 3 && /^[<>]$/.test(words[1] ?? '') && /^\d+$/.test(words[0] ?? '') && /^\d+$/.test(words[2] ?? ''))
    return words[1] === '<' ? Number(words[0]) < Number(words[2]) : Number(words[0]) > Number(words[2]);
  return (
    words.length === 4 &&
    words[1] === '<' &&
    words[2] === '>' &&
    words[0] !== words[3] &&
    /^\d|^'/.test(words[0] ?? '') &&
    /^\d|^'/.test(words[3] ?? '')
  );
}
