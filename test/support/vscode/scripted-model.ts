// A language model on 127.0.0.1 in OpenAI's chat format that makes exactly the tool calls that the prompt names: each line
// `CALL <tool> <json>` of the last such prompt is one turn. No network, key or sign-in.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a tool gave back to the model. */
export interface ToolResult {
  readonly id: string;
  readonly text: string;
}

/** A running model. */
export interface ScriptedModel {
  readonly url: string;
  /** Everything that tools gave back, in order, each once. */
  results(): readonly ToolResult[];
  /** How many scripts were played to their end. */
  finished(): number;
  close(): Promise<void>;
}

/** The words a finished turn ends with. */
const doneText = 'DONE. Last tool result';

type Json = Readonly<Record<string, unknown>>;

interface Turn {
  readonly role: 'user' | 'result';
  readonly id: string;
  readonly text: string;
}

export async function startModel(): Promise<ScriptedModel> {
  const seen = new Map<string, ToolResult>();
  let calls = 0;
  let finished = 0;
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const turns = turnsOf(body);
      for (const { role, id, text } of turns) if (role === 'result') seen.set(id, { id, text });
      const reply = nextStep(turns, Array.isArray(body['tools']) && body['tools'].length > 0);
      if (reply.call) calls += 1;
      if (reply.text?.startsWith(doneText)) finished += 1;
      send(response, body, reply, `call_scripted_${calls}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    results: () => [...seen.values()],
    finished: () => finished,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Reply {
  readonly text?: string;
  readonly call?: { readonly name: string; readonly args: string };
}

function nextStep(turns: readonly Turn[], hasTools: boolean): Reply {
  // Titles and summaries are asked for without tools.
  if (!hasTools) return { text: 'ok' };
  const callsOf = (turn: Turn) => (turn.role === 'user' ? [...turn.text.matchAll(/^\s*CALL (\S+) (\{.*\})\s*$/gm)] : []);
  const at = turns.findLastIndex((turn) => callsOf(turn).length > 0);
  const prompt = turns[at];
  if (!prompt) return { text: 'ok' };
  const results = turns.slice(at + 1).filter((turn) => turn.role === 'result');
  const step = callsOf(prompt)[results.length];
  if (!step) return { text: `${doneText}: ${results.at(-1)?.text.slice(0, 300) ?? '(none)'}` };
  return { call: { name: step[1] ?? '', args: step[2] ?? '{}' } };
}

function turnsOf(body: Json): readonly Turn[] {
  const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  return messages.flatMap((message): readonly Turn[] => {
    if (!isRecord(message)) return [];
    const text = textOf(message['content']);
    if (message['role'] === 'tool') return [{ role: 'result', id: String(message['tool_call_id']), text }];
    return message['role'] === 'user' ? [{ role: 'user', id: '', text }] : [];
  });
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => (isRecord(part) ? String(part['text'] ?? '') : String(part))).join('\n') : '';
}

function send(response: ServerResponse, body: Json, reply: Reply, id: string): void {
  const toolCalls = reply.call
    ? [{ index: 0, id, type: 'function', function: { name: reply.call.name, arguments: reply.call.args } }]
    : undefined;
  const finish = toolCalls ? 'tool_calls' : 'stop';
  const message = { role: 'assistant', content: reply.text ?? null, ...(toolCalls ? { tool_calls: toolCalls } : {}) };
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  const head = { id: 'scripted', created: 1, model: body['model'] };
  if (body['stream'] !== true) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage }));
    return;
  }
  const chunk = (delta: object, reason: string | null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const events = [chunk(message, null), chunk({}, finish), { ...head, object: 'chat.completion.chunk', choices: [], usage }];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`);
}

async function readBody(request: IncomingMessage): Promise<Json> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
