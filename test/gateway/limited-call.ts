// A process that makes calls of which thirty in an hour are allowed, and writes + for each that may run.
import { writeSync } from 'node:fs';
import { dutiesOf } from '../../src/gateway/obligations/keep.ts';
import { dutyOf, machineAt } from './duty.ts';

const [home = '', count = '0'] = process.argv.slice(2);
const obligations = [{ name: 'rate_limit', params: { per_hour: 30 } }];
for (let index = 0; index < Number(count); index += 1) {
  const done = dutiesOf(dutyOf(home, { obligations }), machineAt(home, { now: Date.now() }), false).keep(undefined);
  writeSync(1, 'refusal' in done ? '-' : '+');
}
