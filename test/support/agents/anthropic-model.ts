// A language model on 127.0.0.1 in Anthropic's format that makes exactly the tool calls of a list, one a turn.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call that the model makes. */
export interface Step {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What happens on the machine before the model answers with this call. */
  readonly before?: () => void;
}

/** What the agent told the model of one call. */
export interface StepResult {
  readonly text: string;
  readonly isError: boolean;
}

/** A running model. */
export interface ScriptedModel {
  readonly url: string;
  /** Of each step, in order; nothing where the agent never answered. */
  results(): readonly (StepResult | undefined)[];
  close(): Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

const finalText = 'All steps are done.';

export async function startModel(steps: readonly Step[]): Promise<ScriptedModel> {
  const results = new Map<string, StepResult>();
  const answered = new Map<string, number>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const body = parse(text);
      if (!(request.url ?? '').split('?')[0]?.endsWith('/messages')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":10,"data":[]}');
        return;
      }
      for (const block of blocksOf(body)) {
        if (block['type'] === 'tool_result')
          results.set(String(block['tool_use_id']), { text: textOf(block['content']), isError: block['is_error'] === true });
      }
      // Titles and other utility requests offer no tools. A repeated request gets the same answer again.
      const key = JSON.stringify(body['messages']);
      let index = answered.get(key);
      if (index === undefined && Array.isArray(body['tools']) && body['tools'].length > 1) {
        index = answered.size;
        answered.set(key, index);
        steps[index]?.before?.();
      }
      const step = index === undefined ? undefined : steps[index];
      send(
        response,
        body,
        step === undefined
          ? { type: 'text', text: finalText }
          : { type: 'tool_use', id: `toolu_step_${index}`, name: step.tool, input: step.input },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    results: () => steps.map((_, index) => results.get(`toolu_step_${index}`)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Json };

function send(response: ServerResponse, body: Json, content: Content): void {
  const usage = { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const stop = content.type === 'tool_use' ? 'tool_use' : 'end_turn';
  const message = {
    id: 'msg_scripted',
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [content],
    stop_reason: stop,
    stop_sequence: null,
    usage,
  };
  if (body['stream'] !== true) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
    return;
  }
  const start = content.type === 'text' ? { type: 'text', text: '' } : { ...content, input: {} };
  const delta =
    content.type === 'text'
      ? { type: 'text_delta', text: content.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(content.input) };
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: start },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}

function blocksOf(body: Json): readonly Json[] {
  const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  return messages.flatMap((message) => (isRecord(message) && Array.isArray(message['content']) ? message['content'].filter(isRecord) : []));
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => (isRecord(part) ? String(part['text'] ?? '') : String(part))).join('\n') : '';
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
