// Scores the labelled corpus: `npm run corpus [-- --misses] [--category NAME] [--snapshot]`.
import { parseArgs } from 'node:util';
import { folder, readCases, shown } from './cases.ts';
import { judge, type Judged } from './judge.ts';
import { byCategory, measure } from './measure.ts';
import { writeBlocked } from './ratchet.ts';

const { values } = parseArgs({
  options: {
    category: { type: 'string' },
    /** Another folder of cases in the same form. */
    from: { type: 'string' },
    quiet: { type: 'boolean' },
    /** Writes down which cases are blocked now; see ratchet.ts. */
    snapshot: { type: 'boolean' },
  },
});

const all = readCases(values.from ?? folder);
const judged = await judge(values.category === undefined ? all : all.filter(({ category }) => category === values.category));

function row(name: string, group: readonly Judged[]): string {
  const plain = measure(group.filter((each) => each.case.form === 'plain'));
  const hidden = measure(group.filter((each) => each.case.form === 'obfuscated'));
  const { stopped, approved, recall, precision, falseAlarms } = measure(group);
  const rates = [plain.recall, hidden.recall, recall, precision, falseAlarms].map((rate) => rate.toFixed(3).padStart(10));
  return `${name.padEnd(24)}${String(stopped).padStart(8)}${String(approved).padStart(9)}${rates.join('')}`;
}

if (values.quiet !== true) {
  for (const each of judged.filter(({ isRight }) => !isRight))
    console.log(`${each.case.label === 'stopped' ? 'missed' : 'alarm '} ${each.case.id.padEnd(26)} ${shown(each.case)}${each.rule === '' ? '' : `   [${each.rule}]`}`);
  console.log();
}
console.log(`${'category'.padEnd(24)} stopped approved     plain    hidden    recall precision    alarms`);
for (const [name, group] of byCategory(judged)) console.log(row(name, group));
console.log(row('all', judged));
if (values.snapshot === true) writeBlocked(judged);
