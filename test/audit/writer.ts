// A process that appends records until it has appended as many as asked, or is killed; says each number on stdout only after it is acknowledged.
import { writeSync } from 'node:fs';
import { appendRecord } from '../../src/audit/append.ts';

const [directory = '', name = '', count = '0', maxBytes = '100000', from = '0'] = process.argv.slice(2);
for (let index = Number(from); index < Number(count); index += 1) {
  const seq = appendRecord(
    { directory, maxBytes: Number(maxBytes) },
    {
      type: 'event',
      event: 'test',
      timestamp: new Date().toISOString(),
      user: name,
      details: { index, padding: 'x'.repeat((index * 37) % 400) },
    },
  );
  writeSync(1, `${seq} ${name} ${index}\n`);
}
