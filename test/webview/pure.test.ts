import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { columnAt, roundUp, stackedColumns, stackedRow, ticks } from '../../src/webview/chart-geometry.ts';
import { piecesOf } from '../../src/webview/command-text.ts';
import { ageOf, indexOf, RowBook } from '../../src/webview/row-book.ts';
import { reveal, scrollHeight, scrollTopOf, sightAt, tallestElement } from '../../src/webview/scroll-map.ts';

const rowHeight = 22;
const geometries = fc.record({
  rows: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1_000_000, max: 50_000_000 })),
  viewport: fc.integer({ min: 40, max: 2000 }),
  rowHeight: fc.constant(rowHeight),
});

describe('the scroll bar of the list', () => {
  const cases = [
    { rows: 10, viewport: 220, scrollTop: 0, sight: { first: 0, offset: 0 } },
    { rows: 100, viewport: 220, scrollTop: 33, sight: { first: 1, offset: -11 } },
    { rows: 100, viewport: 220, scrollTop: 99_999, sight: { first: 90, offset: 0 } },
    { rows: 0, viewport: 220, scrollTop: 0, sight: { first: 0, offset: 0 } },
    { rows: 3, viewport: 220, scrollTop: 50, sight: { first: 0, offset: 0 } },
  ];
  for (const { rows, viewport, scrollTop, sight } of cases) {
    it(`shows of ${rows} rows at ${scrollTop} the row ${sight.first}`, () => {
      const { first, offset } = sightAt({ rows, rowHeight, viewport }, scrollTop);
      assert.deepEqual({ first, offset: offset + 0 }, sight);
    });
  }

  it('is never longer than a browser allows, and reaches both ends of every list', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        const tall = scrollHeight(geometry);
        assert.ok(tall <= tallestElement);
        assert.deepEqual({ ...sightAt(geometry, 0) }, { first: 0, offset: 0 });
        const { first, offset } = sightAt(geometry, tall);
        const below = (geometry.rows - first) * rowHeight + offset;
        if (geometry.rows * rowHeight >= geometry.viewport) assert.ok(Math.abs(below - geometry.viewport) < 0.01, String(below));
      }),
    );
  });

  it('comes back to the row that it was sent to', () => {
    fc.assert(
      fc.property(geometries, fc.double({ min: 0, max: 1, noNaN: true }), (geometry, share) => {
        const row = Math.floor(share * (geometry.rows - 1));
        const { first, offset } = sightAt(geometry, scrollTopOf(geometry, row));
        const top = (row - first) * rowHeight + offset;
        // At the end the row lies further down.
        assert.ok(top > -0.01 && top <= Math.max(0.01, geometry.viewport - rowHeight), String(top));
      }),
    );
  });

  it('reveals any row wholly, and moves no row that is in sight', () => {
    fc.assert(
      fc.property(
        geometries,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (geometry, at, to) => {
          const scrollTop = at * Math.max(0, scrollHeight(geometry) - geometry.viewport);
          const row = Math.floor(to * (geometry.rows - 1));
          const next = reveal(geometry, scrollTop, row) ?? scrollTop;
          const { first, offset } = sightAt(geometry, next);
          const top = (row - first) * rowHeight + offset;
          assert.ok(top >= -0.02 && top + rowHeight <= geometry.viewport + 0.02, String(top));
          const again = reveal(geometry, next, row);
          assert.ok(again === undefined || Math.abs(again - next) < 1);
        },
      ),
    );
  });
});

describe('rows that have come', () => {
  const book = () => new RowBook<string>(10, 3);
  const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => `row ${from + index}`);

  it('are asked for once, by pages', () => {
    const pages = book();
    assert.deepEqual(pages.ask(5, 25), [0, 10, 20]);
    assert.deepEqual(pages.ask(5, 25), []);
    pages.put(0, 0, rows(0, 10));
    assert.deepEqual(pages.ask(0, 10), []);
    assert.equal(pages.get(7), 'row 7');
    assert.equal(pages.get(17), undefined);
  });

  it('are found by negative numbers, too: those that came at the top', () => {
    const pages = book();
    assert.deepEqual(pages.ask(-3, 2), [-10, 0]);
    pages.put(-10, -3, rows(-3, 10));
    assert.equal(pages.get(-3), 'row -3');
    assert.equal(pages.get(6), 'row 6');
    assert.equal(pages.get(-4), undefined);
  });

  it('are asked for again where an answer lay elsewhere, but not for ever', () => {
    const pages = book();
    pages.ask(0, 10);
    pages.put(0, 2, rows(2, 8));
    assert.deepEqual(pages.ask(2, 10), []);
    assert.deepEqual(pages.ask(0, 10), [0]);
    pages.put(0, 2, rows(2, 8));
    assert.deepEqual(pages.ask(0, 10), []);
    pages.wake();
    assert.deepEqual(pages.ask(0, 10), [0]);
  });

  it('are forgotten, those used longest ago first', () => {
    const pages = book();
    for (const from of [0, 10, 20]) pages.put(from, from, rows(from, 10));
    pages.ask(0, 1);
    pages.put(30, 30, rows(30, 10));
    assert.equal(pages.size, 3);
    assert.equal(pages.get(0), 'row 0');
    assert.equal(pages.get(10), undefined);
  });

  it('keep their number while the list grows', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1000), fc.nat(1000), (index, grown, more) => {
        const age = ageOf(index, grown);
        assert.equal(indexOf(age, grown), index);
        assert.equal(indexOf(age, grown + more), index + more);
      }),
    );
  });
});

describe('charts', () => {
  const axes = [
    [0, 1],
    [1, 1],
    [7, 10],
    [11, 20],
    [99, 100],
    [101, 200],
    [4321, 5000],
    [Number.NaN, 1],
  ] as const;
  for (const [value, end] of axes) it(`end the axis for ${value} at ${end}`, () => assert.equal(roundUp(value), end));

  it('have ticks in whole numbers, from zero to the end', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (value) => {
        const end = roundUp(value);
        const marks = ticks(end);
        assert.equal(marks[0], 0);
        assert.equal(marks.at(-1), end);
        assert.ok(marks.length <= 6 && marks.every(Number.isInteger));
      }),
    );
  });

  const parts = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 5 });

  it('stack columns from the ground, inside of the room, and leave nothing that is not zero unseen', () => {
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 60 }), (columns) => {
        const room = { width: 600, height: 120 };
        const end = Math.max(1, ...columns.map((column) => column.reduce((sum, part) => sum + part, 0)));
        for (const [index, stack] of stackedColumns(columns, room, end).entries()) {
          let ground = room.height;
          for (const [part, bar] of stack.entries()) {
            assert.ok(Math.abs(bar.y + bar.height - ground) < 1e-6);
            assert.equal(bar.height > 0, (columns[index]?.[part] ?? 0) > 0);
            assert.ok(bar.y > -1e-6 && bar.x >= 0 && bar.x + bar.width <= room.width + 1);
            ground = bar.y;
          }
        }
      }),
    );
  });

  it('lay the parts of a bar end to end, inside of its width', () => {
    fc.assert(
      fc.property(parts, (values) => {
        const end = Math.max(
          1,
          values.reduce((sum, value) => sum + value, 0),
        );
        let x = 0;
        for (const [index, part] of stackedRow(values, 200, end).entries()) {
          assert.ok(Math.abs(part.x - x) < 1e-6);
          assert.equal(part.width > 0, (values[index] ?? 0) > 0);
          x += part.width;
        }
        assert.ok(x <= 200 + 1e-6);
      }),
    );
  });

  for (const [x, column] of [
    [0, 0],
    [299, 29],
    [599, 59],
    [600, undefined],
    [-1, undefined],
  ] as const) {
    it(`find the column at ${x}: ${column}`, () => assert.equal(columnAt(x, 600, 60), column));
  }
});

describe('a command with its dangerous parts', () => {
  it('is the same text again, whatever the ranges are', () => {
    const range = fc.record({ start: fc.integer({ min: -5, max: 60 }), end: fc.integer({ min: -5, max: 60 }) });
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), fc.array(range, { maxLength: 6 }), (text, ranges) => {
        const pieces = piecesOf(text, ranges);
        assert.equal(pieces.map((piece) => piece.text).join(''), text);
        assert.ok(pieces.every((piece) => piece.text !== ''));
        let at = 0;
        for (const { text: piece, isPointedOut } of pieces) {
          for (let index = at; index < at + piece.length; index += 1) {
            assert.equal(
              isPointedOut,
              ranges.some(({ start, end }) => index >= start && index < end),
              `${index} of ${text}`,
            );
          }
          at += piece.length;
        }
      }),
    );
  });
});
