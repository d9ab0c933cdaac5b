// A server with the tools of a JSON file that its first argument names, and odd ways that its tools' names ask for.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

type Json = Readonly<Record<string, unknown>>;

const [, , toolsFile = ''] = process.argv;
const say = (message: object | string): void => {
  process.stdout.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
};

function call(id: unknown, name: unknown, args: Json): void {
  const answer = (text: string): void =>
    say({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], unknownField: [1e21, 'ü'] } });
  switch (name) {
    case 'crash':
      process.exit(3);
      break;
    case 'hang':
      return;
    case 'garbage':
      say('this is no JSON {"');
      process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]));
      answer('after garbage');
      return;
    case 'huge':
      answer('x'.repeat(Number(args['size'])));
      return;
    default:
      answer(`${String(name)} got ${JSON.stringify(args)}`);
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params }: { readonly id?: unknown; readonly method?: string; readonly params?: Json } = JSON.parse(line);
  if (method === 'initialize') {
    const result = {
      protocolVersion: params?.['protocolVersion'],
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'odd', version: '1' },
    };
    say({ jsonrpc: '2.0', id, result });
  } else if (method === 'tools/list') {
    say({ jsonrpc: '2.0', id, result: { tools: JSON.parse(readFileSync(toolsFile, 'utf8')) } });
  } else if (method === 'tools/call') {
    call(id, params?.['name'], (params?.['arguments'] ?? {}) as Json);
  } else if (id !== undefined) {
    // Whatever it is: the message as it came, so that tests see what did.
    say({ jsonrpc: '2.0', id, result: { got: line } });
  }
});
