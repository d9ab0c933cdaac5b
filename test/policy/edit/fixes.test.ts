import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { diagnose } from '../../../src/policy/edit/diagnose.ts';
import { applyEdits } from '../../../src/policy/edit/edits.ts';
import { addVersion, fixesFor } from '../../../src/policy/edit/fixes.ts';
import { readTree } from '../../../src/policy/edit/read-tree.ts';
import { loadPolicy } from '../../../src/policy/load.ts';

const stronger = [{ layer: 'user', name: 'user.yaml', text: 'policies: [{name: u, match: {tool: x}, reason: r}]', trusted: true }] as const;
const now = Date.parse('2026-11-20');

function found(text: string): readonly Diagnostic[] {
  return diagnose(
    { layer: 'workspace', name: 'own.yaml', text, trusted: true, stronger, read: () => undefined, now },
    { loadPolicy, readTree },
  );
}

/** Each of the fixes of the first diagnostic with a code, as `what it does (its parts)` with the text it leaves. */
function fixesOf(text: string, code: string): readonly (readonly [string, string])[] {
  const diagnostic = found(text).find((each) => each.code === code);
  assert.ok(diagnostic, `${code}: ${JSON.stringify(found(text))}`);
  return fixesFor(text, diagnostic, readTree(text), found).map(({ does, parts, edits }) => {
    const after = applyEdits(text, edits);
    // Held apart from what the fixes say of themselves.
    const left = found(after).filter((each) => each.code === code && each.message === diagnostic.message);
    assert.ok(left.length < found(text).filter((each) => each.message === diagnostic.message).length, after);
    return [`${does} ${parts.join()}`.trim(), after] as const;
  });
}

const rule = (inside: string) => `policies:\n  - name: a\n    reason: r\n    ${inside}\n`;
const flow = (inside: string) => `policies: [{ name: a, reason: r, ${inside} }]\n`;

/** Code, text, the first fix and the text after it; where nothing can be done, an empty text. */
const rows: readonly (readonly [code: string, text: string, does: string, after: string])[] = [
  ['unknown-key', 'polices: []\n', 'replace policies', 'policies: []\n'],
  ['unknown-key', rule('matc: { tool: x }'), 'replace match', rule('match: { tool: x }')],
  ['unknown-key', `${rule('zzzzzz: 1')}`, 'remove-key zzzzzz', 'policies:\n  - name: a\n    reason: r\n'],
  ['unknown-key', 'policies:\n  - zzzzzz: 1\n    name: a\n    reason: r\n', 'remove-key zzzzzz', 'policies:\n  - name: a\n    reason: r\n'],
  ['unknown-key', flow('zzzzzz: { b: 1 }'), 'remove-key zzzzzz', 'policies: [{ name: a, reason: r }]\n'],
  ['unknown-word', rule('action: denied'), 'replace deny', rule('action: deny')],
  ['unknown-word', 'mode: "enforced"\n', 'replace enforce', 'mode: enforce\n'],
  ['unknown-act', rule('match: { acts: [git.push.forced] }'), 'replace git.push.force', rule('match: { acts: [git.push.force] }')],
  ['unknown-zone', rule('match: { zones: secrets }'), 'replace secret', rule('match: { zones: secret }')],
  ['unknown-template', 'extends: [safe_codin]\n', 'replace safe_coding', 'extends: [safe_coding]\n'],
  ['unknown-template', 'extends: [safe_coding, zzzzzzzz]\n', 'remove-name', 'extends: [safe_coding]\n'],
  ['missing-file', 'version: 1\nextends: ./other.yaml\n', 'remove-key extends', 'version: 1\n'],
  [
    'missing-file',
    'extends:\n  - safe_coding\n  - ./other.yaml\nmode: enforce\n',
    'remove-name',
    'extends:\n  - safe_coding\nmode: enforce\n',
  ],
  ['missing-key', 'policies:\n  - reason: r\n', 'add-key name', 'policies:\n  - name: new-rule\n    reason: r\n'],
  ['missing-key', 'policies: [{ reason: r }]\n', 'add-key name', 'policies: [{ name: new-rule, reason: r }]\n'],
  ['missing-key', 'tests:\n  - name: x\n    tool: bash\n', 'add-key expect', 'tests:\n  - name: x\n    tool: bash\n    expect: escalate\n'],
  ['missing-key', 'tests: [{ name: x, expect: deny }]\n', 'add-key tool', 'tests: [{ name: x, expect: deny, tool: bash }]\n'],
  ['missing-key', 'workflow:\n  states:\n    one: {}\n', 'add-key initial', 'workflow:\n  states:\n    one: {}\n  initial: one\n'],
  ['wrong-type', rule('shadow: yes'), 'replace true', rule('shadow: true')],
  ['wrong-type', rule('shadow: "false"'), 'replace false', rule('shadow: false')],
  ['wrong-type', rule('priority: "10"'), 'replace 10', rule('priority: 10')],
  ['wrong-type', 'budgets: { bytes: 1_000_000 }\n', 'replace 1000000', 'budgets: { bytes: 1000000 }\n'],
  ['wrong-type', 'policies: { name: a, reason: r }\n', 'wrap-list', 'policies: [{ name: a, reason: r }]\n'],
  ['wrong-type', 'policies:\n  name: a\n  reason: r\n', 'wrap-list', 'policies:\n  - name: a\n    reason: r\n'],
  [
    'wrong-type',
    'policies:\n  one:\n    reason: r\n  two:\n    reason: s\n    match: { tool: x }\n',
    'wrap-list',
    'policies:\n  - name: one\n    reason: r\n  - name: two\n    reason: s\n    match: { tool: x }\n',
  ],
  ['wrong-type', 'version: 1\nid:\nmode: enforce\n', 'remove-key id', 'version: 1\nmode: enforce\n'],
  ['unknown-alias', 'paths: { secret: [*.pem] }\n', 'quote', 'paths: { secret: ["*.pem"] }\n'],
  ['unknown-version', 'version: 2\n', 'replace 1', 'version: 1\n'],
  ['empty-policy', '', 'begin', 'version: 1\nextends: [safe_coding]\n'],
  ['empty-policy', '# mine\n', 'begin', '# mine\nversion: 1\nextends: [safe_coding]\n'],
  ['duplicate-key', 'mode: enforce\nid: x\nmode: shadow\n', 'remove-key mode', 'mode: enforce\nid: x\n'],
  [
    'duplicate-rule',
    `${rule('match: { tool: x }')}  - { name: a, reason: r, match: { tool: y } }\n`,
    'rename a-2',
    `${rule('match: { tool: x }')}  - { name: a-2, reason: r, match: { tool: y } }\n`,
  ],
  [
    'replaces-rule',
    'extends: [safe_coding]\npolicies: [{ name: no-force-push, reason: r, match: { tool: x } }]\n',
    'rename no-force-push-2',
    'extends: [safe_coding]\npolicies: [{ name: no-force-push-2, reason: r, match: { tool: x } }]\n',
  ],
  ['bad-name', 'policies: [{ name: default, reason: r }]\n', 'rename rule-2', 'policies: [{ name: rule-2, reason: r }]\n'],
  ['bad-date', 'metadata: { effective_from: 2026/11/1 }\n', 'replace 2026-11-01', 'metadata: { effective_from: 2026-11-01 }\n'],
  ['bad-date', 'metadata: { effective_from: 1.11.2026 }\n', 'replace 2026-11-01', 'metadata: { effective_from: 2026-11-01 }\n'],
  [
    'unknown-role',
    `roles: { reviewer: { users: x } }\n${rule('match: { role: reviewr }')}`,
    'replace reviewer',
    `roles: { reviewer: { users: x } }\n${rule('match: { role: reviewer }')}`,
  ],
  ['unknown-role', rule('match: { role: zz }'), 'define-role zz', `${rule('match: { role: zz }')}roles:\n  zz: { users: [] }\n`],
  ['unknown-state', 'workflow: { initial: on, states: { one: {} } }\n', 'replace one', 'workflow: { initial: one, states: { one: {} } }\n'],
  ['unknown-obligation', rule('obligations: [sandbx]'), 'replace sandbox', rule('obligations: [sandbox]')],
  [
    'bad-obligation',
    rule('obligations: [{ rate_limit: { per_minut: 1 } }]'),
    'replace per_minute',
    rule('obligations: [{ rate_limit: { per_minute: 1 } }]'),
  ],
  ['bad-condition', rule('match: { when: \'agent = "x"\' }'), 'replace \'agent == "x"\'', rule('match: { when: \'agent == "x"\' }')],
  [
    'bad-condition',
    rule('match: { when: \'agent == "x" and not env.dirty\' }'),
    'replace \'agent == "x" && !env.dirty\'',
    rule('match: { when: \'agent == "x" && !env.dirty\' }'),
  ],
  ['bad-regex', rule('match: { tool: "~*sh" }'), 'replace "*sh"', rule('match: { tool: "*sh" }')],
  ['bad-glob', rule('match: { paths: "x/${workspace}/b" }'), 'replace "${workspace}/b"', rule('match: { paths: "${workspace}/b" }')],
  ['unknown-owner', rule('match: { owner: other }'), 'replace others', rule('match: { owner: others }')],
  ['unknown-risk', rule('match: { risk: medum }'), 'replace low', rule('match: { risk: low }')],
  ['bad-yaml', 'policies:\n- name: a\n\treason: r\n', 'spaces', 'policies:\n- name: a\n  reason: r\n'],
  ['bad-yaml', 'mode:enforce\nid: x\n', 'space', 'mode: enforce\nid: x\n'],
  ['bad-yaml', 'id: x\nmode:enforce\n', 'space', 'id: x\nmode: enforce\n'],
  ['bad-yaml', rule('advice: use: it'), 'quote', rule('advice: "use: it"')],
  ['bad-yaml', rule('advice: @it'), 'quote', rule('advice: "@it"')],
  ['bad-yaml', 'extends: [safe_coding\nmode: enforce\n', 'close ]', 'extends: [safe_coding]\nmode: enforce\n'],
  ['bad-yaml', 'extends: [safe_coding}\nmode: enforce\n', 'close ]', 'extends: [safe_coding]\nmode: enforce\n'],
  ['bad-yaml', 'policies:\n  - name: a\n   reason: r\n', 'indent', 'policies:\n  - name: a\n    reason: r\n'],
  [
    'no-reason',
    'policies:\n  - name: a\n    match: { tool: x }\n',
    'add-key reason',
    'policies:\n  - name: a\n    match: { tool: x }\n    reason: What is wrong with it\n',
  ],
  [
    'no-reason',
    'policies: [{ name: a, match: { tool: x } }]\n',
    'add-key reason',
    'policies: [{ name: a, match: { tool: x }, reason: What is wrong with it }]\n',
  ],
  [
    'too-broad',
    'policies:\n  - name: a\n    action: approve\n    reason: r\n',
    'ask-instead',
    'policies:\n  - name: a\n    action: escalate\n    reason: r\n',
  ],
  [
    'too-broad',
    rule('action: approve\n    match: { tool: "~(read|cat)" }'),
    'exact-names [read, cat]',
    rule('action: approve\n    match: { tool: [read, cat] }'),
  ],
  [
    'too-broad',
    rule('action: approve\n    match: { tool: ["~^read$", bash] }'),
    'exact-names read',
    rule('action: approve\n    match: { tool: [read, bash] }'),
  ],
  [
    'shadowed',
    'policies:\n  - { name: a, reason: r, match: { tool: [x, y] } }\n  - { name: b, reason: r, match: { tool: x } }\n',
    'move-first a',
    'policies:\n  - { name: a, reason: r, match: { tool: [x, y] } }\n  - { name: b, reason: r, match: { tool: x }, priority: 99 }\n',
  ],
  [
    'contradicts',
    'policies:\n  - { name: a, reason: r, match: { tool: x } }\n  - name: b\n    reason: r\n    match: { tool: x }\n    action: escalate\ntests: []\n',
    'remove-rule b',
    'policies:\n  - { name: a, reason: r, match: { tool: x } }\ntests: []\n',
  ],
  [
    'never-matches',
    'policies:\n  - { name: a, reason: r, match: { tool: [] } }\n  - { name: b, reason: r }\n',
    'remove-rule a',
    'policies:\n  - { name: b, reason: r }\n',
  ],
  [
    'overrides-nothing',
    rule('action: approve\n    match: { tool: x }\n    overrides: [u, v]'),
    'remove-name v',
    rule('action: approve\n    match: { tool: x }\n    overrides: [u]'),
  ],
  [
    'overrides-nothing',
    rule('action: approve\n    overrides: [v]\n    match: { tool: x }'),
    'remove-name v',
    rule('action: approve\n    match: { tool: x }'),
  ],
];

/** Codes whose mending takes a person: what is meant cannot be seen from the text. */
const withoutFix = new Set([
  'too-large',
  'cycle',
  'second-workflow',
  'bad-transition',
  'not-approved',
  'expired',
  'expires-soon',
  'not-yet-in-force',
  'unused-date',
  // Of other readers than the policy file's.
  'not-in-reference',
  'policy-unreadable',
  'managed-policy-owner',
  'outside-dates',
]);

const root = join(import.meta.dirname, '..', '..', '..');

/** Every code that the sources give. */
function codes(): readonly string[] {
  const folder = join(root, 'src', 'policy');
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const pattern = /(?:report|warn|fail|code: |checkedText<?\w*>?)\(?\s*(?:diagnostics, )?(?:'[^']*',\s*)?'([a-z]+(?:-[a-z]+)+)'/g;
  const found = new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')));
  assert.ok(found.size > 25, [...found].join(' '));
  return [...found].sort();
}

describe('policy: quick fixes', () => {
  for (const [code, text, does, after] of rows) {
    it(`${code}: ${JSON.stringify(text)}`, () => {
      const fixes = fixesOf(text, code);
      assert.deepEqual(fixes[0], [does, after], JSON.stringify(fixes));
    });
  }

  it('are there for every diagnostic whose mending can be seen', () => {
    const covered = new Set(rows.map(([code]) => code));
    assert.deepEqual(
      codes().filter((code) => !covered.has(code) && !withoutFix.has(code)),
      [],
    );
  });

  it('mend what the user guide speaks of, code by code', () => {
    const headings = [...readFileSync(join(root, 'docs', 'diagnostics.md'), 'utf8').matchAll(/^### (.+)$/gm)].map(
      (match) => match[1] ?? '',
    );
    assert.deepEqual(
      codes().filter((code) => !headings.includes(code)),
      [],
    );
    assert.deepEqual([...new Set(headings)].length, headings.length);
  });

  it('add the version where there is none', () => {
    const text = '# mine\npolicies: []\n';
    const added = addVersion(text, readTree(text));
    assert.equal(added && applyEdits(text, added.edits), '# mine\nversion: 1\npolicies: []\n');
    assert.equal(addVersion('version: 1\n', readTree('version: 1\n')), undefined);
    assert.equal(addVersion('', readTree('')), undefined);
  });
});
