import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { loadPolicy } from '../../src/policy/load.ts';

/** Loads one file and gives what was found, as `code line:column`. */
function found(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const { policy, diagnostics } = loadPolicy([{ layer: 'workspace', name: 'p.yaml', text }], (name) => {
    const content = files[name];
    return content === undefined ? undefined : { name, text: content };
  });
  assert.equal(policy === undefined, diagnostics.length > 0, text);
  return diagnostics.map(({ code, position }) => `${code} ${position?.line ?? '-'}:${position?.column ?? '-'}`);
}

const rule = (match: string): string => `policies:\n  - name: a\n    match: { ${match} }\n`;

/** Everything that can be wrong with a file: the text, and what is reported. */
const rows: readonly (readonly [string, readonly string[]])[] = [
  ['', ['empty-policy -:-']],
  ['# only a comment', ['empty-policy -:-']],
  ['- a', ['wrong-type 1:1']],
  ['just text', ['wrong-type 1:1']],
  ['a: [', ['bad-yaml 1:5']],
  ['id: a\nid: b', ['duplicate-key 2:1']],
  ['id: !!js/function x', ['bad-yaml 1:5']],
  ['id: a\n---\nid: b', ['bad-yaml 2:1']],
  ['polices: []', ['unknown-key 1:1']],
  ['version: 2', ['unknown-version -:-']],
  ['version: one', ['wrong-type 1:10']],
  ['mode: enforced', ['unknown-word 1:7']],
  ['mode: 1', ['unknown-word 1:7']],
  ['default_action: allow', ['unknown-word 1:17']],
  ['policies: {}', ['wrong-type 1:11']],
  ['policies: [{}]', ['missing-key 1:12']],
  ['policies: [text]', ['wrong-type 1:12']],
  ['policies: [{ name: a, acton: deny }]', ['unknown-key 1:23']],
  ['policies: [{ name: [a] }]', ['wrong-type 1:20']],
  ['policies: [{ name: "" }]', ['bad-name 1:20']],
  ['policies: [{ name: default }]', ['bad-name 1:20']],
  ['policies: [{ name: a }, { name: a }]', ['duplicate-rule 1:33']],
  ['policies: [{ name: a, priority: 1.5 }]', ['wrong-type 1:33']],
  ['policies: [{ name: a, shadow: maybe }]', ['wrong-type 1:31']],
  ['policies: [{ name: a, obligations: [sandbocks] }]', ['unknown-obligation 1:12']],
  [rule('tol: bash'), ['unknown-key 3:14']],
  [rule('tool: "~("'), ['bad-regex 3:20']],
  [rule('tool: ["a", "~[b"]'), ['bad-regex 3:26']],
  [rule('args_pattern: "(?>a)"'), ['bad-regex 3:28']],
  [rule('args_pattern: "(a)\\\\1"'), ['bad-regex 3:28']],
  [rule('args_pattern: "((a{99}){99}){99}"'), ['bad-regex 3:28']],
  [rule('paths: "+(a)"'), ['bad-glob 3:21']],
  [rule('paths: "[[:alpha:]]"'), ['bad-glob 3:21']],
  [rule('paths: "a/${workspace}/b"'), ['bad-glob 3:21']],
  [rule(`paths: "${'{a,b}'.repeat(12)}"`), ['bad-glob 3:21']],
  [rule('effects: [writ]'), ['unknown-word 3:24']],
  [rule('acts: git.psh'), ['unknown-act 3:20']],
  [rule('acts: nothing.*'), ['unknown-act 3:20']],
  [rule('zones: [sistem]'), ['unknown-zone 3:22']],
  [rule('certainty: sure'), ['unknown-word 3:25']],
  [rule('risk: ">=huge"'), ['unknown-risk 3:20']],
  [rule('role: reviewer'), ['unknown-role 3:20']],
  [rule('when: "1 +"'), ['bad-condition 3:20']],
  [rule('when: "nobody == 1"'), ['bad-condition 3:20']],
  [rule('when: "tool"'), ['bad-condition 3:20']],
  [rule('when: "tool.matches(agent)"'), ['bad-condition 3:20']],
  [rule('when: "tool.matches(\'(\')"'), ['bad-condition 3:20']],
  [rule('when: "groups.all(a, groups.all(b, groups.all(c, true)))"'), ['bad-condition 3:20']],
  [rule('sql: { where: maybe }'), ['unknown-word 3:28']],
  [rule('mcp: { args: { a: { b: 1 } } }'), ['wrong-type 3:32']],
  [rule('not: { zones: here }'), ['unknown-zone 3:28']],
  ['budgets: { writes: many }', ['wrong-type 1:20']],
  ['budgets: { writes: -1 }', ['wrong-type 1:20']],
  ['budgets: { write: 1 }', ['unknown-key 1:12']],
  ['levels: { by_role: { r: [read] } }', ['unknown-role -:-']],
  ['metadata: { effective_from: soon }', ['bad-date 1:29']],
  ['extends: safe_codding', ['unknown-template 1:10']],
  ['extends: ./missing.yaml', ['missing-file 1:10']],
  ['id: &a [*a]', ['wrong-type 1:8']],
  ['policies: &a [{ name: x, match: { not: *a } }]', ['unknown-key 1:17', 'unknown-key 1:26']],
  ['policies: [{ name: x, match: &a { not: *a } }]', ['too-large 1:40']],
];

describe('policy: reading a file', () => {
  it('reports everything that is wrong, with its place', () => {
    for (const [text, expected] of rows) assert.deepEqual(found(text), expected, text);
  });

  it('says what was probably meant', () => {
    for (const [text, meant] of [
      ['polices: []', 'policies'],
      ['mode: enforced', 'enforce'],
      ['extends: safe_codding', 'safe_coding'],
      [rule('acts: git.push.froce'), 'git.push.force'],
      [rule('zones: sytem'), 'system'],
    ] as const) {
      assert.equal(loadPolicy([{ layer: 'user', name: 'p', text }]).diagnostics[0]?.suggestion, meant, text);
    }
  });

  it('reports all that is wrong at once', () => {
    assert.deepEqual(found('polices: []\nmod: x\nbudgets: { writes: x }'), ['unknown-key 1:1', 'unknown-key 2:1', 'wrong-type 3:20']);
  });

  it('bounds what a file can grow to', () => {
    let bomb = 'x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n';
    for (let i = 1; i < 12; i++)
      bomb += `x${i}: &x${i} [${Array(10)
        .fill(`*x${i - 1}`)
        .join(', ')}]\n`;
    assert.ok(found(`${bomb}policies: [{ name: a, match: { mcp: { args: { a: *x11 } } } }]`).some((each) => each.startsWith('too-large')));
    assert.deepEqual(found('a'.repeat(1_000_001)), ['too-large -:-']);
    assert.ok(found('['.repeat(100_000)).length > 0);
    assert.ok(found(`${'- '.repeat(50_000)}a`).length > 0);
  });

  it('extends templates and files, each once, and finds circles', () => {
    const files = {
      './a.yaml': 'extends: [./b.yaml]\npolicies: [{ name: a }]',
      './b.yaml': 'policies: [{ name: b }]',
      './c.yaml': 'extends: [./d.yaml]',
      './d.yaml': 'extends: [./c.yaml]',
      './bad.yaml': 'polices: []',
    };
    assert.deepEqual(found('extends: [./a.yaml, ./b.yaml, strict]', files), []);
    assert.deepEqual(found('extends: ./c.yaml', files), ['cycle 1:11']);
    assert.deepEqual(found('extends: ./bad.yaml', files), ['unknown-key 1:1']);
  });

  it('a file’s own rule replaces one of the same name in a base', () => {
    const read = () => ({
      name: 'base',
      text: 'default_action: escalate\npolicies: [{ name: a, action: deny }, { name: b, priority: 1 }]',
    });
    const { policy } = loadPolicy(
      [{ layer: 'user', name: 'own', text: 'extends: ./base\npolicies: [{ name: a, action: approve }]' }],
      read,
    );
    const layer = policy?.layers[0];
    assert.deepEqual(
      layer?.rules.map(({ name, action, source }) => [name, action, source.file]),
      [
        ['b', 'deny', 'base'],
        ['a', 'approve', 'own'],
      ],
    );
    assert.equal(layer?.defaultAction, 'escalate');
  });

  it('the hash follows every source, its layer and whether it is trusted', () => {
    const hash = (text: string, trusted = false, base = 'id: x'): string | undefined =>
      loadPolicy([{ layer: 'workspace', name: 'own', text, trusted }], () => ({ name: 'base', text: base })).policy?.ref.hash;
    const hashes = [hash('id: a'), hash('id: b'), hash('id: a', true), hash('extends: ./b'), hash('extends: ./b', false, 'id: y')];
    assert.equal(new Set(hashes).size, hashes.length);
    assert.match(hashes[0] ?? '', /^sha256:[0-9a-f]{64}$/);
  });

  it('a policy survives being written as JSON', () => {
    const { policy } = loadPolicy([{ layer: 'user', name: 'x', text: 'extends: [safe_coding, safe_browsing, safe_database, strict]' }]);
    assert.deepEqual(JSON.parse(JSON.stringify(policy)), policy);
  });

  it('a mode is set by the strongest trusted layer, and only made stricter below', () => {
    const mode = (...layers: readonly (readonly ['managed' | 'user' | 'workspace', string, boolean?])[]): string | undefined =>
      loadPolicy(layers.map(([layer, word, trusted]) => ({ layer, name: layer, text: `mode: ${word}`, trusted: trusted ?? false }))).policy
        ?.mode;
    assert.equal(mode(['workspace', 'shadow']), 'enforce');
    assert.equal(mode(['workspace', 'shadow', true]), 'shadow');
    assert.equal(mode(['workspace', 'locked']), 'locked');
    assert.equal(mode(['managed', 'confirm'], ['user', 'shadow', true]), 'confirm');
    assert.equal(mode(['managed', 'shadow'], ['user', 'enforce']), 'enforce');
  });
});
