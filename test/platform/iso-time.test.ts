import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { isoTime } from '../../src/platform/iso-time.ts';

describe('time as ISO 8601', () => {
  for (const text of [
    '1970-01-01T00:00:00.000Z',
    '1972-02-29T23:59:59.999Z',
    '1999-12-31T12:00:00.001Z',
    '2000-02-29T00:00:00.000Z',
    '2100-02-28T23:59:59.999Z',
    '2100-03-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ])
    it(text, () => assert.equal(isoTime(Date.parse(text)), text));

  it('is what Date says, at any moment', () => {
    const last = Date.parse('9999-12-31T23:59:59.999Z');
    fc.assert(fc.property(fc.integer({ min: 0, max: last }), (moment) => assert.equal(isoTime(moment), new Date(moment).toISOString())));
    for (let day = 0; day < 200_000; day += 1) {
      const moment = day * 86_400_000;
      assert.equal(isoTime(moment), new Date(moment).toISOString());
    }
  });
});
