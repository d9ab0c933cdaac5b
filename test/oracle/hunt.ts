// Looks for scripts that do what the analysis does not say, and makes each that is found as small as it can be made.
import { textOf, generate, smaller, type Generated, type Part } from './grammar.ts';
import { analysisOf, isOpaque, misses } from './law.ts';
import type { Room, Case, Placed, ShellName } from './room.ts';

export interface Miss {
  readonly name: string;
  readonly shell: ShellName;
  readonly script: string;
  readonly missing: readonly string[];
}

export interface Tally {
  scripts: number;
  opaque: number;
  knowable: number;
  knowableOpaque: number;
}

interface Named extends Case {
  readonly name: string;
  readonly unknowable?: boolean;
  readonly generated?: Generated;
}

const batchSize = 200;

/** Runs cases and says which of them the analysis misses. */
export async function runCases(
  room: Room,
  cases: readonly Named[],
  tally?: Tally,
  onOpaque?: (item: Named, reason: string) => void,
): Promise<readonly (Miss & { readonly generated?: Generated })[]> {
  const found: (Miss & { readonly generated?: Generated })[] = [];
  let running: Promise<void> = Promise.resolve();
  for (let i = 0; i < cases.length; i += batchSize) {
    const batch = cases.slice(i, i + batchSize);
    const placed = room.place(batch);
    const analyses = placed.map(analysisOf);
    for (const [j, analysis] of analyses.entries()) {
      const item = batch[j];
      if (!tally || !item) continue;
      const opaque = isOpaque(analysis);
      tally.scripts += 1;
      if (opaque) tally.opaque += 1;
      if (item.unknowable) continue;
      tally.knowable += 1;
      if (opaque) tally.knowableOpaque += 1;
      if (opaque) onOpaque?.(item, analysis.problems[0]?.message ?? '');
    }
    await running;
    running = room.run(placed).then((observed) => {
      for (const [j, item] of placed.entries()) {
        const seen = observed[j];
        const analysis = analyses[j];
        const given = batch[j];
        if (!seen || !analysis || !given) continue;
        const missing = misses(seen, analysis, baseOf(item)).map((line) => line.replaceAll(baseOf(item), '…'));
        if (missing.length > 0)
          found.push({
            name: given.name,
            shell: item.shell,
            script: item.script,
            missing,
            ...(given.generated ? { generated: given.generated } : {}),
          });
      }
      room.clear(placed);
    });
  }
  await running;
  return found;
}

const baseOf = (item: Placed): string => item.cwd.slice(0, -2);

/** The scripts of seeds. */
export function fromSeeds(first: number, count: number): Named[] {
  return Array.from({ length: count }, (_, i) => {
    const generated = generate(first + i);
    return {
      name: `seed ${first + i}`,
      shell: generated.shell,
      script: `${textOf(generated.tree)}\n`,
      unknowable: generated.unknowable,
      generated,
    };
  });
}

/** A smaller script that is missed too, as small as some hundred tries make it. */
export async function shrink(room: Room, miss: Miss, tree: Part): Promise<Miss> {
  let best: Miss = miss;
  let current = tree;
  for (let round = 0; round < 25; round++) {
    const candidates: Part[] = [];
    for (const candidate of smaller(current)) {
      candidates.push(candidate);
      if (candidates.length === 60) break;
    }
    const cases = candidates.map((part, i) => ({ name: String(i), shell: miss.shell, script: `${textOf(part)}\n` }));
    const failing = await runCases(room, cases);
    const smallest = [...failing].sort((a, b) => a.script.length - b.script.length)[0];
    if (!smallest || smallest.script.length >= best.script.length) break;
    best = { ...smallest, name: miss.name };
    current = candidates[Number(smallest.name)] ?? current;
  }
  return best;
}
