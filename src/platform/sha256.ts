import { createRequire } from 'node:module';

/** Fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2). */
const k = new Uint32Array(64);
/** Fractional parts of the square roots of the first 8 (§5.3.3). */
const initial = new Uint32Array(8);

for (let prime = 2, count = 0; count < 64; prime += 1) {
  let isPrime = true;
  for (let factor = 2; factor * factor <= prime; factor += 1) if (prime % factor === 0) isPrime = false;
  if (!isPrime) continue;
  if (count < 8) initial[count] = (prime ** (1 / 2) % 1) * 2 ** 32;
  k[count] = (prime ** (1 / 3) % 1) * 2 ** 32;
  count += 1;
}

/** Above this many bytes the native implementation is quicker, its loading included. */
const large = 64 * 1024;

/**
 * The SHA-256 of a text's UTF-8 or of bytes, in hex. Loading `node:crypto` takes several milliseconds, more than everything that most calls need
 * to be hashed; only what is large is worth it.
 */
export function sha256(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  if (bytes.length > large) {
    const { createHash }: typeof import('node:crypto') = createRequire(import.meta.filename)('node:crypto');
    return createHash('sha256').update(bytes).digest('hex');
  }
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeUInt32BE(Math.floor(bytes.length / 2 ** 29), padded.length - 8);
  padded.writeUInt32BE((bytes.length << 3) >>> 0, padded.length - 4);
  const state = initial.slice();
  const words = new Uint32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) block(padded, offset, state, words);
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

const at = (words: Uint32Array, index: number): number => words[index] ?? 0;
const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** §6.2.2 */
function block(bytes: Buffer, offset: number, state: Uint32Array, words: Uint32Array): void {
  for (let t = 0; t < 16; t += 1) words[t] = bytes.readUInt32BE(offset + t * 4);
  for (let t = 16; t < 64; t += 1) {
    const near = at(words, t - 2);
    const far = at(words, t - 15);
    const small1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    const small0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    words[t] = small1 + at(words, t - 7) + small0 + at(words, t - 16);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const one = (h + big1 + ((e & f) ^ (~e & g)) + at(k, t) + at(words, t)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const two = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = at(state, index) + word;
}
