import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { sha256 } from '../../src/platform/sha256.ts';

const native = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

describe('sha256', () => {
  // The examples of FIPS 180-4 as NIST publishes them.
  const rows: readonly (readonly [string, string])[] = [
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
  ];
  for (const [text, expected] of rows) it(text || 'nothing', () => assert.equal(sha256(text), expected));

  it('agrees with the native one at every length around the blocks, and far beyond', () => {
    for (const length of [...Array.from({ length: 200 }, (_, index) => index), 65_535, 65_536, 65_537, 300_000]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 167) % 256);
      assert.equal(sha256(bytes), native(bytes), `${length} bytes`);
    }
  });

  it('agrees with the native one on any text and any bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(sha256(text), native(text))));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => assert.equal(sha256(bytes), native(bytes))));
  });
});
