/** Cuts a stream of bytes into lines; the line end stays with its line. Each line is as long as it is; what is too long is told, and dropped. */
export class LineSplitter {
  readonly #most: number;
  readonly #onLine: (line: Buffer) => void;
  readonly #onTooLong: () => void;
  #parts: Buffer[] = [];
  #length = 0;
  #isDropping = false;

  /** `most`: longest line in bytes. `onTooLong` is called once for a line that is longer. */
  constructor(most: number, onLine: (line: Buffer) => void, onTooLong: () => void) {
    this.#most = most;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#add(chunk.subarray(start, end + 1));
      this.#finish();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  /** The stream has ended: a last line without an end is a line. */
  end(): void {
    this.#finish();
  }

  #add(part: Buffer): void {
    if (this.#isDropping) return;
    this.#length += part.length;
    if (this.#length > this.#most) {
      this.#isDropping = true;
      this.#parts = [];
      this.#onTooLong();
      return;
    }
    this.#parts.push(part);
  }

  #finish(): void {
    const [first] = this.#parts;
    const line = this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    const wasDropping = this.#isDropping;
    this.#parts = [];
    this.#length = 0;
    this.#isDropping = false;
    if (!wasDropping && line !== undefined && line.length > 0) this.#onLine(line);
  }
}
