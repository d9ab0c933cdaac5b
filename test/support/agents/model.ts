// A language model on 127.0.0.1 that makes exactly the tool calls of a list, one a turn, in whatever format the agent speaks.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialects, isRecord, type Json, type Offered, type Reply, type StepResult } from './dialects.ts';

/** A call in the words of one agent. `input` is the text of a free-form tool. */
export interface NativeCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>> | string;
  /** The group of the tool, where the agent offers it only on demand. */
  readonly namespace?: string;
}

/** One call that the model makes. */
export interface Step {
  /** The call, or what makes it of the tools that the agent offers. */
  readonly call: NativeCall | ((offered: readonly Offered[]) => NativeCall);
  /** What happens on the machine before the model answers with this call. */
  readonly before?: () => void;
}

/** A running model. */
export interface ScriptedModel {
  readonly url: string;
  /** Of each step, in order; nothing where the agent never answered. */
  results(): readonly (StepResult | undefined)[];
  /** Names of the tools that the agent offered. */
  offered(): readonly string[];
  close(): Promise<void>;
}

const finalText = 'All steps are done.';

export async function startModel(steps: readonly Step[]): Promise<ScriptedModel> {
  const results = new Map<string, StepResult>();
  const answered = new Map<string, Reply>();
  let offered: readonly Offered[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const body = parse(text);
      const path = (request.url ?? '').split('?')[0]?.replace(/\/+$/, '') ?? '';
      const dialect = request.method === 'POST' ? dialects.find((one) => one.path.test(path)) : undefined;
      if (dialect === undefined) {
        const models = [{ id: 'scripted', object: 'model', type: 'model', display_name: 'scripted', owned_by: 'test' }];
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ object: 'list', data: models, models: [], has_more: false, input_tokens: 10, totalTokens: 10 }));
        return;
      }
      for (const { id, ...result } of dialect.results(body)) results.set(id, result);
      // Titles and other utility requests offer no tools. A repeated request gets the same answer again.
      const key = JSON.stringify(dialect.conversation(body));
      const tools = dialect.tools(body);
      let reply = answered.get(key);
      if (reply === undefined && tools.length > 1) {
        offered = tools;
        reply = replyOf(steps[answered.size], answered.size, tools);
        answered.set(key, reply);
      }
      const sent = reply ?? { text: finalText };
      if (!dialect.isStream(path, body)) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(dialect.whole(sent, body)));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      for (const { name, data } of dialect.events(sent, body))
        response.write(`${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
      response.end(dialect.end);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    results: () => steps.map((_, index) => results.get(`step_${index}`)),
    offered: () => offered.map(({ name }) => name),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function replyOf(step: Step | undefined, index: number, offered: readonly Offered[]): Reply {
  if (step === undefined) return { text: finalText };
  step.before?.();
  const { tool, input, namespace: group } = typeof step.call === 'function' ? step.call(offered) : step.call;
  const namespace = group ?? offered.find(({ name }) => name === tool)?.namespace;
  return {
    ...{ id: `step_${index}`, name: tool, args: typeof input === 'string' ? {} : input },
    ...(typeof input === 'string' ? { input } : {}),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
