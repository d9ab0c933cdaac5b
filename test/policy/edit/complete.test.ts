import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { newSession } from '../../../src/model/policy-request.ts';
import { acts } from '../../../src/model/act.ts';
import { zones } from '../../../src/model/zone.ts';
import { conditionFields, conditionNames, conditionScope } from '../../../src/policy/condition-scope.ts';
import { policyJsonSchema } from '../../../src/policy/document.ts';
import { complete, type Suggestion } from '../../../src/policy/edit/complete.ts';
import { explainWord } from '../../../src/policy/edit/hover.ts';
import type { KnownNames } from '../../../src/policy/edit/names.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { templateNames } from '../../../src/policy/templates.ts';
import { request } from '../request.ts';

const root = policyJsonSchema();
const known: KnownNames = {
  agents: ['claude-code', 'codex'],
  templates: templateNames,
  rules: [{ name: 'guard-change', layer: 'built-in', action: 'deny', reason: 'It <b>governs</b>.' }],
};

interface Found {
  readonly items: readonly Suggestion[];
  readonly text: string;
  readonly span: { readonly start: number; readonly end: number };
}

/** What is suggested where `‸` stands. */
function at(marked: string): Found {
  const offset = marked.indexOf('‸');
  const text = marked.replace('‸', '');
  const found = complete(text, offset, root, known);
  return { items: found?.items ?? [], text, span: found?.span ?? { start: offset, end: offset } };
}

/** `wanted` are labels that must be among the suggestions; one with `-` before it must not. */
function check(marked: string, wanted: string): void {
  const labels = at(marked).items.map(({ label }) => label);
  for (const label of wanted.split(' ').filter((each) => each !== '')) {
    if (label.startsWith('-')) assert.ok(!labels.includes(label.slice(1)), `${label} in ${marked}: ${labels}`);
    else assert.ok(labels.includes(label), `${label} of ${marked}: ${labels}`);
  }
  if (wanted === '') assert.deepEqual(labels, [], marked);
}

/** The text after a suggestion was taken; a snippet's places are what they hold. */
function taken(marked: string, label: string): string {
  const { items, text, span } = at(marked);
  const item = items.find((each) => each.label === label);
  assert.ok(item, `${label} of ${marked}`);
  const insert = item.isSnippet
    ? item.insert.replace(/\$\{\d+\|([^,|]*)[^}]*\}|\$\{\d+:([^}]*)\}|\$\d+/g, (_all, choice = '', word = '') => choice + word)
    : item.insert;
  return text.slice(0, span.start) + insert + text.slice(span.end);
}

const rule = 'policies:\n  - name: a\n    ';

describe('policy: completion', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['‸', 'version policies extends tests workflow -name'],
    ['version: 1\n‸\nmode: enforce', 'policies -version -mode'],
    ['po‸', 'policies'],
    ['mode: ‸', 'shadow enforce confirm locked -deny'],
    ['default_action: ‸', 'approve deny escalate'],
    ['extends: [‸', 'safe_coding strict -name'],
    ['extends: [safe_coding, "‸"]', 'safe_database'],
    ['extends:\n  - ‸', 'safe_coding'],
    [`${rule}‸`, 'match action reason advice obligations overrides -name -tool'],
    [`${rule}match: { ‸`, 'tool acts zones command when not -action'],
    [`${rule}match: { acts: ‸ }`, 'git.push.force secret.read -workspace'],
    [`${rule}match: { acts: [git.pu‸`, 'git.push git.push.force'],
    [`${rule}match:\n      zones:\n        - ‸`, 'secret workspace guard'],
    [`${rule}match:\n      not:\n        - ‸`, 'tool acts zones'],
    [`${rule}match:\n      not:\n        not:\n          ‸`, 'tool acts'],
    [`${rule}match: { command: { ‸ } }`, 'program subcommand flags -tool'],
    [`${rule}match: { command: { program: ‸ } }`, 'git npm'],
    [`${rule}match: { agent: ‸ }`, 'claude-code codex'],
    [`${rule}match: { tool: [bash, ‸] }`, 'bash write mcp:server/tool'],
    [`${rule}match: { risk: ‸ }`, 'low critical >=high'],
    [`${rule}match: { sql: { where: ‸ } }`, 'missing present'],
    [`roles:\n  reviewer: { users: x }\n${rule}match: { role: ‸ }`, 'reviewer'],
    ['roles:\n  ‸', ''],
    ['roles:\n  reviewer: { ‸ }', 'users groups agents'],
    [`${rule}shadow: ‸`, 'true false'],
    [`${rule}obligations: [‸]`, 'dry_run sandbox'],
    [`${rule}obligations:\n      - ‸`, 'sandbox rate_limit dry_run'],
    [`${rule}obligations:\n      - sandbox: { ‸ }`, 'network write limits -hide_all'],
    [`${rule}obligations: [{ sandbox: { network: ‸ } }]`, 'none all'],
    [`${rule}obligations: [{ log: { level: ‸ } }]`, 'info warning'],
    [`${rule}overrides: [‸]`, 'guard-change a'],
    [`${rule}match: { when: '‸' }`, 'session resource agent'],
    [`${rule}match: { when: 'session.‸' }`, 'denials tool_calls -path'],
    [`${rule}match:\n      when: >-\n        agent == "x" && resource.‸`, 'path act -denials'],
    [`${rule}match: { when: 'x.‸' }`, ''],
    ['tests:\n  - { name: a, ‸ }', 'tool args expect rule -name'],
    ['tests:\n  - { name: a, tool: ‸ }', 'bash fetch'],
    ['tests:\n  - { name: a, tool: bash, args: { ‸ } }', 'command -path'],
    ['tests:\n  - name: a\n    tool: write\n    args:\n      ‸', 'path content -command'],
    ['tests:\n  - { name: a, tool: bash, session: { ‸ } }', 'denials writes'],
    ['tests:\n  - { name: a, expect: ‸ }', 'deny'],
    [`${rule}match: x\ntests:\n  - { name: b, rule: ‸ }`, 'a guard-change'],
    ['workflow:\n  initial: ‸\n  states:\n    one: {}\n    two: {}\n', 'one two'],
    ['workflow:\n  states:\n    one:\n      to:\n        - { ‸', 'state after match'],
    [`${rule}reason: ‸`, ''],
    ['# ‸', ''],
  ];
  for (const [marked, wanted] of rows) it(JSON.stringify(marked), () => check(marked, wanted));

  it('writes what fits the place', () => {
    const made: readonly (readonly [string, string, string])[] = [
      ['‸', 'extends', 'extends: '],
      ['‸', 'policies', 'policies:\n  - '],
      ['‸', 'paths', 'paths:\n  '],
      ['‸', 'tools', 'tools:\n  '],
      ['po‸licies: []', 'policies', 'policies: []'],
      ['mode: en‸', 'enforce', 'mode: enforce'],
      [`${rule}ma‸`, 'match', `${rule}match:\n      `],
      [`${rule}match: { com‸ }`, 'command', `${rule}match: { command:  }`],
      [`${rule}match: { risk: ‸ }`, '>=high', `${rule}match: { risk: ">=high" }`],
      [`${rule}match: { risk: "‸" }`, '>=high', `${rule}match: { risk: ">=high" }`],
      [`${rule}match: { when: 'session.den‸' }`, 'denials', `${rule}match: { when: 'session.denials' }`],
      [`${rule}match: { acts: [git.‸, git.push] }`, 'git.clean', `${rule}match: { acts: [git.clean, git.push] }`],
      [
        'policies:\n  ‸',
        '- name: …',
        'policies:\n  - name: what-it-is-about\n    match:\n      acts: []\n    action: escalate\n    reason: What is wrong with it',
      ],
      [
        'policies:\n- ‸',
        'name: …',
        'policies:\n- name: what-it-is-about\n  match:\n    acts: []\n  action: escalate\n  reason: What is wrong with it',
      ],
    ];
    for (const [marked, label, text] of made) assert.equal(taken(marked, label), text);
  });

  it('suggests no key and no word that the file may not have', () => {
    const places = rows.map(([marked]) => marked).filter((marked) => /[{[\n ]‸|: ‸/.test(marked) && !/when: '?x/.test(marked));
    let tried = 0;
    for (const marked of places) {
      for (const { label, kind } of at(marked).items) {
        if (kind === 'name') continue;
        // What is still open is closed, so that the file can be read.
        const text = taken(marked, label);
        const open = [...text.replace(/'[^'\n]*'|"[^"\n]*"/g, '').matchAll(/[[{}\]]/g)].reduce<string>(
          (left, [bracket]) => (bracket === '[' ? `]${left}` : bracket === '{' ? `}${left}` : left.slice(1)),
          '',
        );
        const { diagnostics } = loadPolicy([{ layer: 'user', name: 'x.yaml', text: text + open }]);
        const refused = diagnostics.filter(
          ({ code, message }) => (code.startsWith('unknown-') || message.includes('has no parameter')) && message.includes(`“${label}”`),
        );
        assert.deepEqual(refused, [], text + open);
        tried++;
      }
    }
    assert.ok(tried > 200, `${tried}`);
  });

  it('names every act and zone with what it means', () => {
    const of = (key: string) => new Map(at(`${rule}match: { ${key}: ‸ }`).items.map(({ label, documentation }) => [label, documentation]));
    for (const [act, meaning] of Object.entries(acts)) assert.equal(of('acts').get(act), meaning);
    for (const [zone, meaning] of Object.entries(zones)) assert.equal(of('zones').get(zone), meaning);
  });

  it('knows the fields that conditions have', () => {
    const scope = conditionScope({ ...request({}), session: newSession }, undefined);
    assert.deepEqual(Object.keys(scope).sort(), Object.keys(conditionNames).sort());
    for (const [name, fields] of Object.entries(conditionFields))
      assert.deepEqual(Object.keys(scope[name] as object).sort(), [...fields].sort(), name);
  });

  it('answers quickly on the largest file', () => {
    const text = `policies:\n${'  - { name: a, match: { tool: bash }, reason: it is so }\n'.repeat(17_000)}  - `;
    assert.ok(complete(text, text.length, root, known)?.items.some(({ label }) => label === 'match'));
  });
});

describe('policy: hover', () => {
  const rows: readonly (readonly [string, RegExp | undefined])[] = [
    ['pol‸icies: []', /^The rules\.$/],
    ['mode: enf‸orce', /^What the policy says\.$/],
    ['mo‸de: enforce', /^What is done with decisions\. shadow:Everything runs/],
    [`${rule}match: { acts: [git.pu‸sh.force] }`, /^overwrites remote history$/],
    [`${rule}match: { acts: [git.push‸.*] }`, /git\.push\.delete:/],
    [`${rule}match: { zo‸nes: secret }`, /Where the path of an effect lies.*secret:/],
    [`${rule}match: { tool: ba‸sh }`, /^The tool: /],
    [`${rule}match: { ag‸ent: codex }`, /^The agent/],
    [`${rule}act‸ion: deny`, /What is done with a call/],
    [`${rule}overrides: [guard‸-change]`, /^deny, built-in policy \(It <b>governs<\/b>\.\)$/],
    [`${rule}obligations: [{ sand‸box: {} }]`, /runs in a sandbox/],
    [`${rule}wrong‸: 1`, undefined],
    ['# com‸ment', undefined],
  ];
  for (const [marked, wanted] of rows) {
    it(JSON.stringify(marked), () => {
      const found = explainWord(marked.replace('‸', ''), marked.indexOf('‸'), root, known);
      const text =
        found &&
        [found.about, ...found.words.map((each) => each.join(':')), ...(found.foreign === undefined ? [] : [`(${found.foreign})`])]
          .filter((part) => part !== '')
          .join(' ');
      if (wanted === undefined) assert.equal(found, undefined, text);
      else assert.match(text ?? '', wanted);
    });
  }
});
