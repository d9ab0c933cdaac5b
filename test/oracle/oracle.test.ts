import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { fromSeeds, runCases, type Tally } from './hunt.ts';
import { matchWords } from './law.ts';
import { nasty } from './nasty.ts';
import { Room } from './room.ts';
import { arrays } from './rows/arrays.ts';
import { copies } from './rows/copies.ts';
import { descriptors } from './rows/descriptors.ts';
import { links } from './rows/links.ts';
import { loops } from './rows/loops.ts';
import { makefiles } from './rows/makefiles.ts';
import { meanwhile } from './rows/meanwhile.ts';
import { missed } from './rows/misses.ts';
import { overlaps } from './rows/overlap.ts';
import { patterns } from './rows/patterns.ts';
import { tools } from './rows/tools.ts';

describe('oracle: whatever really happens is in the analysis', () => {
  let room: Room;
  before(() => {
    room = new Room();
  });
  after(() => room.close());

  const said = (misses: readonly { readonly name: string; readonly script: string; readonly missing: readonly string[] }[]): string =>
    misses.map((miss) => `${miss.name}:\n${miss.script}${miss.missing.map((line) => `  ${line}\n`).join('')}`).join('\n');

  it('for scripts that were missed before', async () => {
    assert.equal(
      said(
        await runCases(
          room,
          [
            ...missed,
            ...arrays,
            ...copies,
            ...descriptors,
            ...links,
            ...loops,
            ...makefiles,
            ...meanwhile,
            ...overlaps,
            ...patterns,
            ...tools,
          ].map((item) => ({
            ...item,
            name: item.script,
          })),
        ),
      ),
      '',
    );
  }).timeout(240_000);

  it('for nasty scripts written by hand', async () => {
    assert.ok(nasty.length >= 150);
    assert.equal(said(await runCases(room, nasty)), '');
  }).timeout(240_000);

  it('for 2,000 random scripts, and few of them are called unknowable', async () => {
    const tally: Tally = { scripts: 0, opaque: 0, knowable: 0, knowableOpaque: 0, strays: [] };
    const second = new Room();
    try {
      const halves = await Promise.all([runCases(room, fromSeeds(1, 1000), tally), runCases(second, fromSeeds(1001, 1000), tally)]);
      assert.equal(said(halves.flat()), '');
    } finally {
      second.close();
    }
    assert.ok(tally.knowableOpaque <= 0.25 * tally.knowable, `${tally.knowableOpaque} of ${tally.knowable} are opaque`);
  }).timeout(900_000);

  it('sees what really started, and a null stands for any number of words', async () => {
    const [placed] = room.place([{ shell: 'bash', script: 'alpha "x y" "" > new; rm a.txt\n' }]);
    assert.ok(placed);
    const [seen] = await room.run([placed]);
    assert.deepEqual(seen?.started, [
      { program: 'alpha', argv: ['x y', ''] },
      { program: 'rm', argv: ['a.txt'] },
    ]);
    assert.deepEqual(seen?.changed, [`${placed.cwd}/new`]);
    assert.deepEqual(seen?.deleted, [`${placed.cwd}/a.txt`]);
    for (const [pattern, words, fits] of [
      [[null], [], true],
      [['a', null, 'b'], ['a', 'b'], true],
      [['a', null, 'b'], ['a', 'x', 'y', 'b'], true],
      [['a', null], ['b'], false],
      [['a'], ['a', 'b'], false],
    ] as const)
      assert.equal(matchWords(pattern, words), fits);
  });
});
