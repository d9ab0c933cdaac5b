/** What one preview may use: time and files. Spent is spent: whoever asks then stops with what it has. */
export class Budget {
  readonly #end: number;
  #files: number;
  #spent = false;

  constructor(milliseconds: number, files: number) {
    this.#end = Date.now() + milliseconds;
    this.#files = files;
  }

  /** Milliseconds that are left, at least 1. */
  get left(): number {
    return Math.max(1, this.#end - Date.now());
  }

  get isSpent(): boolean {
    if (Date.now() >= this.#end) this.#spent = true;
    return this.#spent;
  }

  /** Takes one file; false where there is none left. */
  takeFile(): boolean {
    if (this.isSpent) return false;
    this.#files -= 1;
    if (this.#files < 0) this.#spent = true;
    return !this.#spent;
  }
}
