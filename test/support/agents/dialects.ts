// The wire formats in which agents talk to a model: Anthropic Messages, OpenAI Chat Completions, OpenAI Responses and Gemini.
// Each reads the declared tools and the results of calls out of a request, and writes one call or a closing text as an answer.

export type Json = Readonly<Record<string, unknown>>;

/** A tool that the agent offers to the model. */
export interface Offered {
  readonly name: string;
  /** Free-form tools take text instead of arguments. */
  readonly isCustom: boolean;
  /** The group that Codex puts tools of an MCP server into. */
  readonly namespace?: string;
}

/** What the agent told the model of one call. `isError` is known where the format has a place for it. */
export interface StepResult {
  readonly text: string;
  readonly isError?: boolean;
}

/** What the model answers. */
export type Reply =
  | { readonly text: string }
  | { readonly id: string; readonly name: string; readonly args: unknown; readonly input?: string; readonly namespace?: string };

/** One format. */
export interface Dialect {
  readonly path: RegExp;
  tools(body: Json): readonly Offered[];
  /** Results by the id of the call, or by its position where the format has no ids. */
  results(body: Json): readonly (StepResult & { readonly id: string })[];
  /** What is the same when an agent repeats a request. */
  conversation(body: Json): unknown;
  isStream(path: string, body: Json): boolean;
  whole(reply: Reply, body: Json): unknown;
  /** Events of the stream: a name where the format has names, and the data. */
  events(reply: Reply, body: Json): readonly { readonly name?: string; readonly data: unknown }[];
  /** What ends the stream. */
  readonly end?: string;
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const records = (value: unknown): readonly Json[] => list(value).filter(isRecord);

/** All text in a result, whatever it is wrapped in. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value
      .map((part) => (isRecord(part) ? textOf(part['text'] ?? part['output'] ?? part['content'] ?? JSON.stringify(part)) : String(part)))
      .join('\n');
  return JSON.stringify(value);
}

const anthropic: Dialect = {
  path: /\/messages$/,
  tools: (body) => records(body['tools']).map(({ name, type }) => ({ name: String(name ?? type), isCustom: false })),
  results: (body) =>
    records(body['messages']).flatMap((message) =>
      records(message['content'])
        .filter((block) => block['type'] === 'tool_result')
        .map((block) => ({
          id: String(block['tool_use_id']).replace(/^toolu_/, ''),
          text: textOf(block['content']),
          isError: block['is_error'] === true,
        })),
    ),
  conversation: (body) => body['messages'],
  isStream: (_, body) => body['stream'] === true,
  whole(reply, body) {
    const isCall = !('text' in reply);
    const content = isCall
      ? { type: 'tool_use', id: `toolu_${reply.id}`, name: reply.name, input: reply.args }
      : { type: 'text', text: reply.text };
    return {
      ...{ id: 'msg_scripted', type: 'message', role: 'assistant', model: body['model'], content: [content] },
      ...{ stop_reason: isCall ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
    };
  },
  events(reply, body) {
    const message = this.whole(reply, body);
    if (!isRecord(message)) return [];
    const isCall = !('text' in reply);
    const start = isCall ? { type: 'tool_use', id: `toolu_${reply.id}`, name: reply.name, input: {} } : { type: 'text', text: '' };
    const delta = isCall
      ? { type: 'input_json_delta', partial_json: JSON.stringify(reply.args) }
      : { type: 'text_delta', text: reply.text };
    return [
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: start },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: message['stop_reason'], stop_sequence: null }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ].map((data) => ({ name: data.type, data }));
  },
};

const chatUsage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const chatCalls = (reply: Reply): readonly object[] | undefined =>
  'text' in reply
    ? undefined
    : [{ index: 0, id: reply.id, type: 'function', function: { name: reply.name, arguments: JSON.stringify(reply.args) } }];

const chat: Dialect = {
  path: /\/chat\/completions$/,
  tools: (body) =>
    records(body['tools']).map((tool) => {
      const inner = isRecord(tool['function']) ? tool['function'] : tool;
      return { name: String(inner['name']), isCustom: false };
    }),
  results: (body) =>
    records(body['messages'])
      .filter((message) => message['role'] === 'tool')
      .map((message) => ({ id: String(message['tool_call_id']), text: textOf(message['content']) })),
  conversation: (body) => body['messages'],
  isStream: (_, body) => body['stream'] === true,
  whole(reply, body) {
    const calls = chatCalls(reply);
    const message = { role: 'assistant', content: 'text' in reply ? reply.text : null, ...(calls ? { tool_calls: calls } : {}) };
    const choices = [{ index: 0, message, finish_reason: calls ? 'tool_calls' : 'stop' }];
    return { id: 'chatcmpl-scripted', object: 'chat.completion', created: 1, model: body['model'], choices, usage: chatUsage };
  },
  events(reply, body) {
    const head = { id: 'chatcmpl-scripted', object: 'chat.completion.chunk', created: 1, model: body['model'] };
    const chunk = (delta: object, finish: string | null = null): object => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    const calls = chatCalls(reply);
    return [
      chunk({ role: 'assistant', content: calls ? null : '' }),
      chunk(calls ? { tool_calls: calls } : { content: 'text' in reply ? reply.text : '' }),
      chunk({}, calls ? 'tool_calls' : 'stop'),
      { ...head, choices: [], usage: chatUsage },
    ].map((data) => ({ data }));
  },
  end: 'data: [DONE]\n\n',
};

function responsesItem(reply: Reply): Json {
  if ('text' in reply) {
    const content = [{ type: 'output_text', text: reply.text, annotations: [] }];
    return { type: 'message', id: 'msg_0', role: 'assistant', status: 'completed', content };
  }
  const { id, name, args, input, namespace } = reply;
  const more = namespace === undefined ? {} : { namespace };
  return input === undefined
    ? { type: 'function_call', id: 'fc_0', status: 'completed', call_id: id, name, arguments: JSON.stringify(args), ...more }
    : { type: 'custom_tool_call', id: 'ctc_0', status: 'completed', call_id: id, name, input, ...more };
}

const responses: Dialect = {
  path: /\/responses$/,
  tools(body) {
    const found: Offered[] = [];
    const add = (tool: Json, namespace?: string): void => {
      if (tool['type'] === 'namespace') for (const inner of records(tool['tools'])) add(inner, String(tool['name']));
      else {
        const offered = { name: String(tool['name'] ?? tool['type']), isCustom: tool['type'] === 'custom' };
        found.push(namespace === undefined ? offered : { ...offered, namespace });
      }
    };
    for (const tool of records(body['tools'])) add(tool);
    // Tools may also be declared by an item of the conversation.
    for (const item of records(body['input']))
      if (item['type'] === 'additional_tools') for (const tool of records(item['tools'])) add(tool);
    return found;
  },
  results: (body) =>
    records(body['input'])
      .filter((item) => /_call_output$/.test(String(item['type'])))
      .map((item) => ({ id: String(item['call_id']), text: textOf(item['output']) })),
  conversation: (body) => body['input'],
  isStream: (_, body) => body['stream'] === true,
  whole(reply, body) {
    const usage = { input_tokens: 10, input_tokens_details: { cached_tokens: 0 }, output_tokens: 5, total_tokens: 15 };
    const details = { output_tokens_details: { reasoning_tokens: 0 } };
    const head = { id: 'resp_scripted', object: 'response', created_at: 1, status: 'completed', model: body['model'] };
    return { ...head, output: [responsesItem(reply)], usage: { ...usage, ...details } };
  },
  events(reply, body) {
    const done = this.whole(reply, body);
    if (!isRecord(done)) return [];
    const begun = { ...done, status: 'in_progress', output: [], usage: null };
    const item = responsesItem(reply);
    const at = { item_id: item['id'], output_index: 0 };
    const field = { function_call: 'arguments', custom_tool_call: 'input' }[String(item['type'])];
    const event = { function_call: 'function_call_arguments', custom_tool_call: 'custom_tool_call_input' }[String(item['type'])];
    const part = { type: 'output_text', text: 'text' in reply ? reply.text : '', annotations: [] };
    const text = { ...at, content_index: 0 };
    const inner =
      field === undefined
        ? [
            { type: 'response.content_part.added', ...text, part: { ...part, text: '' } },
            { type: 'response.output_text.delta', ...text, delta: part.text },
            { type: 'response.output_text.done', ...text, text: part.text },
            { type: 'response.content_part.done', ...text, part },
          ]
        : [
            { type: `response.${event}.delta`, ...at, delta: item[field] },
            { type: `response.${event}.done`, ...at, [field]: item[field] },
          ];
    const empty = { ...item, status: 'in_progress', ...(field === undefined ? { content: [] } : { [field]: '' }) };
    return [
      { type: 'response.created', response: begun },
      { type: 'response.in_progress', response: begun },
      { type: 'response.output_item.added', output_index: 0, item: empty },
      ...inner,
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: done },
    ].map((data, sequence_number) => ({ name: data.type, data: { ...data, sequence_number } }));
  },
};

const gemini: Dialect = {
  path: /:(?:stream)?[gG]enerateContent$/,
  tools: (body) =>
    records(body['tools'])
      .flatMap((group) => records(group['functionDeclarations']))
      .map(({ name }) => ({ name: String(name), isCustom: false })),
  results: (body) =>
    records(body['contents'])
      .flatMap((content) => records(content['parts']))
      .flatMap((part) => (isRecord(part['functionResponse']) ? [part['functionResponse']] : []))
      .map((response, index) => ({ id: String(response['id'] ?? `step_${index}`), text: textOf(response['response']) })),
  conversation: (body) => body['contents'],
  isStream: (path) => path.endsWith(':streamGenerateContent'),
  whole(reply, body) {
    // Utility requests (routing, "who speaks next") ask for JSON; one object satisfies them all.
    const routing = { reasoning: 'x', next_speaker: 'user', model_choice: 'pro', complexity_reasoning: 'x', complexity_score: 50 };
    const config = isRecord(body['generationConfig']) ? body['generationConfig'] : {};
    const part =
      config['responseMimeType'] === 'application/json'
        ? { text: JSON.stringify(routing) }
        : 'text' in reply
          ? { text: reply.text }
          : { functionCall: { id: reply.id, name: reply.name, args: reply.args }, thoughtSignature: 'c2ln' };
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
    const candidates = [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }];
    return { candidates, usageMetadata, modelVersion: 'scripted', responseId: 'scripted' };
  },
  events(reply, body) {
    return [{ data: this.whole(reply, body) }];
  },
};

export const dialects: readonly Dialect[] = [anthropic, chat, responses, gemini];
