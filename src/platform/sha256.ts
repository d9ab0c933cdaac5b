import { requireHere } from './require-here.ts';

/** Fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2). */
const k = new Int32Array(64);
/** Fractional parts of the square roots of the first 8 (§5.3.3). */
const initial = new Int32Array(8);

for (let prime = 2, count = 0; count < 64; prime += 1) {
  let isPrime = true;
  for (let factor = 2; isPrime && factor * factor <= prime; factor += 1) if (prime % factor === 0) isPrime = false;
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
    const { createHash }: typeof import('node:crypto') = requireHere('node:crypto');
    return createHash('sha256').update(bytes).digest('hex');
  }
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeUInt32BE(Math.floor(bytes.length / 2 ** 29), padded.length - 8);
  padded.writeUInt32BE((bytes.length << 3) >>> 0, padded.length - 4);
  // The machine's numbers where it is little-endian, as all that Node runs on but one are.
  if (isLittleEndian) padded.swap32();
  const words = new Int32Array(padded.buffer, padded.byteOffset, padded.length / 4);
  const state = initial.slice();
  const schedule = new Int32Array(64);
  for (let offset = 0; offset < words.length; offset += 16) {
    schedule.set(words.subarray(offset, offset + 16));
    block(schedule, state);
  }
  let hex = '';
  for (const word of state) hex += (word >>> 0).toString(16).padStart(8, '0');
  return hex;
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * §6.2.2, written for an interpreter: a short-lived process ends before any of this is compiled, so nothing is called here and every
 * step counts.
 */
function block(w: Int32Array, state: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    let word = w[t] ?? 0;
    if (t >= 16) {
      const near = w[t - 2] ?? 0;
      const far = w[t - 15] ?? 0;
      const mixed =
        (((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10)) +
        (((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3));
      word = (mixed + (w[t - 7] ?? 0) + (w[t - 16] ?? 0)) | 0;
      w[t] = word;
    }
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + big1 + (g ^ (e & (f ^ g))) + (k[t] ?? 0) + word) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (big0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}
