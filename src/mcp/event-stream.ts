/** What a stream of events tells. */
export interface StreamEvents {
  readonly onData: (data: string) => void;
  /** An event is longer than is kept, and is dropped. */
  readonly onTooLong: () => void;
}

/** Takes the data of events out of a stream of server-sent events (WHATWG HTML §9.2); everything else in it is of no use here. */
export class EventStream {
  readonly #events: StreamEvents;
  readonly #most: number;
  readonly #decoder = new TextDecoder();
  /** A carriage return at the end of a piece: half of a line end, or a whole one. */
  #held = '';
  #line: string[] = [];
  #data: string[] = [];
  #length = 0;

  /** `most`: longest event in characters. */
  constructor(most: number, events: StreamEvents) {
    this.#most = most;
    this.#events = events;
  }

  push(chunk: Uint8Array): void {
    const text = this.#held + this.#decoder.decode(chunk, { stream: true });
    this.#held = text.endsWith('\r') ? '\r' : '';
    const [first = '', ...more] = text.slice(0, text.length - this.#held.length).split(/\r\n|\n|\r/);
    this.#add(first);
    for (const piece of more) {
      this.#endLine();
      this.#add(piece);
    }
  }

  end(): void {
    if (this.#line.length > 0) this.#endLine();
    this.#endLine();
  }

  #add(piece: string): void {
    if (piece === '') return;
    const wasShort = this.#length <= this.#most;
    this.#length += piece.length;
    if (this.#length <= this.#most) this.#line.push(piece);
    else {
      // That the line is not empty is all that is still to be known of it.
      this.#line = ['-'];
      this.#data = [];
      if (wasShort) this.#events.onTooLong();
    }
  }

  #endLine(): void {
    const line = this.#line.join('');
    this.#line = [];
    if (line === '') {
      if (this.#data.length > 0) this.#events.onData(this.#data.join('\n'));
      this.#data = [];
      this.#length = 0;
      return;
    }
    const match = /^data(?:: ?(.*))?$/s.exec(line);
    if (match !== null && this.#length <= this.#most) this.#data.push(match[1] ?? '');
  }
}
