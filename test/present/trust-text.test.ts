import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TrustReview } from '../../src/gateway/trust-review.ts';
import { reviewTrust } from '../../src/gateway/trust-review.ts';
import { english } from '../../src/present/translate.ts';
import { afterText, beforeText, ruleLines } from '../../src/vscode/trust-text.ts';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPolicy } from '../../src/policy/load.ts';
import { scratchFolder } from '../support/scratch.ts';

/** The review of a workspace policy on a machine that has no other. */
function reviewed(text: string): TrustReview {
  const folder = scratchFolder('trust-text');
  try {
    writeFileSync(join(folder, '.agent-policy.yaml'), text);
    const places = { config: join(folder, 'c'), state: join(folder, 's'), cache: join(folder, 'x'), runtime: join(folder, 'r') };
    const review = reviewTrust({
      directories: places,
      platform: 'linux',
      workspace: folder,
      compiler: () => ({ loadPolicy }),
      managedFile: join(folder, 'none'),
    });
    assert.ok(review);
    return review;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('what an approval changes, as two texts', () => {
  it('says what holds and what would, with the rule as it is written', () => {
    const review = reviewed(
      'policies:\n  - reason: mine\n    name: mine\n    match: { tool: x }\n\n    action: approve\n    overrides: [no-force-push, guard-change]\n  - name: other\n',
    );
    assert.equal(
      beforeText(review, english),
      '# no-force-push (user policy)\nverdict: deny  # it does not run\n\n# guard-change (built-in policy)\nverdict: deny  # it does not run\n',
    );
    const rule =
      'rule:\n  - reason: mine\n    name: mine\n    match: { tool: x }\n\n    action: approve\n    overrides: [no-force-push, guard-change]\n';
    assert.equal(
      afterText(review, english),
      `# no-force-push (user policy)\nverdict: approve  # it runs\n# by the rule mine, .agent-policy.yaml:3\n${rule}\n` +
        `# guard-change (built-in policy)\n# Caution: this rule protects what governs agents.\nverdict: approve  # it runs\n# by the rule mine, .agent-policy.yaml:3\n${rule}`,
    );
  });

  it('shows a rule from its first line to its last, and no more than can be read', () => {
    const text = 'policies:\n- { name: a, action: deny }\n- name: b\n  reason: r\n# end\ntests: []\n';
    assert.deepEqual(ruleLines(text, 2), ['- { name: a, action: deny }']);
    assert.deepEqual(ruleLines(text, 3), ['- name: b', '  reason: r']);
    const long = ruleLines(`policies:\n  - name: a\n${'    # more\n'.repeat(500)}`, 2);
    assert.equal(long.length, 401);
    assert.equal(long.at(-1), '…');
    assert.deepEqual(ruleLines('', 7), ['']);
  });
});
