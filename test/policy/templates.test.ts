import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { policyJsonSchema } from '../../src/policy/document.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { readDocument } from '../../src/policy/read-document.ts';
import { templates } from '../../src/policy/templates.generated.ts';
import { templateNames, templateText } from '../../src/policy/templates.ts';
import { effect, type Made, policy, request, run } from './request.ts';

const folder = new URL('../../policies/', import.meta.url);
const names = [...templateNames, 'self_protection'];

const act = (of: NonNullable<Parameters<typeof effect>[0]['act']>, more: Parameters<typeof effect>[0] = {}): Made => ({
  effects: [effect({ act: of, ...more })],
});
const deleting = (...zones: NonNullable<Parameters<typeof effect>[0]['zones']>): Made =>
  act('files.delete.recursive', { kind: 'delete', path: '/p', zones });
const touching = (kind: 'read' | 'write' | 'delete', ...zones: NonNullable<Parameters<typeof effect>[0]['zones']>): Made => ({
  effects: [effect({ kind, path: '/p', zones })],
});
const fetching = (of: 'net.internal' | 'net.metadata' | 'net.file-url', tool: string): Made => ({ ...act(of, { kind: 'network' }), tool });
const sql = (statement: string): Made => ({ effects: [effect({ kind: 'unknown', statement })] });

/** For each rule of a template the calls it decides; and under `-` the ones that no rule stops. */
const rows: Readonly<Record<string, Readonly<Record<string, readonly Made[]>>>> = {
  self_protection: {
    'guard-change': [act('guard.change'), act('guard.change', { kind: 'write', certainty: 'opaque' })],
    'guard-files': [touching('write', 'workspace', 'guard'), touching('delete', 'guard')],
    'guard-bypass': [act('guard.bypass')],
    '-': [touching('read', 'guard'), touching('write', 'workspace')],
  },
  safe_coding: {
    'no-force-push': [act('git.push.force')],
    'force-push-with-lease': [act('git.push.lease')],
    'no-remote-delete': [act('git.push.delete')],
    'no-discarding-work': [act('git.discard')],
    'no-forced-clean': [act('git.clean')],
    'no-forced-branch-delete': [act('git.branch.delete')],
    'no-forced-worktree-remove': [act('git.worktree.remove')],
    'no-stash-drop': [act('git.stash.drop')],
    'no-history-rewrite': [act('git.history.rewrite')],
    'no-ref-delete': [act('git.ref.delete')],
    'no-skipping-checks': [act('checks.skip')],
    'git-runs-a-program': [act('git.config.inject')],
    'no-deleting-roots': [
      deleting('root'),
      deleting('home', 'outside'),
      deleting('workspace-root', 'workspace'),
      deleting('system', 'outside'),
      deleting('other-home'),
      deleting('workspace', 'git-dir'),
    ],
    'no-deleting-outside': [deleting('outside')],
    'deleting-source': [deleting('workspace', 'source')],
    'deleting-unknown': [act('files.delete.recursive', { kind: 'delete', certainty: 'opaque' })],
    'deleting-a-file-outside': [touching('delete', 'outside')],
    'no-system-writes': [
      touching('write', 'system', 'outside'),
      touching('delete', 'system'),
      touching('write', 'other-home'),
      touching('write', 'startup', 'outside'),
    ],
    'no-system-permissions': [act('files.permissions', { kind: 'execute', path: '/etc/x', zones: ['system'] })],
    'no-recursive-permissions': [
      act('files.permissions.recursive', { path: '/', zones: ['root'] }),
      act('files.permissions.recursive', { path: '/ws', zones: ['workspace-root'] }),
    ],
    'no-sending-secrets': [act('secret.send', { kind: 'network' })],
    'reading-secrets': [act('secret.read', { kind: 'read' }), act('secret.copy'), act('secret.print')],
    'reading-secret-files': [touching('read', 'secret')],
    'changing-secret-files': [touching('write', 'secret', 'workspace'), touching('write', 'secret-dir')],
    'cloud-metadata': [fetching('net.metadata', 'bash')],
    'no-remote-code': [act('code.remote')],
    'no-decoded-code': [act('code.decoded')],
    'unknown-code': [act('code.unknown', { certainty: 'opaque' })],
    'acting-inline-code': [act('code.inline.acts')],
    'unknown-execution': [act('code.inline', { certainty: 'opaque' }), { effects: [effect({ certainty: 'opaque' })] }],
    'no-disk-writes': [act('disk.write')],
    'no-device-writes': [touching('write', 'device')],
    'no-power': [act('machine.power')],
    'no-exhaustion': [act('machine.exhaust')],
    'no-killing-others': [act('process.kill-all')],
    'no-service-changes': [act('service.change')],
    'no-destroying-resources': [act('cloud.destroy')],
    'deleting-resources': [act('cloud.delete')],
    publishing: [act('package.publish')],
    merging: [act('forge.merge')],
    'no-dropping-data': [act('db.drop'), act('db.truncate'), act('db.flush')],
    'no-unbounded-changes': [act('db.delete-all'), act('db.update-all')],
    'no-internal-fetches': [
      fetching('net.internal', 'fetch'),
      fetching('net.metadata', 'fetch'),
      fetching('net.file-url', 'fetch'),
      fetching('net.internal', 'mcp:web/get'),
    ],
    '-': [
      {},
      act('git.push'),
      deleting('workspace', 'build-output'),
      deleting('workspace', 'source', 'session'),
      deleting('temp'),
      deleting('outside', 'session'),
      touching('delete', 'workspace', 'source'),
      touching('delete', 'temp', 'outside'),
      touching('write', 'workspace'),
      touching('write', 'safe-device', 'device', 'system'),
      touching('read', 'system'),
      touching('read', 'secret-dir'),
      act('files.permissions', { kind: 'write', path: '/ws/x', zones: ['workspace'] }),
      fetching('net.internal', 'bash'),
      act('net.upload', { kind: 'network' }),
      act('code.inline'),
      act('db.write'),
      act('cloud.change'),
      act('system.install'),
      { effects: [run('ls', '-l')] },
    ],
  },
  safe_browsing: {
    'no-internal-addresses': [fetching('net.internal', 'fetch'), fetching('net.internal', 'bash')],
    'no-metadata-service': [fetching('net.metadata', 'fetch')],
    'no-file-urls': [fetching('net.file-url', 'fetch')],
    'no-secrets-outside': [act('secret.send')],
    'download-tools': [{ tool: 'browser_Download' }],
    downloads: [
      { effects: [run('wget', 'https://x')] },
      { effects: [run('curl', '-sSLo', 'a', 'https://x')] },
      { effects: [run('curl', '--output=a', 'https://x')] },
    ],
    uploads: [act('net.upload')],
    '-': [
      { effects: [run('curl', '-s', 'https://x')] },
      { tool: 'fetch', effects: [effect({ kind: 'network', url: 'https://example.com' })] },
    ],
  },
  safe_database: {
    'no-drop': [act('db.drop')],
    'no-truncate': [act('db.truncate'), act('db.flush')],
    'unbounded-delete': [act('db.delete-all')],
    'unbounded-update': [act('db.update-all')],
    'schema-and-rights': [sql('GRANT ALL ON x TO y'), sql('/* x */ alter table x add y int')],
    '-': [sql("select 'grant'"), act('db.write')],
  },
  strict: {
    secrets: [{ tool: 'read', ...act('secret.read', { kind: 'read' }) }],
    'secret-files': [{ ...touching('read', 'secret'), tool: 'read' }],
    reading: [{ ...touching('read', 'workspace'), tool: 'read' }, { tool: 'Grep' }],
    default: [{ tool: 'bash' }, { tool: 'notification_send' }, { ...touching('write', 'workspace'), tool: 'read' }, { tool: 'write' }],
  },
};

describe('policy: templates', () => {
  it('what is generated from them is up to date', async () => {
    const generator = (await import(new URL('../../scripts/generate-policy.mjs', import.meta.url).href)) as { templates(): unknown };
    assert.deepEqual(templates, generator.templates(), 'run scripts/generate-policy.mjs');
    assert.deepEqual(Object.keys(templates).sort(), [...names].sort());
    assert.deepEqual(JSON.parse(readFileSync(new URL('schema.json', folder), 'utf8')), JSON.parse(JSON.stringify(policyJsonSchema())));
  });

  for (const name of names) {
    const text = templateText(name) ?? '';
    const { document } = readDocument(name, text);

    it(`${name}: each rule decides what it is there for`, () => {
      const compiled = policy({ layer: 'user', name, text });
      for (const [rule, calls] of Object.entries(rows[name] ?? {})) {
        for (const made of calls) assert.equal(evaluate(compiled, request(made)).rule || '-', rule, JSON.stringify(made));
      }
      const known = Object.keys(rows[name] ?? {});
      for (const rule of document?.policies ?? []) assert.ok(known.includes(rule.value.name.value), `no row for ${rule.value.name.value}`);
    });

    it(`${name}: each rule says why, what to do instead, and where it comes from; each has a scenario`, () => {
      assert.match(text, /Sources?:/);
      for (const { value: rule } of document?.policies ?? []) {
        assert.ok((rule.reason ?? '').length > 20, rule.name.value);
        if (rule.action !== 'approve') assert.ok((rule.advice ?? '').length > 10, rule.name.value);
      }
      assert.ok((document?.tests ?? []).length > (document?.policies ?? []).length / 2);
    });

    it(`${name}: can be extended`, () => {
      const { policy: extended, diagnostics } = loadPolicy([{ layer: 'user', name, text: `extends: ${name}` }]);
      assert.deepEqual(diagnostics, []);
      assert.equal(extended?.layers[0]?.rules.length, document?.policies?.length);
      assert.equal(extended?.layers[0]?.defaultAction, name === 'strict' ? 'deny' : 'approve');
    });
  }
});
