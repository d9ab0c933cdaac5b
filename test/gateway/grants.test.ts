import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { handleLocally } from '../../src/gateway/local.ts';
import { type Grant, type GrantScope, listGrants, revokeGrant, saveGrant } from '../../src/gateway/grants.ts';
import { type Directories, directories } from '../../src/platform/directories.ts';
import { compiledFormat } from '../../src/policy/compiled.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('what was allowed until further notice', () => {
  let home: string;
  let places: Directories;

  beforeEach(() => {
    home = scratchFolder('grants');
    places = directories({}, 'linux', home);
    mkdirSync(join(home, 'project'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function grant(
    scope: GrantScope,
    change: Partial<Grant> = {},
    overrides = 'force-push-with-lease',
    match = 'acts: [git.push.lease]',
  ): Grant {
    const text = `version: 1\nid: g\npolicies:\n  - { name: g, match: { ${match} }, action: approve, overrides: [${overrides}] }\n`;
    const { policy } = loadPolicy([{ layer: 'user', name: 'g', text, trusted: true }]);
    const rule = policy?.layers.find(({ name }) => name === 'g')?.rules[0];
    assert.ok(rule);
    return { format: compiledFormat, id: 'one', created: new Date().toISOString(), by: 'me', scope, text, rule, ...change };
  }

  async function outcome(command: string, session = 's', workspace = join(home, 'project')): Promise<string> {
    const call = {
      tool: 'bash',
      nativeTool: 'Bash',
      args: { command },
      actions: [{ kind: 'bash', command } as const],
      agent: 'claude-code',
      session,
      cwd: workspace,
      workspace,
      home,
    };
    const options = { directories: places, env: {}, platform: 'linux', deadline: Date.now() + 8000, agentTitle: 'Claude Code' } as const;
    const { verdict, approval } = await handleLocally(call, options);
    return `${verdict} ${approval?.by ?? ''} ${approval?.message ?? ''}`.trim();
  }

  const lease = 'git push --force-with-lease origin main';
  const unasked = 'deny no-window';

  it('answers in its scope only', async () => {
    assert.equal(await outcome(lease), unasked);
    saveGrant(places, grant({ kind: 'session', agent: 'Claude Code', session: 's' }));
    assert.equal(await outcome(lease), 'approve grant one');
    assert.equal(await outcome(lease, 't'), unasked);
    saveGrant(places, grant({ kind: 'workspace', workspace: join(home, 'project') }));
    assert.equal(await outcome(lease, 't'), 'approve grant one');
    assert.equal(await outcome(lease, 't', home), unasked);
    saveGrant(places, grant({ kind: 'everywhere' }));
    assert.equal(await outcome(lease, 't', home), 'approve grant one');
  });

  it('ends when it expires and when it is taken back', async () => {
    saveGrant(places, grant({ kind: 'everywhere' }, { expires: new Date(Date.now() - 1).toISOString() }));
    assert.equal(await outcome(lease), unasked);
    saveGrant(places, grant({ kind: 'session', agent: 'Claude Code', session: 's' }, { created: '2020-01-01T00:00:00Z' }));
    assert.equal(await outcome(lease), unasked);
    saveGrant(places, grant({ kind: 'everywhere' }));
    assert.equal(await outcome(lease), 'approve grant one');
    assert.equal(revokeGrant(places, '../one'), false);
    assert.equal(revokeGrant(places, 'one'), true);
    assert.equal(await outcome(lease), unasked);
  });

  it('answers for nothing else that the call does, and never a denial', async () => {
    saveGrant(places, grant({ kind: 'everywhere' }));
    for (const command of [`${lease} && cat .env`, `${lease}; git push --force origin main`, 'npm publish']) {
      assert.match(await outcome(command), /^deny/, command);
    }
    saveGrant(places, grant({ kind: 'everywhere' }, {}, 'no-force-push', 'effects: [write, execute, delete, read, network]'));
    assert.match(await outcome('git push --force origin main'), /^deny/);
  });

  it('is nothing where the file is not what it should be', async () => {
    mkdirSync(join(places.state, 'grants'), { recursive: true });
    const good = grant({ kind: 'everywhere' });
    const bad: readonly unknown[] = [
      {},
      { ...good, format: 0 },
      { ...good, rule: null },
      { ...good, created: 'x' },
      { ...good, scope: 3 },
      'x',
      null,
    ];
    for (const [i, value] of bad.entries()) writeFileSync(join(places.state, 'grants', `${i}.json`), JSON.stringify(value));
    writeFileSync(join(places.state, 'grants', 'z.json'), '{');
    assert.deepEqual(listGrants(places, Date.now()), []);
    assert.equal(await outcome(lease), unasked);
  });
});
