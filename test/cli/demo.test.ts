import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'mocha';
import { runCli } from './run-cli.ts';

const stages = () => readdirSync(tmpdir()).filter((name) => name.startsWith('agent-policy-demo-'));

describe('demo', () => {
  it('stops what is dangerous, runs what is not, and leaves nothing behind', () => {
    const before = stages();
    const { code, out, err } = runCli(['demo', '--json']);
    assert.equal(err, '');
    assert.equal(code, 0);
    const rows = out
      .trim()
      .split('\n')
      .map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
    assert.deepEqual(
      rows.map(({ verdict, outcome }) => `${verdict} ${outcome}`),
      [
        'approve approve',
        'approve approve',
        'deny deny',
        'deny deny',
        'deny deny',
        'deny deny',
        'escalate deny',
        'deny deny',
        'approve approve',
        'approve approve',
      ],
    );
    for (const { outcome, rule, reason } of rows) {
      if (outcome === 'deny') assert.ok(rule !== '' && reason !== '', 'whoever is stopped is told why');
    }
    assert.deepEqual(stages(), before);
  });

  it('fits a hundred columns and has no colours where nobody sees them', () => {
    const { code, out } = runCli(['demo']);
    assert.equal(code, 0);
    assert.ok(!out.includes('\u001b'));
    const long = out.split('\n').filter((line) => line.length > 100);
    assert.deepEqual(long, []);
    assert.match(out, /10 actions: 4 approved and done, 6 stopped\. Audit log: 10 records, hash chain whole\./);
  });
});
