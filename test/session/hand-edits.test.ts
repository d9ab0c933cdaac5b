import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { HandEdits } from '../../src/session/hand-edits.ts';
import type { KnownFile } from '../../src/session/tripwire.ts';

const doc = 'file:///p/.agent-policy.yaml';
const path = '/p/.agent-policy.yaml';
const file = (text: string | undefined, mode = 0o644): KnownFile => ({ content: text === undefined ? undefined : Buffer.from(text), mode });

describe('what a person did in the editor', () => {
  let hand: HandEdits;
  let now: number;
  beforeEach(() => {
    hand = new HandEdits();
    now = 1_000_000;
  });

  /** Something that happens, a tenth of a second after what was before. */
  type Act =
    | readonly ['touch']
    | readonly ['change' | 'reload' | 'will save', string]
    | readonly ['save', string]
    | readonly ['wait', number];

  /** Plays the acts; the texts that the last save may have written as the person's. */
  function play(acts: readonly Act[]): readonly string[] {
    let texts: readonly string[] = [];
    for (const act of acts) {
      now += act[0] === 'wait' ? act[1] : 100;
      switch (act[0]) {
        case 'touch':
          hand.touch(doc, now);
          break;
        case 'change':
          hand.change(doc, act[1], now);
          break;
        case 'reload':
          hand.change(doc, act[1], now);
          hand.reloaded(doc);
          break;
        case 'will save':
          hand.willSave(doc, act[1]);
          break;
        case 'save':
          texts = hand.saved(doc, act[1], now);
          break;
        case 'wait':
          break;
      }
    }
    return texts;
  }

  const rows: readonly (readonly [name: string, acts: readonly Act[], texts: readonly string[]])[] = [
    ['typed and saved', [['touch'], ['change', 'a'], ['will save', 'a'], ['save', 'a']], ['a']],
    ['typed before it is known where the cursor went', [['change', 'a'], ['touch'], ['will save', 'a'], ['save', 'a']], ['a']],
    ['formatted while saved', [['touch'], ['change', 'a'], ['will save', 'a'], ['change', 'A'], ['save', 'A']], ['a', 'A']],
    ['typed on while saved', [['touch'], ['change', 'a'], ['will save', 'a'], ['change', 'ab'], ['save', 'ab']], ['a', 'ab']],
    [
      'saved again by itself after that, with nothing new',
      [
        ['touch'],
        ['change', 'a'],
        ['will save', 'a'],
        ['change', 'ab'],
        ['save', 'ab'],
        ['wait', 1000],
        ['will save', 'ab'],
        ['save', 'ab'],
      ],
      ['ab'],
    ],
    ['saved without formatting', [['touch'], ['change', 'a'], ['save', 'a']], ['a']],
    ['a quick fix soon after a click', [['touch'], ['wait', 9000], ['change', 'a'], ['will save', 'a'], ['save', 'a']], ['a']],
    [
      'edited by something else',
      [
        ['change', 'a'],
        ['will save', 'a'],
        ['save', 'a'],
      ],
      [],
    ],
    ['edited by something else, long after a click', [['touch'], ['wait', 11_000], ['change', 'a'], ['will save', 'a'], ['save', 'a']], []],
    ['saved with nothing changed', [['touch'], ['will save', 'a'], ['save', 'a']], []],
    ['changed on disk, shown, and saved', [['touch'], ['reload', 'evil'], ['will save', 'evil'], ['save', 'evil']], []],
    ['changed on disk in the middle of a save', [['touch'], ['change', 'a'], ['will save', 'a'], ['reload', 'evil'], ['save', 'evil']], []],
  ];
  for (const [name, acts, texts] of rows) it(name, () => assert.deepEqual(play(acts), texts));

  it('a save accounts for exactly what it wrote, once, and not for long', () => {
    const before = file('before');
    const cases: readonly (readonly [written: string, found: KnownFile, ms: number, expected: boolean, from?: KnownFile])[] = [
      ['mine', file('mine'), 0, true],
      ['mine', file('mine'), 59_000, true],
      ['mine', file('mine'), 61_000, false],
      ['mine', file('mine and theirs'), 0, false],
      ['mine', file(undefined), 0, false],
      ['mine', file('mine', 0o755), 0, false],
      ['mine', file('mine', 0o755), 0, true, file(undefined, 0o600)],
    ];
    for (const [written, after, ms, expected, from = before] of cases) {
      hand.wrote(path, [Buffer.from('unformatted'), Buffer.from(written)], now);
      assert.equal(hand.explains({ path, before: from, after }, now + ms), expected);
      assert.equal(hand.explains({ path: '/p/other', before: from, after }, now + ms), false);
    }
    hand.wrote(path, [Buffer.from('mine')], now);
    const change = { path, before, after: file('mine') };
    assert.equal(hand.explains(change, now), true);
    assert.equal(hand.explains(change, now), false, 'the same content, written again by something else');
    hand.wrote(path, [Buffer.from('mine')], now);
    hand.wrote(path, [Buffer.from('newer')], now);
    assert.equal(hand.explains(change, now), false, 'an older save');
  });

  it('knows a bounded number of documents and saves', () => {
    for (let index = 0; index < 1000; index += 1) {
      hand.touch(`file:///${index}`, now);
      hand.change(`file:///${index}`, 'a', now);
      hand.wrote(`/${index}`, [Buffer.from('a')], now);
    }
    const isKnown = (index: number): boolean => hand.explains({ path: `/${index}`, before: file('b'), after: file('a') }, now);
    assert.deepEqual([isKnown(999), isKnown(0)], [true, false]);
    assert.deepEqual([hand.saved('file:///999', 'a', now), hand.saved('file:///0', 'a', now)], [['a'], []]);
  });
});
