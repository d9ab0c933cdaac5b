import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explain } from '../../src/policy/explain.ts';
import { lintPolicy, toSarif } from '../../src/policy/lint.ts';
import { type LayerSource, loadPolicy } from '../../src/policy/load.ts';
import { templateNames, templateText } from '../../src/policy/templates.ts';
import { effect, policy, request } from './request.ts';

/** What lint finds in a file, as `code rule`. */
function check(source: string | readonly LayerSource[], expected: readonly string[]): void {
  const compiled = typeof source === 'string' ? policy(source) : policy(...source);
  assert.deepEqual(
    lintPolicy(compiled, 0).map(({ code, message }) => `${code} ${/“([^”]*)”/.exec(message)?.[1]}`),
    expected,
  );
}

describe('policy: lint', () => {
  it('finds rules that never decide', () => {
    check('policies: [{name: a, match: {tool: [x, y]}, reason: r}, {name: b, match: {tool: x}, reason: r}]', ['shadowed b']);
    check('policies: [{name: a, reason: r}, {name: b, match: {tool: x}, action: escalate, reason: r}]', ['shadowed b']);
    check('policies: [{name: a, match: {tool: x}, reason: r}, {name: b, match: {tool: x}, action: escalate, reason: r}]', [
      'contradicts b',
    ]);
    check('policies: [{name: a, match: {tool: x, effects: read}, reason: r}, {name: b, match: {tool: x}, reason: r}]', []);
    check('policies: [{name: a, match: {tool: x}, shadow: true, reason: r}, {name: b, match: {tool: x}, reason: r}]', []);
    check('policies: [{name: a, match: {tool: []}, reason: r}]', ['never-matches a']);
  });

  it('finds rules that are too broad or say nothing', () => {
    check('policies: [{name: a, action: approve}]', ['too-broad a']);
    check('policies: [{name: a, action: approve, match: {tool: "~read"}}]', ['too-broad a']);
    check('policies: [{name: a, match: {tool: x}}]', ['no-reason a']);
  });

  it('finds rules that relax nothing', () => {
    const user: LayerSource = { layer: 'user', name: 'user', text: 'policies: [{name: u, match: {tool: x}, reason: r}]' };
    const workspace = (text: string, trusted: boolean): LayerSource => ({
      layer: 'workspace',
      name: 'own',
      text: `policies: [${text}]`,
      trusted,
    });
    check([user, workspace('{name: w, match: {tool: x}, action: approve, overrides: [u]}', true)], []);
    check(
      [user, workspace('{name: w, match: {tool: x}, action: approve, overrides: [v, default]}', true)],
      ['overrides-nothing w', 'overrides-nothing w'],
    );
    check([user, workspace('{name: w, match: {tool: x}, action: approve, overrides: [u]}', false)], ['not-approved w']);
  });

  it('says where a rule takes the place of a template’s', () => {
    const said = (text: string, files: Readonly<Record<string, string>> = {}) =>
      loadPolicy([{ layer: 'user', name: 'own.yaml', text }], (name) => ({ name, text: files[name] ?? '' })).diagnostics.map(
        ({ code, severity, source, position, message }) =>
          [severity, code, `${source}:${position?.line}`, /in the (template \w+), which says (\w+)/.exec(message)?.slice(1).join(' ')].join(
            ' ',
          ),
      );
    const force = 'policies:\n  - { name: no-force-push, match: { tool: x }, reason: r }\n';
    const told = 'warning replaces-rule own.yaml:3 template safe_coding deny';
    assert.deepEqual(said(`extends: [safe_coding]\n${force}`), [told]);
    assert.deepEqual(said(`extends: [safe_browsing]\n${force}`), []);
    assert.deepEqual(said('extends: [safe_coding]\npolicies: [{ name: mine, match: { tool: x }, reason: r }]\n'), []);
    // A file may take the place of a team's rules: whoever extends it can read it.
    assert.deepEqual(said(`extends: [./team.yaml]\n${force}`, { './team.yaml': force }), []);
    assert.deepEqual(said('extends: [./team.yaml]\n', { './team.yaml': `extends: [safe_coding]\n${force}` }), [
      told.replace('own', './team'),
    ]);
  });

  it('finds nothing in the templates', () => {
    for (const name of [...templateNames, 'self_protection']) check([{ layer: 'user', name, text: templateText(name) ?? '' }], []);
  });

  it('is written as SARIF', () => {
    const sarif = toSarif(lintPolicy(policy('policies:\n  - name: a\n'), 0), '1.0.0');
    assert.match(JSON.stringify(sarif), /"ruleId":"no-reason","level":"warning".*"uri":"test.yaml".*"startLine":2/);
  });
});

describe('policy: explain', () => {
  it('says of every rule why it matched or did not', () => {
    const text = `policies:
  - { name: a, match: { tool: bash, acts: git.push.force } }
  - { name: b, match: { tool: fetch, zones: system } }
  - { name: c, match: { command: { program: git, flags: -f } } }
  - { name: d, match: { effects: execute }, action: approve }`;
    const made = request({ effects: [effect({ act: 'git.push.force', program: 'git', argv: ['push', null], certainty: 'opaque' })] });
    const [first, ...rest] = explain(policy(text), made);
    assert.equal(rest.length, 0);
    assert.deepEqual(
      first?.rules.map(({ rule, matches, because, line }) => [rule, matches, because, line]),
      [
        ['a', 'yes', 'Everything in its match holds.', 2],
        ['b', 'no', '“zones” and “tool” do not hold.', 3],
        ['c', 'possibly', 'Whether “command” holds cannot be known.', 4],
        ['d', 'no', 'The effect cannot be known, and a rule that looks at texts or kinds cannot approve it.', 5],
      ],
    );
    assert.deepEqual(
      explain(policy('policies: [{ name: all }]'), request({})).map(({ rules }) => rules[0]?.because),
      ['The rule matches every call.'],
    );
  });
});
