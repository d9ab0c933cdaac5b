import { isUtf8 } from 'node:buffer';
import { parseBounded } from '../platform/input.ts';
import { errorAnswer, errorCodes, idOf, isRecord, type Json, keyOf, type RequestId, refusal } from './json-rpc.ts';
import type { ToolState } from './tool-register.ts';

/** What decides. */
export interface Judge {
  /** Whether a call may go on; the reason is for the model. */
  decide(tool: string, args: unknown, id: RequestId): Promise<{ readonly verdict: 'approve' | 'deny'; readonly reason: string }>;
  /** Whether the policy denies a tool whatever it is called with, so that it need not be offered. */
  isNeverAllowed(tool: string): boolean;
  /** The server offers these tools. */
  see(tools: readonly Json[]): readonly ToolState[];
  stateOf(tool: string): ToolState;
  /** A call of a tool that is not as it was approved was stopped. */
  blocked(tool: string, state: ToolState): void;
}

/** The two ends: bytes of one message with its line end. */
export interface Ends {
  readonly toClient: (bytes: Buffer) => void;
  readonly toServer: (bytes: Buffer) => void;
}

const deepest = 200;
const mostPages = 50;
/** How long the server may take to list its tools for the gateway itself, in milliseconds. */
const listPatience = 10_000;
const listChanged = 'notifications/tools/list_changed';

/**
 * Stands between one client and one server of the Model Context Protocol. It reads every message and changes two: the answer to
 * `tools/list` loses the tools that may not be used, and a `tools/call` that is denied is answered here. Everything else goes on as the
 * bytes that came, whatever it is: methods, fields and versions that nobody knew when this was written must work.
 */
export class McpProxy {
  readonly #judge: Judge;
  readonly #ends: Ends;
  /** Requests of the client that the server has not answered. */
  readonly #open = new Map<string, { readonly id: RequestId; readonly isList: boolean }>();
  /** Calls that are being decided. */
  readonly #deciding = new Set<string>();
  readonly #work = new Set<Promise<void>>();
  readonly #ownLists = new Map<string, (message: Json | undefined) => void>();
  #listed: Promise<void> | undefined;
  #isStale = true;
  #ownIds = 0;

  constructor(judge: Judge, ends: Ends) {
    this.#judge = judge;
    this.#ends = ends;
  }

  /** A line of the client. What cannot be understood is answered with an error and not passed on: the server might understand it otherwise. */
  fromClient(line: Buffer): void {
    const text = isUtf8(line) ? line.toString('utf8').trim() : undefined;
    if (text === '') return;
    const parsed = text === undefined ? { problem: 'The message is not valid UTF-8.' } : parseBounded(text, deepest);
    if ('problem' in parsed) {
      this.#answer(errorAnswer(null, errorCodes.parse, `Agent Policy: ${parsed.problem}`));
      return;
    }
    if (Array.isArray(parsed.value)) {
      // Batches, which one version of the protocol had: each message is judged alone.
      for (const message of parsed.value) this.#message(message, toLine(message));
      return;
    }
    this.#message(parsed.value, line);
  }

  #message(message: unknown, bytes: Buffer): void {
    if (!isRecord(message)) {
      this.#answer(errorAnswer(null, errorCodes.invalidRequest, 'Agent Policy: A message must be an object.'));
      return;
    }
    const { method, params } = message;
    const id = idOf(message);
    if (method === 'tools/call') {
      // Without an id there would be nobody to answer to; a server that runs it all the same must not get it.
      if (id === undefined) return;
      const work = this.#call(id, isRecord(params) ? params : {}, bytes).finally(() => this.#work.delete(work));
      this.#work.add(work);
      return;
    }
    if (method === 'notifications/cancelled' && isRecord(params)) {
      const cancelled = params['requestId'];
      // Nobody has begun with what is still being decided.
      if ((typeof cancelled === 'string' || typeof cancelled === 'number') && this.#deciding.delete(keyOf(cancelled))) return;
    }
    if (method !== undefined && id !== undefined) this.#open.set(keyOf(id), { id, isList: method === 'tools/list' });
    this.#ends.toServer(bytes);
  }

  async #call(id: RequestId, params: Json, bytes: Buffer): Promise<void> {
    const { name } = params;
    if (typeof name !== 'string') {
      this.#answer(errorAnswer(id, errorCodes.invalidParams, 'Agent Policy: "params.name" must be the name of a tool.'));
      return;
    }
    const key = keyOf(id);
    this.#deciding.add(key);
    try {
      // A client may call what it has seen in an earlier session: what the tool is now must be known first.
      // And a person may have approved a change since.
      if (this.#isStale || this.#judge.stateOf(name) !== 'approved') await this.#listTools();
      const state = this.#judge.stateOf(name);
      if (state === 'changed' || state === 'broken') {
        if (this.#deciding.delete(key)) this.#answer(refusal(id, blockedText(name, state)));
        this.#judge.blocked(name, state);
        return;
      }
      const { verdict, reason } = await this.#judge.decide(name, params['arguments'] ?? {}, id);
      if (!this.#deciding.delete(key)) return;
      if (verdict !== 'approve') {
        this.#answer(refusal(id, reason));
        return;
      }
      this.#open.set(key, { id, isList: false });
      this.#ends.toServer(bytes);
    } catch (error) {
      this.#deciding.delete(key);
      this.#answer(refusal(id, `Agent Policy failed and denies this call: ${error instanceof Error ? error.message : 'unknown error'}`));
    }
  }

  /** A line of the server. What is no JSON goes on as it is: it is the client's to complain about. */
  fromServer(line: Buffer): void {
    let value: unknown;
    try {
      value = JSON.parse(line.toString('utf8'));
    } catch {
      this.#ends.toClient(line);
      return;
    }
    if (!Array.isArray(value)) {
      const passed = this.#serverMessage(value);
      if (passed !== undefined) this.#ends.toClient(passed === value ? line : toLine(passed));
      return;
    }
    const passed = value.map((message) => this.#serverMessage(message)).filter((message) => message !== undefined);
    const isSame = passed.length === value.length && passed.every((message, index) => message === value[index]);
    if (passed.length > 0 || isSame) this.#ends.toClient(isSame ? line : toLine(passed));
  }

  /** The message itself, another in its place, or nothing where it was for the gateway. */
  #serverMessage(message: unknown): unknown {
    if (!isRecord(message)) return message;
    if (message['method'] !== undefined) {
      if (message['method'] === listChanged) this.#isStale = true;
      return message;
    }
    const id = idOf(message);
    if (id === undefined) return message;
    const key = keyOf(id);
    const own = this.#ownLists.get(key);
    if (own !== undefined) {
      this.#ownLists.delete(key);
      own(message);
      return undefined;
    }
    const request = this.#open.get(key);
    this.#open.delete(key);
    return request?.isList === true ? this.#filtered(message) : message;
  }

  /** The answer to `tools/list` without the tools that may not be used. */
  #filtered(message: Json): Json {
    const { result } = message;
    const tools = isRecord(result) ? result['tools'] : undefined;
    if (!isRecord(result) || !Array.isArray(tools)) return message;
    const states = this.#judge.see(tools.map((tool) => (isRecord(tool) ? tool : {})));
    if (result['nextCursor'] === undefined) this.#isStale = false;
    const kept = tools.filter(
      (tool, index) => states[index] === 'approved' && !(isRecord(tool) && this.#judge.isNeverAllowed(String(tool['name']))),
    );
    return kept.length === tools.length ? message : { ...message, result: { ...result, tools: kept } };
  }

  /** Asks the server itself what tools it has; one question for all calls that wait for it. */
  #listTools(): Promise<void> {
    this.#listed ??= this.#askForTools().finally(() => {
      this.#listed = undefined;
    });
    return this.#listed;
  }

  async #askForTools(): Promise<void> {
    let cursor: unknown;
    for (let page = 0; page < mostPages; page += 1) {
      const answer = await this.#ask(cursor === undefined ? {} : { cursor });
      const result = answer?.['result'];
      if (!isRecord(result) || !Array.isArray(result['tools'])) break;
      this.#judge.see(result['tools'].map((tool) => (isRecord(tool) ? tool : {})));
      cursor = result['nextCursor'];
      if (cursor === undefined) break;
    }
    this.#isStale = false;
  }

  #ask(params: Json): Promise<Json | undefined> {
    this.#ownIds += 1;
    const id = `agent-policy:tools/list:${this.#ownIds}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#ownLists.delete(keyOf(id));
        resolve(undefined);
      }, listPatience);
      this.#ownLists.set(keyOf(id), (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      this.#ends.toServer(toLine({ jsonrpc: '2.0', id, method: 'tools/list', params }));
    });
  }

  /** The client has said all it has to say: resolves when nothing is left to decide. */
  async clientEnded(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }

  /** The server is gone: everybody who waits for it is told. */
  serverEnded(why: string): void {
    for (const resolve of this.#ownLists.values()) resolve(undefined);
    this.#ownLists.clear();
    for (const { id } of this.#open.values()) this.#answer(errorAnswer(id, errorCodes.serverGone, `Agent Policy: ${why}`));
    this.#open.clear();
  }

  /** A message of the server was too long to look into and was dropped. */
  serverTooLong(): void {
    this.serverEnded('The server sent a message that is too large, and it was dropped.');
  }

  /** A message of the client was too long to look into and was dropped. */
  clientTooLong(): void {
    this.#answer(errorAnswer(null, errorCodes.invalidRequest, 'Agent Policy: The message is too large.'));
  }

  #answer(message: Json): void {
    this.#ends.toClient(toLine(message));
  }
}

function toLine(message: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}

function blockedText(tool: string, state: ToolState): string {
  return state === 'broken'
    ? `What was approved of the tools of this server cannot be read any more, so ${JSON.stringify(tool)} is blocked. A person can look with "agent-policy mcp pins".`
    : `The description or the arguments of ${JSON.stringify(tool)} have changed since the tool was approved, so it is blocked. A person can compare and approve it with "agent-policy mcp pins".`;
}
