/** A server behind the gateway, however it is reached. */
export interface Upstream {
  /** Sends one message with its line end. */
  send(line: Buffer): void;
  /** No more messages come: the server may finish and is ended if it does not. Resolves when it is gone. */
  close(): Promise<void>;
  /** Stops and resumes what comes from the server, while the client does not read. */
  pause(): void;
  resume(): void;
}

/** What an upstream tells. */
export interface UpstreamEvents {
  /** One message with its line end. */
  readonly onLine: (line: Buffer) => void;
  readonly onTooLong: () => void;
  /** The server is gone; `code` is the exit code to end with. */
  readonly onEnd: (code: number, why: string) => void;
}

/** Longest message in bytes. */
export const longestMessage = 64 * 1024 * 1024;
