// `npm run oracle -- --count 100000 [--seed N] [--shrink N]`: hunts for scripts that the analysis misses; ends with 1 when it finds one.
import { fromSeeds, runCases, shrink, type Tally } from './hunt.ts';
import { Room } from './room.ts';

const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1] ?? fallback);
};
const count = option('count', 100_000);
const first = option('seed', 1_000_000);
const most = option('shrink', 10);
const showOpaque = process.argv.includes('--opaque');

const room = new Room();
const tally: Tally = { scripts: 0, opaque: 0, knowable: 0, knowableOpaque: 0 };
const reasons = new Map<string, number>();
const shortest = new Map<string, string>();
const start = Date.now();
let missed = 0;
try {
  for (let done = 0; done < count; done += 2000) {
    const cases = fromSeeds(first + done, Math.min(2000, count - done));
    const found = await runCases(room, cases, tally, (item, reason) => {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      const known = shortest.get(reason);
      if (known === undefined || known.length > item.script.length) shortest.set(reason, item.script);
    });
    for (const miss of found) {
      missed += 1;
      if (missed > most || !miss.generated) continue;
      const small = await shrink(room, miss, miss.generated.tree);
      console.log(`\n${small.name} (${small.shell}) is missed:\n${small.script}${small.missing.map((line) => `  ${line}\n`).join('')}`);
    }
    const seconds = (Date.now() - start) / 1000;
    console.log(
      `${tally.scripts} scripts from seed ${first}, ${missed} missed, ${((100 * tally.knowableOpaque) / tally.knowable).toFixed(1)} % opaque of those without anything unknowable, ${seconds.toFixed(0)} s`,
    );
  }
} finally {
  room.close();
}
for (const [reason, times] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 12))
  console.log(`${String(times).padStart(7)} ${reason}${showOpaque ? `\n${shortest.get(reason)}` : ''}`);
process.exitCode = missed > 0 ? 1 : 0;
