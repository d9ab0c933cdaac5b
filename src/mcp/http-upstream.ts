import { EventStream } from './event-stream.ts';
import { errorAnswer, errorCodes, idOf, isRecord } from './json-rpc.ts';
import { longestMessage, type Upstream, type UpstreamEvents } from './upstream.ts';

/**
 * Speaks with a server over "streamable HTTP" (MCP 2025-06-18, "Transports"): every message is a POST that is answered with one
 * message or a stream of them, and a GET may bring what the server has to say by itself. `headers` are sent with every request. `most`: longest message
 * of the server in bytes; one that is longer is told, and dropped.
 */
export function connectHttp(
  url: string,
  headers: Readonly<Record<string, string>>,
  events: UpstreamEvents,
  most = longestMessage,
): Upstream {
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();
  let session: string | undefined;
  let version: string | undefined;
  let isPaused = false;
  let resume = (): void => {};
  let isResumed = Promise.resolve();
  let isListening = false;
  /** A session is begun by the first answer; until then messages go one after the other. */
  let begun = Promise.resolve();

  const allHeaders = (more: Readonly<Record<string, string>>): Record<string, string> => ({
    ...headers,
    ...more,
    ...(session === undefined ? {} : { 'mcp-session-id': session }),
    ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
  });

  const deliver = async (text: string): Promise<void> => {
    if (isPaused) await isResumed;
    // One message is one line for the client; line ends inside of JSON are white space.
    events.onLine(Buffer.from(`${text.replace(/[\r\n]+/g, ' ')}\n`));
  };

  const read = async (response: Response): Promise<void> => {
    if (response.body === null) return;
    if (!(response.headers.get('content-type') ?? '').includes('text/event-stream')) {
      const text = await wholeText(response.body, most);
      if (text === undefined) return events.onTooLong();
      noteVersion(text);
      if (text.trim() !== '') await deliver(text);
      return;
    }
    const waiting: string[] = [];
    const stream = new EventStream(most, { onData: (data) => waiting.push(data), onTooLong: events.onTooLong });
    const flush = async (): Promise<void> => {
      for (const data of waiting.splice(0)) {
        noteVersion(data);
        await deliver(data);
      }
    };
    for await (const chunk of response.body) {
      stream.push(chunk);
      await flush();
    }
    stream.end();
    await flush();
  };

  /** The version that was agreed on is named in every later request. */
  const noteVersion = (text: string): void => {
    if (version !== undefined) return;
    try {
      const message: unknown = JSON.parse(text);
      const result = isRecord(message) ? message['result'] : undefined;
      if (isRecord(result) && typeof result['protocolVersion'] === 'string') version = result['protocolVersion'];
    } catch {
      // The client will complain.
    }
  };

  /** What the server says by itself; servers that say nothing answer 405. */
  const listen = async (): Promise<void> => {
    const request = { headers: allHeaders({ accept: 'text/event-stream' }), signal: stopped.signal };
    const response = await fetch(url, request);
    if (response.ok) await read(response);
    else await response.body?.cancel();
  };

  const post = async (line: Buffer): Promise<void> => {
    let id: string | number | null = null;
    try {
      const message: unknown = JSON.parse(line.toString('utf8'));
      if (isRecord(message) && message['method'] !== undefined) id = idOf(message) ?? null;
      const response = await fetch(url, {
        method: 'POST',
        headers: allHeaders({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' }),
        body: line.toString('utf8').trim(),
        signal: stopped.signal,
      });
      session ??= response.headers.get('mcp-session-id') ?? undefined;
      if (!response.ok && response.status !== 202) {
        const text = response.body === null ? '' : ((await wholeText(response.body, most)) ?? '').slice(0, 300);
        throw new Error(`the server answered ${response.status} ${text}`);
      }
      await read(response);
      if (!isListening && isRecord(message) && message['method'] === 'notifications/initialized') {
        isListening = true;
        track(listen().catch(() => {}));
      }
    } catch (error) {
      if (stopped.signal.aborted || id === null) return;
      const why = error instanceof Error ? error.message : 'unknown error';
      await deliver(JSON.stringify(errorAnswer(id, errorCodes.serverGone, `Agent Policy could not reach ${url}: ${why}`)));
    }
  };

  const track = (work: Promise<void>): void => {
    running.add(work);
    void work.finally(() => running.delete(work));
  };

  return {
    send(line) {
      const work = session === undefined && version === undefined ? begun.then(() => post(line)) : post(line);
      if (version === undefined) begun = work;
      track(work);
    },
    async close() {
      // What is under way may end; what waits for the server to speak does not.
      const timer = setTimeout(() => stopped.abort(), 2000);
      if (isListening) stopped.abort();
      await Promise.allSettled(running);
      clearTimeout(timer);
      if (session !== undefined)
        await fetch(url, { method: 'DELETE', headers: allHeaders({}), signal: AbortSignal.timeout(1000) }).catch(() => {});
      events.onEnd(0, 'The connection was closed.');
    },
    pause() {
      if (isPaused) return;
      isPaused = true;
      isResumed = new Promise((resolve) => {
        resume = resolve;
      });
    },
    resume() {
      isPaused = false;
      resume();
    },
  };
}

/** All of a body; `undefined` where it is longer than that many bytes, and the rest is not waited for. */
async function wholeText(body: ReadableStream<Uint8Array>, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
