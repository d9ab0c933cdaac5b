/**
 * A fish program in the words of bash, so that it can be analysed; `undefined` where it holds something whose meaning differs, and which is then put to
 * a person. Quotes, pipes and redirections are written alike; blocks, `set`, `and`, `or`, `not` and command substitutions are not.
 */
export function fishAsBash(text: string): string | undefined {
  const statements = split(text);
  if (statements === undefined) return undefined;
  const open: string[] = [];
  let result = '';
  for (const { words, end } of statements) {
    const said = statement(words, open);
    if (said === undefined) return undefined;
    // What opens a block is followed by its body, without a separator.
    if (said.joins !== undefined) result = `${result.replace(/[;\n]\s*$/, '')} ${said.joins} `;
    result += said.opens ? `${said.text} ` : `${said.text}${end}`;
  }
  return open.length === 0 ? result : undefined;
}

interface Statement {
  readonly words: readonly string[];
  /** What ends it: `;`, a newline, `|`, `&&` … */
  readonly end: string;
}

/** Statements with their words as written, command substitutions as bash writes them. */
function split(text: string): readonly Statement[] | undefined {
  const statements: Statement[] = [];
  let words: string[] = [];
  let word = '';
  let depth = 0;
  const endWord = () => {
    if (word !== '') words.push(word);
    word = '';
  };
  const pattern =
    /'(?:[^'\\]|\\[^'\\])*'|"(?:[^"\\]|\\.)*"|\\[^\n]|\\\n|#[^\n]*|&&|\|\||&>|2>&1|>&2|[ \t]+|[;\n|&()'"`]|\$\(|[^\s;|&()'"`\\#$]+|\$|#/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [token] = match;
    if (token.startsWith('#') && word !== '') word += token;
    else if (token.startsWith('#')) continue;
    else if (token === "'" || token === '"' || token === '`') return undefined;
    else if (token.startsWith('"') && /[(]/.test(token)) return undefined;
    else if (token === '(' || token === '$(') {
      // Words that touch a substitution multiply in fish.
      depth += 1;
      word += '$(';
    } else if (token === ')') {
      if (depth === 0) return undefined;
      depth -= 1;
      word += ')';
    } else if (depth > 0) word += token;
    else if (/^[ \t]/.test(token) || token === '\\\n') endWord();
    else if (/^(?:[;\n|&]|&&|\|\|)$/.test(token)) {
      endWord();
      statements.push({ words, end: token });
      words = [];
    } else word += token;
  }
  if (depth > 0 || pattern.lastIndex !== 0) return undefined;
  endWord();
  statements.push({ words, end: '' });
  return statements;
}

interface Said {
  readonly text: string;
  readonly opens?: boolean;
  readonly joins?: '&&' | '||';
}

function statement(words: readonly string[], open: string[]): Said | undefined {
  const [first = '', ...rest] = words;
  const tail = rest.join(' ').replaceAll('$status', '$?').replaceAll('$argv', '"$@"');
  switch (first) {
    case 'and':
    case 'or': {
      const said = statement(rest, open);
      return said === undefined || said.opens ? undefined : { ...said, joins: first === 'and' ? '&&' : '||' };
    }
    case 'not': {
      const said = statement(rest, open);
      return said && { ...said, text: `! ${said.text}` };
    }
    case 'for':
    case 'while':
      open.push('done');
      return { text: `${first} ${tail}; do`, opens: true };
    case 'if':
      open.push('fi');
      return { text: `if ${tail}; then`, opens: true };
    case 'else':
      if (open.at(-1) !== 'fi') return undefined;
      return rest[0] === 'if' ? { text: `elif ${rest.slice(1).join(' ')}; then`, opens: true } : { text: 'else', opens: true };
    case 'begin':
      open.push('}');
      return { text: '{', opens: true };
    case 'function': {
      const name = rest.find((word) => !word.startsWith('-'));
      if (name === undefined || !/^[\w.-]+$/.test(name) || rest[0] !== name || rest.length > 1) return undefined;
      open.push('}');
      return { text: `${name}() {`, opens: true };
    }
    case 'end': {
      const closing = open.pop();
      return closing === undefined ? undefined : { text: [closing, tail].join(' ').trim() };
    }
    case 'set':
      return assignment(rest);
    case 'switch':
    case 'case':
    case 'abbr':
    case 'alias':
    case 'source':
    case 'eval':
    case 'string':
    case 'read':
      return undefined;
    default:
      return { text: [first.replaceAll('$status', '$?'), tail].join(' ').trim() };
  }
}

function assignment(words: readonly string[]): Said | undefined {
  const plain = words.findIndex((word) => !word.startsWith('-'));
  const options = plain < 0 ? words : words.slice(0, plain);
  const [name, ...values] = words.slice(options.length);
  if (!options.every((option) => /^-[lgUxf]+$/.test(option)) || name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const isExported = options.some((option) => option.includes('x'));
  if (values.length > 1) return undefined;
  return { text: `${isExported ? 'export ' : ''}${name}=${values[0] ?? ''}` };
}
