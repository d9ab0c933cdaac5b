import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { canonicalJson } from '../../src/audit/canonical.ts';
import { isSecretName, mask, redactText, redactValue, secretShapes } from '../../src/audit/redact.ts';

/** One of each form of a token, made up, put together so that no scanner takes them for real ones. */
const tokens: readonly string[] = [
  `glpat${'-'}aBcDeFgHiJkLmNoPqRsT_1234567.01.0z1abcdef`,
  `glimt${'-'}abcdefghij0123456789`,
  `xapp${'-'}1-A0123456789-1234567890123-abcdef`,
  `gsk${'_'}${'aB3d'.repeat(13)}`,
  `xai${'-'}${'aB3d'.repeat(20)}`,
  `pplx${'-'}${'aB3d'.repeat(12)}`,
  `r8${'_'}${'aB3d'.repeat(9)}`,
  `nvapi${'-'}${'aB3d'.repeat(16)}`,
  `tvly${'-'}dev-${'aB3d'.repeat(8)}`,
  `ABSK${'aB3d'.repeat(33)}==`,
  `dckr${'_'}pat_${'aB3d'.repeat(7)}`,
  `rubygems${'_'}${'a3'.repeat(24)}`,
  `bkua${'_'}${'a3'.repeat(20)}`,
  `CCIPAT${'_'}${'aB3d'.repeat(12)}`,
  `sqp${'_'}${'a3'.repeat(20)}`,
  `aB3daB3daB3daB.${'atlasv1'}.${'aB3d'.repeat(16)}`,
  `pul${'-'}${'a3'.repeat(20)}`,
  `PMAK${'-'}${'a3'.repeat(12)}-${'a3'.repeat(17)}`,
  `abc8Q~${'aB3d'.repeat(8)}`,
  `sbp${'_'}${'a3'.repeat(20)}`,
  `sb${'_'}secret_${'aB3d'.repeat(8)}`,
  `pscale${'_'}tkn_${'aB3d'.repeat(10)}`,
  `nfp${'_'}${'aB3d'.repeat(9)}`,
  `fm2${'_'}${'aB3d'.repeat(20)}`,
  `tskey${'-'}auth-${'aB3d'.repeat(8)}`,
  `dp.${'pt'}.${'aB3d'.repeat(11)}`,
  `ATATT3${'aB3d'.repeat(45)}`,
  `glsa${'_'}${'aB3d'.repeat(8)}_0123abcd`,
  `glc${'_'}${'aB3d'.repeat(20)}`,
  `sntrys${'_'}${'aB3d'.repeat(20)}`,
  `NRAK${'-'}${'AB3'.repeat(9)}`,
  `shpat${'_'}${'a3'.repeat(16)}`,
  `sq0${'atp'}-${'aB3d'.repeat(6)}`,
  `ntn${'_'}${'aB3d'.repeat(12)}`,
  `figd${'_'}${'aB3d'.repeat(11)}`,
  `key${'-'}${'a3'.repeat(16)}`,
  `123456789:AA${'aB3d'.repeat(8)}a`,
  `ops${'_'}eyJ${'aB3d'.repeat(40)}`,
];

describe('redaction', () => {
  const hidden: readonly (readonly [string, string])[] = [
    ['curl -H "Authorization: Bearer abcdef1234567890" x', 'abcdef1234567890'],
    ["curl -H 'X-Api-Key: q1w2e3r4t5' x", 'q1w2e3r4t5'],
    ['curl -H "Cookie: session=abc; id=def" x', 'abc'],
    ['git clone https://me:hunter2@example.com/r.git', 'hunter2'],
    ['psql postgres://u:p%40ss@h/d', 'p%40ss'],
    ['PGPASSWORD=hunter2 psql', 'hunter2'],
    ["export API_KEY='two words'", 'two words'],
    ['deploy --token hunter2', 'hunter2'],
    ['deploy --client-secret="hun ter2"', 'hun ter2'],
    ['curl -u bob:hunter2 https://x', 'hunter2'],
    ['mysql -uroot -phunter2 db', 'hunter2'],
    ['sshpass -p hunter2 ssh h', 'hunter2'],
    ['password: hunter2', 'hunter2'],
    ['"client_secret": "hunter2hunter2"', 'hunter2hunter2'],
    ['https://x/?access_token=abcd1234&y=1', 'abcd1234'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['ghp_0123456789012345678901234567890123456', 'ghp_'],
    ['github_pat_11ABCDEFG0abcdefghijkl_mnop', 'github_pat_'],
    ['glpat-abcdefghij0123456789', 'glpat-'],
    ['xoxb-123456789012-abcdef', 'xoxb-'],
    [`sk-ant-${'a1'.repeat(20)}`, 'sk-ant'],
    ['sk_live_abcdefghijklmnop', 'sk_live'],
    ['npm_abcdefghijklmnopqrstuvwxyz0123456789', 'npm_'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefg', 'eyJ'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----', 'b3Blbn'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE without an end', 'MIIE'],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOY\n-----END PGP PRIVATE KEY BLOCK-----', 'lQOY'],
    ...tokens.map((token) => [`use ${token} here`, token] as const),
    ['https://x.blob.core.windows.net/c?sv=2024&sig=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789%2B', 'AbCdEfGhIjKlMnOp'],
    [`https://discord.com/api/webhooks/123456789012345678/${'aB3_'.repeat(17)}`, 'aB3_aB3_'],
    ['AccountName=a;AccountKey=hunter2hunter2==', 'hunter2'],
    ['SIGNING_KEY=hunter2 make', 'hunter2'],
    ['//registry.example.com/:_authToken=hunter2', 'hunter2'],
  ];
  for (const [text, secret] of hidden) {
    it(`hides ${JSON.stringify(secret)} in ${JSON.stringify(text.slice(0, 50))}`, () => {
      const clean = redactText(text);
      assert.ok(!clean.includes(secret), clean);
      assert.ok(clean.includes(mask));
    });
  }

  it('looks at every text that any of its forms matches', () => {
    const pieces = fc.oneof(
      fc.constantFrom(...hidden.map(([text]) => text)),
      fc.constantFrom(...secretShapes.flatMap(({ hints }) => hints), ...'=:-_ "\'@/.'),
      fc.stringMatching(/^[A-Za-z0-9_-]{0,80}$/),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), fc.boolean(), (parts, upper) => {
        const text = upper ? parts.join('').toUpperCase() : parts.join('');
        for (const { source, hints, pattern } of secretShapes) {
          if (text.search(pattern()) >= 0)
            assert.ok(
              hints.some((hint) => text.toLowerCase().includes(hint)),
              source,
            );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('hides what any of its forms matches, however short the text', () => {
    const pieces = fc.oneof(
      fc.constantFrom(...secretShapes.flatMap(({ hints }) => hints), ...'=:-_ "\'@/.\n'),
      fc.stringMatching(/^[A-Za-z0-9/]{0,8}$/),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 4 }), fc.boolean(), (parts, upper) => {
        const text = upper ? parts.join('').toUpperCase() : parts.join('');
        const expected = secretShapes.reduce((result, { pattern, replacement }) => result.replace(pattern(), replacement ?? mask), text);
        assert.equal(redactText(text), expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('knows the name of a secret by what every such name contains', () => {
    const words = [
      'passwd',
      'password',
      'passphrase',
      'secret',
      'token',
      'api',
      'access',
      'private',
      'account',
      'key',
      'client',
      'credential',
    ];
    const pieces = fc.constantFrom(...words, 'auth', 'pwd', 'cookie', 'bearer', '_', '-', '.', 'x', 'A', '1');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 5 }), (parts) => {
        const name = parts.map((part, index) => (index % 2 === 0 ? part : `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)).join('');
        const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
        const asWritten =
          /(?:^|[^a-z])(?:passw(?:or)?d|passwd|passphrase|secret|token|(?:api|access|private|account|signing|encryption|master|auth)[-_]?key|client[-_]?secret|credentials?|_auth|pwd|cookie|bearer)(?:$|[^a-z])|(?:password|secret|token|api_?key)s?$/i.test(
            spaced,
          );
        const isPlain = /^(?:max|min|num|total|input|output|prompt|completion|cached)[-_]?tokens?$|tokens$|author|keyboard/i.test(name);
        assert.equal(isSecretName(name), asWritten && !isPlain, name);
      }),
      { numRuns: 3000 },
    );
  });

  const kept = [
    'git commit -m "add token parsing"',
    'cat token.txt',
    'if (token == null) return',
    'npm test',
    'https://example.com/a:b@c',
    'ls ~/.ssh/id_rsa.pub',
    '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
    'grep -rn password src',
    'export TOKEN=$OTHER',
    'const key = process.env.KEY',
    'git checkout pat-branch && task-list --key-only',
    'https://x/?sig=short&page=2',
    'docker run -p 12345678:80 x',
    'xai-sdk and pul-tools and key-value',
  ];
  for (const text of kept) it(`keeps ${JSON.stringify(text)}`, () => assert.equal(redactText(text), text));

  const names: readonly (readonly [string, boolean])[] = [
    ['password', true],
    ['apiKey', true],
    ['api_key', true],
    ['accessToken', true],
    ['Authorization', false],
    ['client-secret', true],
    ['DB_PASSWORD', true],
    ['max_tokens', false],
    ['tokens', false],
    ['keyboard', false],
    ['author', false],
    ['path', false],
  ];
  for (const [name, expected] of names)
    it(`${expected ? 'hides' : 'keeps'} the value of ${name}`, () => assert.equal(isSecretName(name), expected));

  it('names what it masked by JSON pointers', () => {
    const { value, masked } = redactValue({
      env: { 'a/b~c_token': 'x' },
      argv: ['--password', 'y'],
      list: [{ secret: { deep: 'z', n: 7 } }],
    });
    assert.deepEqual(value, { env: { 'a/b~c_token': mask }, argv: ['--password', mask], list: [{ secret: { deep: mask, n: mask } }] });
    assert.deepEqual(masked, ['/env/a~1b~0c_token', '/argv/1', '/list/0/secret/deep', '/list/0/secret/n']);
  });

  it('never shows a part of a secret on the edge of the cut', () => {
    for (let offset = 2900; offset < 3100; offset += 7) {
      const { value } = redactValue(`${'x '.repeat(offset / 2)}password=hunter2hunter2hunter2 ${'y'.repeat(50_000)}`);
      assert.doesNotMatch(String(value), /hunt/);
    }
  });

  it('is bounded in length, members and depth', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    const big = { deep, text: 'a '.repeat(1_000_000), list: Array.from({ length: 100_000 }, () => 'b '.repeat(1000)) };
    assert.ok(JSON.stringify(redactValue(big).value).length < 200_000);
  });

  it('never throws, and leaves nothing to do for a second time', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, text) => {
        redactValue(value);
        const clean = redactText(`${text} password=${text}`);
        assert.equal(typeof clean, 'string');
      }),
      { numRuns: 300 },
    );
  });
});

describe('canonical JSON', () => {
  // The examples of RFC 8785 §3.2.2 and §3.2.3.
  const rows: readonly (readonly [unknown, string])[] = [
    [
      JSON.parse(
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
      ),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ],
    [
      { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\x80': 6, ö: 7 },
      '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}',
    ],
    [{ b: undefined, a: Number.NaN, c: -0 }, '{"a":null,"c":0}'],
    ['\ud800', '"\ufffd"'],
  ];
  for (const [value, expected] of rows) it(expected, () => assert.equal(canonicalJson(value), expected));

  it('says the same as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))),
    );
  });
});
