import { spawnSync } from 'node:child_process';

/** What Python's `re`, `fnmatch` and `str` say about the same inputs: `null` where Python rejects the pattern. */
export interface PythonAnswers {
  readonly regex: readonly (boolean | null)[];
  readonly fnmatch: readonly boolean[];
  readonly str: readonly string[];
}

const program = `
import sys, json, re, fnmatch, warnings
warnings.simplefilter('ignore')
cases = json.load(sys.stdin)
def search(p, t):
    try: return re.search(p, t) is not None
    except Exception: return None
def text(a):
    if isinstance(a, str): return a
    if isinstance(a, dict): return ' '.join('%s=%s' % (k, a[k]) for k in sorted(a))
    return str(a)
json.dump({
  'regex': [search(p, t) for p, t in cases['regex']],
  'fnmatch': [fnmatch.fnmatchcase(t, p) for p, t in cases['fnmatch']],
  'str': [text(json.loads(a)) for a in cases['str']],
}, sys.stdout)
`;

/** Asks the Python of this machine; `undefined` where there is none of a version that the goldens were made with. */
export function askPython(cases: unknown): PythonAnswers | undefined {
  const version = spawnSync('python3', ['-c', 'import sys; print(sys.version_info >= (3, 11) and sys.version_info < (3, 14))'], {
    encoding: 'utf8',
  });
  if (version.status !== 0 || version.stdout.trim() !== 'True') return undefined;
  const { status, stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(cases), encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 0 ? (JSON.parse(stdout) as PythonAnswers) : undefined;
}

/** Hand-written cases, hostile ones first. */
const regexRows: readonly (readonly [string, readonly string[]])[] = [
  ['(?i)drop\\s+table', ['DROP  TABLE users', 'drop\ntable', 'droptable', 'drop\u00a0table']],
  ['DELETE\\s+FROM\\s+\\w+\\s*(?!.*WHERE)', ['DELETE FROM users', 'DELETE FROM users WHERE id=1', 'DELETE FROM users;']],
  ['(?i)^(?!.*where).*delete', ['delete from x', 'delete from x WHERE y', '\ndelete']],
  ['rm\\s+(-[a-z]*r[a-z]*f|-[a-z]*f[a-z]*r)', ['rm -rf /', 'rm -fr x', 'rm -r x', 'command=rm -vrf x']],
  ['git\\s+push\\s+.*--force', ['git push origin --force', 'git push --force-with-lease', 'git push\n--force']],
  ['^git', ['command=git x', 'git', 'x\ngit']],
  ['(?m)^git$', ['x\ngit\ny', 'git\n', 'gitx']],
  ['end$', ['end', 'end\n', 'end\n\n', 'end ', 'endx']],
  ['end\\Z', ['end', 'end\n']],
  ['\\Astart', ['start', '\nstart']],
  ['(?P<q>[\'"]).*?\\1', ['"a"', '\'a"', 'x']],
  ['(?P<q>[\'"]).*?(?P=q)', ['"a"', '\'a"']],
  ['(?s:a.b)c.d', ['a\nbcxd', 'a\nbc\nd']],
  ['(?x) a b # comment\n c', ['abc', 'a b c']],
  ['\\bsecret\\b', ['my secret', 'secrets', 'sécret', 'a_secret', 'secret\u00e9']],
  ['(?a)\\bsecret\\b', ['secret\u00e9']],
  ['\\B', ['', 'a', 'ab']],
  ['\\w+@\\w+\\.(com|org)', ['a@b.com', 'ü@b.org', '@.com']],
  ['[^/]+/\\.\\.(/|$)', ['a/../b', 'a/..', '/..']],
  ['[]a]', [']', 'a', 'b']],
  ['[^]a]', [']', 'a', 'b', '\n']],
  ['[a\\-z]', ['-', 'a', 'z', 'b']],
  ['[a-]', ['-', 'a', 'b']],
  ['[\\w.-]+', ['-', '.', ' ', 'é']],
  ['a{2,3}$', ['a', 'aa', 'aaaa', 'baaa']],
  ['a{,2}b', ['b', 'aab', 'aaab', 'a{,2}b']],
  ['a{,}b', ['b', 'aaab']],
  ['a{x}', ['a{x}', 'aa']],
  ['a{}', ['a{}', 'a']],
  ['x*+', ['x']],
  ['(?>a)', ['a']],
  ['(a)?(?(1)b|c)', ['ab', 'c']],
  ['a**', ['a']],
  ['*a', ['a']],
  ['^*', ['a']],
  ['(?:^a)*', ['a', '']],
  ['(', ['(']],
  [')', [')']],
  ['a)', ['a']],
  ['[', ['[']],
  ['[z-a]', ['z']],
  ['[\\w-z]', ['z']],
  ['\\', ['\\']],
  ['\\q', ['q']],
  ['\\_', ['_']],
  ['\\/', ['/']],
  ['\\x41\\u0042\\103', ['ABC', 'abc']],
  ['\\x4', ['\u0004']],
  ['\\0', ['\u0000', '0']],
  ['\\01', ['\u0001']],
  ['\\1', ['1']],
  ['(a)\\2', ['aa']],
  ['(a\\1)', ['aa']],
  ['(?P<a>x)(?P<a>y)', ['xy']],
  ['(?P<1a>x)', ['x']],
  ['(?<a>x)', ['x']],
  ['(?P=a)', ['x']],
  ['(?i:K)', ['k', 'K', '\u212a']],
  ['(?i)s', ['S', '\u017f']],
  ['(?i)i', ['I', '\u0131', '\u0130']],
  ['(?i)[a-z]+$', ['ABC', '\u0130', '\u212a', 'é']],
  ['(?i)[^a-z]', ['A', '1']],
  ['(?i)ÄÖ', ['äö', 'ao']],
  ['(?i)ß', ['ß', 'ẞ', 'SS']],
  ['(?i)σ', ['Σ', 'ς', 'σ']],
  ['(?ia)é', ['É', 'é']],
  ['a(?i)b', ['aB']],
  ['(?i-i:a)', ['A']],
  ['(?-i:a)', ['a', 'A']],
  ['(?i)(?-i:a)b', ['aB', 'AB']],
  ['(?#comment)a', ['a']],
  ['(?#open', ['a']],
  ['(?L)a', ['a']],
  ['(?u)\\d', ['٣', '3']],
  ['(?a)\\d', ['٣', '3']],
  ['\\s', ['\u001c', '\u0085', '\u00a0', '\u200b', '\u3000']],
  ['\\S', ['\u001c', 'x']],
  ['(?<=a)b', ['ab', 'b']],
  ['(?<!a)b', ['ab', 'b']],
  ['(?<=a+)b', ['ab']],
  ['(?<=ab|cd)e', ['abe', 'cde', 'e']],
  ['(?<=a|cd)e', ['ae']],
  ['(?=.*\\d)(?=.*[a-z])\\w{3}', ['a1b', 'abc', '123']],
  ['(?!(?!a))a', ['a']],
  ['(?=(?<=x)y)y', ['xy', 'zy']],
  ['x|', ['', 'y']],
  ['(|a)+b', ['ab', 'aab', 'b']],
  ['(a|b)*?c', ['ababc', 'c']],
  ['.', ['\n', '\r', '\u2028', '😀']],
  ['^.$', ['😀', 'ab']],
  ['\\U0001F600', ['😀']],
  ['(?P<year>\\d{4})-(?P<m>\\d\\d)', ['2026-11', '26-11']],
  ['\\Z', ['', 'a']],
  ['$^', ['', '\n']],
  ['\\b', ['', 'a', ' ']],
  ['[\\b]', ['\b', 'b']],
  ['[\\A]', ['A']],
  ['~/x', ['~/x']],
  ['(?s).', ['\n']],
  ['(?si)A.', ['a\n']],
  ['a{2}{3}', ['aaaaaa']],
  ['a{3,2}', ['aaa']],
  ['a??b', ['ab', 'b']],
  ['\\N{DIGIT ONE}', ['1']],
];

const fnmatchRows: readonly (readonly [string, readonly string[]])[] = [
  ['/etc/*', ['/etc/ssh/sshd_config', '/etc/', '/etc', '/etcx', '//etc/x', '/etc/a\nb', '/ETC/a']],
  ['*.env', ['.env', '/a/.env', '.envrc', 'x.env\n']],
  ['**', ['a/b', '']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b', 'a//b']],
  ['?', ['/', '\n', '😀', '', '.']],
  ['[!x]', ['x', 'y', '/', '!']],
  ['[^x]', ['^', 'x', 'y']],
  ['[]a]', [']', 'a', 'b']],
  ['[!]a]', [']', 'a', 'b']],
  ['[a-c]z', ['az', 'bz', 'dz', '-z']],
  ['[c-a]', ['c', 'b', 'a', '-']],
  ['[!c-a]', ['c', 'b', '-']],
  ['[a-]', ['-', 'a', 'b']],
  ['[-a]', ['-', 'a', 'b']],
  ['[a-c-e]', ['b', '-', 'e', 'd']],
  ['[z-a-b]', ['-', 'b', 'z', 'a']],
  ['[a-d-a-f]', ['a', 'e', 'f', '-']],
  ['[!]', ['[!]', 'x']],
  ['[', ['[', 'x']],
  ['[]', ['[]', 'x']],
  ['[[]', ['[', 'x']],
  ['[\\]', ['\\', ']']],
  ['[a\\-z]', ['\\', 'b', 'a', 'z', '-']],
  ['{a,b}', ['a', '{a,b}']],
  ['a.b', ['axb', 'a.b']],
  ['a+(b)', ['a+(b)', 'aab']],
  ['\\*', ['*', '\\', '\\x']],
  ['', ['', 'a']],
  ['*', ['', 'a\nb/c']],
  ['a*b*c', ['abc', 'aXbYc', 'acb']],
  ['mcp:github/*', ['mcp:github/delete', 'mcp:gitlab/x']],
];

const strRows: readonly string[] = [
  'null',
  'true',
  '1.0',
  '1',
  '-0',
  '-0.0',
  '1e5',
  '1e16',
  '1e15',
  '123456789012345680.0',
  '0.0001',
  '0.00001',
  '1.5e-7',
  '1e100',
  '1e22',
  '0.1',
  '100.25',
  '12345678901234567890',
  '"x"',
  '[]',
  '{}',
  '["a", 1, null, true, 1.0]',
  '{"b": 1, "a": "x y"}',
  '{"k": ["it\'s"]}',
  '{"k": ["say \\"hi\\""]}',
  '{"k": ["it\'s \\"x\\""]}',
  '{"k": ["a\\\\b\\n\\t\\r\\u0000\\u007f\\u00a0\\u00ad\\u200b\\u2028\\ud83d\\ude00\\ue000"]}',
  '{"k": {"z": 1, "a": {"n": null}}}',
  '{"command": "git push", "cwd": null, "n": 3}',
  '{"B": 1, "a": 2, "_": 3, "é": 4}',
  '[[[]], {"a": []}]',
  '{"10": 1, "9": 2}',
  '{"😀": 1, "\uffff": 2}',
  '["\u00e9", "\u0301"]',
].map((text) => text);

/** A small deterministic generator, so that the random cases are the same for everybody. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomCases(): { regex: [string, string][]; fnmatch: [string, string][] } {
  const next = generator(7);
  const pick = (list: readonly string[]): string => list[next(list.length)] ?? '';
  const letters = ['a', 'b', 'A', '1', '-', '\n', '/', ']', 'é', '_', ' '];
  const text = (): string => Array.from({ length: next(7) }, () => pick(letters)).join('');
  const atoms = [
    'a',
    'b',
    'A',
    '.',
    '\\w',
    '\\d',
    '\\s',
    '\\W',
    '[ab]',
    '[^a]',
    '[a-b1]',
    '^',
    '$',
    '\\b',
    '\\B',
    '\\Z',
    '\\A',
    '-',
    '\n',
    '\\/',
  ];
  const quantifiers = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '*?', '{,2}', '{0}'];
  const regex = (depth: number): string =>
    Array.from({ length: 1 + next(3) }, () => {
      const kind = depth > 0 ? next(9) : 0;
      const inner = (): string => regex(depth - 1);
      const item =
        kind < 4
          ? pick(atoms)
          : kind === 4
            ? `(${inner()})`
            : kind === 5
              ? `(?:${inner()}|${inner()})`
              : kind === 6
                ? `(?=${inner()})`
                : kind === 7
                  ? `(?!${inner()})`
                  : `(?i:${inner()})`;
      return item + pick(quantifiers);
    }).join('');
  const globAtoms = ['a', 'b', '*', '?', '[', ']', '!', '-', '/', '[a-b]', '[!a]', '1', '\\', '^', '**'];
  return {
    regex: Array.from({ length: 700 }, () => [(next(4) === 0 ? '(?m)' : '') + regex(2), text()]),
    fnmatch: Array.from({ length: 500 }, () => [Array.from({ length: 1 + next(6) }, () => pick(globAtoms)).join(''), text()]),
  };
}

const pairs = (rows: readonly (readonly [string, readonly string[]])[]): [string, string][] =>
  rows.flatMap(([pattern, texts]) => texts.map((text): [string, string] => [pattern, text]));

/** All inputs: the hand-written ones and the random ones. */
export function pythonCases(): {
  readonly regex: readonly (readonly [string, string])[];
  readonly fnmatch: readonly (readonly [string, string])[];
  readonly str: readonly string[];
} {
  const random = randomCases();
  return { regex: [...pairs(regexRows), ...random.regex], fnmatch: [...pairs(fnmatchRows), ...random.fnmatch], str: strRows };
}
