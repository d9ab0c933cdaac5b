/** Takes the data of events out of a stream of server-sent events (WHATWG HTML §9.2); everything else in it is of no use here. */
export class EventStream {
  readonly #onData: (data: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #data: string[] = [];

  constructor(onData: (data: string) => void) {
    this.#onData = onData;
  }

  push(chunk: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#line('');
    this.#rest = '';
  }

  #line(line: string): void {
    if (line === '') {
      if (this.#data.length > 0) this.#onData(this.#data.join('\n'));
      this.#data = [];
      return;
    }
    const match = /^data(?:: ?(.*))?$/s.exec(line);
    if (match !== null) this.#data.push(match[1] ?? '');
  }
}
