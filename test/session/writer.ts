// A process that counts calls of one session and writes one byte for each that is acknowledged.
import { writeSync } from 'node:fs';
import { directories } from '../../src/platform/directories.ts';
import { updateSession } from '../../src/session/store.ts';

const [home = '', count = '0'] = process.argv.slice(2);
const places = directories({}, 'linux', home);
for (let index = 0; index < Number(count); index += 1) {
  updateSession(places, { agent: 'claude-code', session: 's1', workspace: '/project' }, { toolCalls: 1 }, 10_000);
  writeSync(1, '.');
}
