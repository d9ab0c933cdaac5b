import { connect } from 'node:net';
import type { Directories } from '../platform/directories.ts';
import { errorCode, isAlive } from '../platform/process.ts';
import { type ApprovalAnswer, type ApprovalRequest, largestAnswer, largestRequest, longestMessage } from './messages.ts';
import { forgetWindow, listWindows, orderWindows, type WindowEntry } from './registry.ts';

/** How a question ended. `expired`: nobody answered in time; `no-window`: nobody could be asked; `lost`: the window went away without an answer. */
export type Asked =
  | { readonly by: 'window' | 'terminal'; readonly answer: ApprovalAnswer; readonly waitedMs: number }
  /** Allowed before, until further notice: by the allowance of that id. */
  | { readonly by: 'grant'; readonly grant: string; readonly waitedMs: number }
  | { readonly by: 'expired' | 'no-window' | 'lost'; readonly waitedMs: number };

/** How long a window has to take a connection, in milliseconds. */
const connectPatience = 2000;

/**
 * Asks the person in front of the fitting window and waits until the request's deadline. Windows that are gone are forgotten, and the next one is
 * asked; a window that took the question and then went away ends it, as the person may have seen it. Aborting `signal` takes the question back. Never rejects.
 */
export async function askWindow(directories: Directories, request: ApprovalRequest, signal?: AbortSignal): Promise<Asked> {
  const start = Date.now();
  const waited = () => Date.now() - start;
  const line = `${JSON.stringify(request)}\n`;
  if (Buffer.byteLength(line) > largestRequest) return { by: 'no-window', waitedMs: waited() };
  for (const window of orderWindows(listWindows(directories), request.cwd, request.workspace)) {
    if (Date.now() >= request.deadline) return { by: 'expired', waitedMs: waited() };
    const result = await askOne(window, request, line, signal);
    if (result === 'gone') {
      if (!isAlive(window.pid)) forgetWindow(directories, window.id);
      continue;
    }
    return typeof result === 'string' ? { by: result, waitedMs: waited() } : { by: 'window', answer: result, waitedMs: waited() };
  }
  return { by: 'no-window', waitedMs: waited() };
}

function askOne(
  window: WindowEntry,
  request: ApprovalRequest,
  line: string,
  signal: AbortSignal | undefined,
): Promise<ApprovalAnswer | 'gone' | 'expired' | 'lost'> {
  return new Promise((resolve) => {
    const socket = connect(window.socket);
    const chunks: Buffer[] = [];
    let length = 0;
    let connected = false;
    let timer = setTimeout(() => end('gone'), Math.min(connectPatience, Math.max(1, request.deadline - Date.now())));
    const end = (result: ApprovalAnswer | 'gone' | 'expired' | 'lost') => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      socket.removeAllListeners('data');
      if (result === 'expired' && connected) socket.end(`${JSON.stringify({ type: 'cancel', id: request.id })}\n`);
      else socket.destroy();
      socket.unref();
      resolve(result);
    };
    const cancel = () => end('expired');
    signal?.addEventListener('abort', cancel);
    socket.on('connect', () => {
      connected = true;
      clearTimeout(timer);
      timer = setTimeout(() => end('expired'), Math.max(1, request.deadline - Date.now()));
      socket.write(line);
    });
    socket.on('data', (data: Buffer) => {
      length += data.length;
      if (length > largestAnswer) return end('lost');
      chunks.push(data);
      if (data.includes(10)) end(parseAnswer(Buffer.concat(chunks).toString('utf8').split('\n')[0] ?? '', request.id) ?? 'lost');
    });
    // A second error, of a socket that is already given up, must not end the process.
    socket.on('error', (error) => end(connected && errorCode(error) !== 'ECONNREFUSED' ? 'lost' : 'gone'));
    // The window closes what has expired, and its clock may be the first.
    socket.on('close', () => end(!connected ? 'gone' : Date.now() >= request.deadline - 250 ? 'expired' : 'lost'));
  });
}

/** An answer to that question; `undefined` for anything that is not exactly one: doubt is no permission. */
export function parseAnswer(line: string, id: string): ApprovalAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, id: about, answer, scope, message } = value as Readonly<Record<string, unknown>>;
  if (type !== 'answer' || about !== id) return undefined;
  const said = typeof message === 'string' && message !== '' ? { message: message.slice(0, longestMessage) } : {};
  if (answer === 'allow') return scope === 'once' || scope === 'session' ? { answer, scope, ...said } : undefined;
  return answer === 'deny' ? { answer, ...said } : undefined;
}
