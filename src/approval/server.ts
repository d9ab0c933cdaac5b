import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { type Directories, socketPlace } from '../platform/directories.ts';
import { privateDirectory } from '../platform/atomic-write.ts';
import { isAlive } from '../platform/process.ts';
import { decodeClientMessage } from './decode.ts';
import { type ApprovalAnswer, type ApprovalRequest, largestRequest, longestMessage, type ServerMessage } from './messages.ts';
import { forgetWindow, listWindows, registerWindow, type WindowEntry } from './registry.ts';

/** What a window brings to answer questions. */
export interface ApprovalServerOptions {
  readonly directories: Directories;
  /** Absolute paths of the folders open in this window. */
  readonly workspaceFolders: readonly string[];
  /** Whether the window has the focus now. */
  readonly focused?: boolean;
  /**
   * Puts the question to the person. Rejecting, or answering after `signal` is aborted (the call gave up, or its deadline passed), is a deny.
   */
  readonly onRequest: (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;
  /** Told of every peer that breaks the protocol, in one sentence. */
  readonly onProblem?: (message: string) => void;
}

/** A window that can be asked. */
export interface ApprovalServer {
  readonly socket: string;
  /** Says that the folders or the focus changed. */
  update(change: { readonly workspaceFolders?: readonly string[]; readonly focused?: boolean }): void;
  /** Stops listening, ends what is pending with deny, and removes socket and registration. */
  dispose(): Promise<void>;
}

/** Most calls that wait at once; more are turned away and denied. */
const mostPeers = 128;
/** How long a peer may take to send its request, in milliseconds: it is one line over a local socket. */
const requestPatience = 10_000;
/** Longest that a question may wait, in milliseconds, whatever its deadline says. */
const longestWait = 60 * 60 * 1000;

/** Listens for questions and registers the window. Rejects where no private socket can be made. */
export async function startApprovalServer(options: ApprovalServerOptions): Promise<ApprovalServer> {
  const { directories } = options;
  const problem = options.onProblem ?? (() => {});
  removeDeadWindows(directories);
  const id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const place = socketPlace(directories.runtime, id, process.platform, tmpdir(), process.getuid?.() ?? 0);
  if (place.directory !== undefined) privateDirectory(place.directory);

  const peers = new Map<Socket, AbortController>();
  const server = createServer((socket) => {
    if (peers.size >= mostPeers) {
      problem('Too many calls wait for an answer; one was turned away.');
      socket.destroy();
      return;
    }
    const gone = new AbortController();
    peers.set(socket, gone);
    socket.on('close', () => {
      peers.delete(socket);
      gone.abort();
    });
    serve(socket, gone, options.onRequest, problem);
  });
  await listen(server, place.path);
  // Whoever made the directory readable meanwhile gains nothing.
  if (place.directory !== undefined) chmodSync(place.path, 0o600);

  let entry: WindowEntry = {
    id,
    pid: process.pid,
    host: hostname(),
    socket: place.path,
    workspaceFolders: options.workspaceFolders,
    focused: options.focused === false ? 0 : Date.now(),
  };
  const register = () => {
    try {
      registerWindow(directories, entry);
    } catch (error) {
      problem(`This window cannot be asked by agents: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  register();
  let disposed = false;

  return {
    socket: place.path,
    update(change) {
      if (disposed) return;
      const folders = change.workspaceFolders ?? entry.workspaceFolders;
      entry = { ...entry, workspaceFolders: folders, focused: change.focused === true ? Date.now() : entry.focused };
      register();
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      forgetWindow(directories, id);
      for (const [socket, gone] of peers) {
        gone.abort();
        socket.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if (place.directory !== undefined) rmSync(place.path, { force: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.removeListener('error', reject);
      server.on('error', () => {});
      resolve();
    });
  });
}

/** One peer, one question: anything after it but its cancellation ends the connection. */
function serve(
  socket: Socket,
  gone: AbortController,
  onRequest: ApprovalServerOptions['onRequest'],
  problem: (message: string) => void,
): void {
  let chunks: Buffer[] = [];
  let length = 0;
  let asked: string | undefined;
  let timer = setTimeout(() => refuse('A call was slow to send its request.'), requestPatience);
  const refuse = (message: string) => {
    problem(message);
    socket.destroy();
  };
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(timer));
  socket.on('end', () => socket.destroy());
  socket.on('data', (data: Buffer) => {
    length += data.length;
    if (length > largestRequest) return refuse('A request is too large.');
    chunks.push(data);
    if (!data.includes(10)) return;
    const lines = Buffer.concat(chunks).toString('utf8').split('\n');
    const rest = lines.pop() ?? '';
    chunks = rest === '' ? [] : [Buffer.from(rest)];
    for (const line of lines) take(line);
  });

  function take(line: string): void {
    const message = decodeClientMessage(line);
    if (typeof message === 'string') {
      refuse(message);
      return;
    }
    if (message.type === 'cancel') {
      if (message.id === asked) gone.abort();
      socket.destroy();
      return;
    }
    if (asked !== undefined) {
      refuse('A call sent a second request.');
      return;
    }
    asked = message.id;
    clearTimeout(timer);
    const left = Math.min(longestWait, message.deadline - Date.now());
    if (left <= 0) {
      refuse('A request came after its deadline.');
      return;
    }
    timer = setTimeout(() => {
      gone.abort();
      socket.destroy();
    }, left);
    ask(message).then((answer) => {
      if (gone.signal.aborted) return;
      const reply: ServerMessage = { type: 'answer', id: message.id, ...answer };
      socket.end(`${JSON.stringify(reply)}\n`);
    });
  }

  async function ask(request: ApprovalRequest): Promise<ApprovalAnswer> {
    try {
      const answer = await onRequest(request, gone.signal);
      const said = answer.message === undefined ? {} : { message: answer.message.slice(0, longestMessage) };
      return answer.answer === 'allow' ? { answer: 'allow', scope: answer.scope, ...said } : { answer: 'deny', ...said };
    } catch (error) {
      problem(`A question could not be shown: ${error instanceof Error ? error.message : String(error)}`);
      return { answer: 'deny' };
    }
  }
}

/** Removes entries and sockets of windows that ended without doing so. */
function removeDeadWindows(directories: Directories): void {
  for (const window of listWindows(directories)) {
    if (isAlive(window.pid)) continue;
    forgetWindow(directories, window.id);
    const place = socketPlace(directories.runtime, window.id, process.platform, tmpdir(), process.getuid?.() ?? 0);
    // Only a socket of ours: an entry may name any file.
    if (place.directory !== undefined && place.path === window.socket) rmSync(place.path, { force: true });
  }
}
