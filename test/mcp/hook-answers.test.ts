// What a person let an agent's hook pass is not asked again by the gateway, once.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { auditLog } from '../../src/audit/place.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import { directories } from '../../src/platform/directories.ts';
import { Place, servers, textOf } from './gateway.ts';

describe('mcp: a person has answered at the hook', function () {
  this.timeout(60_000);
  let place: Place;
  let count = 0;
  beforeEach(() => {
    place = new Place();
    place.write(
      '.agent-policy.yaml',
      'version: 1\nid: asks\npolicies:\n  - { name: ask-echo, match: { mcp: { tool: echo } }, action: escalate, reason: Ask first. }\n',
    );
  });
  afterEach(() => place.close());

  /** What the gateway recorded of the last call. */
  const last = (): DecisionRecord => place.records().findLast(({ type }) => type === 'decision') as unknown as DecisionRecord;

  /** Writes what the agent's hook would record of the same call that a person lets pass. */
  function atHook(of: DecisionRecord, change: Partial<DecisionRecord> = {}): void {
    count += 1;
    const approval = { by: 'window', answer: 'allow once', waited_ms: 1 };
    const own = { decision_id: `hook-${count}`, session: 'hook', native_tool: 'mcp__x__echo', timestamp: new Date().toISOString() };
    appendRecord(auditLog(directories(place.env, 'linux', place.home)), { ...of, ...own, outcome: 'approve', approval, ...change });
  }

  it('the same call passes once, and nothing else does', async () => {
    const client = await place.connect(place.through(['--name', 'x', '--agent', 'codex'], [process.execPath, servers.everything]));
    const echo = async (message: string): Promise<boolean> => {
      const result = await client.callTool({ name: 'echo', arguments: { message } });
      assert.match(textOf(result), result.isError === true ? /Ask first|nobody|window/i : /Echo/);
      return result.isError !== true;
    };
    assert.equal(await echo('a'), false, 'nobody can be asked');
    const asked = last();
    assert.deepEqual([asked.verdict, asked.outcome, asked.rule], ['escalate', 'deny', 'ask-echo']);

    atHook(asked);
    assert.equal(await echo('b'), false, 'other arguments');
    assert.equal(await echo('a'), true);
    assert.deepEqual([last().approval?.by, last().approval?.message], ['grant', 'decision hook-1']);
    assert.equal(await echo('a'), false, 'once');

    const changes: readonly (readonly [why: string, change: Partial<DecisionRecord>])[] = [
      ['denied', { outcome: 'deny' }],
      ['nobody was asked', { verdict: 'approve' }],
      ['answered by a standing rule', { approval: { by: 'grant', answer: 'allow', waited_ms: 0 } }],
      ['left to the agent', { approval: { by: 'agent', answer: 'left to its own prompt', waited_ms: 0 } }],
      ['a person said no', { approval: { by: 'window', answer: 'deny', waited_ms: 0 } }],
      ['another agent', { agent: 'gemini' }],
      ['another folder', { workspace: '/elsewhere' }],
      ['another tool', { tool: 'mcp:x/add' }],
      ['another rule', { rule: 'another' }],
      ['another policy', { policy: { ...asked.policy, hash: 'sha256:0' } }],
      ['long ago', { timestamp: new Date(Date.now() - 61_000).toISOString() }],
      ['no time', { timestamp: 'soon' }],
      ['a gateway', { native_tool: 'echo' }],
    ];
    for (const [why, change] of changes) {
      atHook(asked, change);
      assert.equal(await echo('a'), false, why);
    }
    // Two gateways, one answer.
    atHook(asked);
    const other = await place.connect(place.through(['--name', 'x', '--agent', 'codex'], [process.execPath, servers.everything]));
    const both = await Promise.all([client, other].map((each) => each.callTool({ name: 'echo', arguments: { message: 'a' } })));
    assert.equal(both.filter(({ isError }) => isError !== true).length, 1);
  });
});
