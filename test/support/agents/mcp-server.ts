// An MCP server on standard input and output with two tools: write_note { path, text } writes that file, echo { text } answers with it.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

type Json = Readonly<Record<string, unknown>>;

const properties = { path: { type: 'string' }, text: { type: 'string' } };
const tools = [
  { name: 'write_note', description: 'Writes a note to a file', inputSchema: { type: 'object', properties, required: ['path', 'text'] } },
  {
    name: 'echo',
    description: 'Answers with the text',
    inputSchema: { type: 'object', properties: { text: properties.text }, required: ['text'] },
  },
];
const content = (text: string): object => ({ content: [{ type: 'text', text }] });

function answer(method: unknown, params: Json): object {
  if (method === 'initialize')
    return { protocolVersion: params['protocolVersion'], capabilities: { tools: {} }, serverInfo: { name: 'probe', version: '1.0.0' } };
  if (method === 'tools/list') return { tools };
  if (method !== 'tools/call') return {};
  const { path, text } = (params['arguments'] ?? {}) as Json;
  if (params['name'] === 'write_note') writeFileSync(String(path), String(text));
  return content(`probe says: ${String(text)}`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message: Json = JSON.parse(line);
  if (message['id'] === undefined) return;
  const result = answer(message['method'], (message['params'] ?? {}) as Json);
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message['id'], result })}\n`);
});
