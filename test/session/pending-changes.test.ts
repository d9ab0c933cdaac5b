import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type ChangeQuestion, PendingChanges } from '../../src/session/pending-changes.ts';
import type { UnexplainedChange } from '../../src/session/tripwire.ts';

const change = (path: string, text: string): UnexplainedChange => ({
  path,
  before: { content: Buffer.from('before'), mode: 0o644 },
  after: { content: Buffer.from(text), mode: 0o644 },
});
const texts = (changes: readonly UnexplainedChange[]): readonly string[] => changes.map(({ path, after }) => `${path}=${after.content}`);

describe('changes that a person has to answer', () => {
  it('a newer state takes the place of the one before, in the same question', () => {
    const pending = new PendingChanges();
    assert.ok(pending.report(change('a', '')));
    const question = pending.ask();
    assert.ok(question);
    assert.ok(pending.report(change('a', 'real')));
    assert.ok(!pending.report(change('a', 'real')));
    assert.equal(pending.ask(), undefined, 'one question a file');
    assert.deepEqual(texts(pending.answered(question)), ['a=real']);
    assert.ok(!pending.isOpen('a'));
    assert.ok(pending.report(change('a', 'real')), 'what is answered and done again is new');
  });

  it('changes that come together are one question; those that come later another', () => {
    const pending = new PendingChanges();
    for (let index = 0; index < 50; index += 1) pending.report(change(`${index}`, 'x'));
    const first = pending.ask();
    assert.equal(first?.paths.length, 50);
    pending.report(change('late', 'x'));
    assert.deepEqual(pending.ask()?.paths, ['late']);
  });

  it('what is as it was is asked about no more', () => {
    const pending = new PendingChanges();
    pending.report(change('a', 'x'));
    pending.report(change('b', 'x'));
    const question = pending.ask();
    assert.ok(question);
    pending.drop('a');
    assert.deepEqual(texts(pending.answered(question)), ['b=x']);
  });

  it('what is put aside is asked about again only in another state', () => {
    const pending = new PendingChanges();
    pending.report(change('a', 'x'));
    const question = pending.ask();
    assert.ok(question);
    pending.putAside(question);
    assert.ok(!pending.isOpen('a'));
    assert.ok(!pending.report(change('a', 'x')));
    assert.equal(pending.ask(), undefined);
    assert.ok(pending.report(change('a', 'y')));
    assert.deepEqual(pending.ask()?.paths, ['a']);
  });

  it('whatever happens, few questions are open, and each change is in one of them or waits', () => {
    type Step = { readonly kind: 'report'; readonly path: string; readonly text: string } | { readonly kind: 'ask' | 'answer' | 'aside' };
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({
        kind: fc.constant('report' as const),
        path: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        text: fc.constantFrom('1', '2', '3'),
      }),
      fc.record({ kind: fc.constantFrom('ask' as const, 'answer' as const, 'aside' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pending = new PendingChanges();
        const open: ChangeQuestion[] = [];
        const newest = new Map<string, string>();
        for (const each of steps) {
          if (each.kind === 'report') {
            pending.report(change(each.path, each.text));
            newest.set(each.path, each.text);
          } else if (each.kind === 'ask') {
            const question = pending.ask();
            if (question !== undefined) open.push(question);
          } else {
            const question = open.shift();
            if (question === undefined) continue;
            if (each.kind === 'aside') pending.putAside(question);
            else for (const { path, after } of pending.answered(question)) assert.equal(String(after.content), newest.get(path));
          }
          assert.ok(open.length <= 3);
          const asked = open.flatMap(({ paths }) => paths);
          assert.equal(new Set(asked).size, asked.length, 'a file is in one question only');
        }
      }),
    );
  });
});
