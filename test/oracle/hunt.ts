// Looks for scripts that do what the analysis does not say, and makes each that is found as small as it can be made.
import { generate, type Generated } from './grammar.ts';
import { smaller, textOf, type Part } from './tree.ts';
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
  /** Cases that missed beside others and not once alone. */
  readonly strays: string[];
}

interface Named extends Case {
  readonly name: string;
  readonly unknowable?: boolean;
  readonly generated?: Generated;
}

const batchSize = 200;
/**
 * A script may leave its folder and change what lies in another's (`cd ../..` where a folder is gone, then `find -exec touch`). So a miss
 * counts only if the case misses again where it runs alone, which is tried this often.
 */
const triesAlone = 5;

type Found = Miss & { readonly generated?: Generated };

/** Runs cases and says which of them the analysis misses. */
export async function runCases(
  room: Room,
  cases: readonly Named[],
  tally?: Tally,
  onOpaque?: (item: Named, reason: string) => void,
): Promise<readonly Found[]> {
  const confirmed: Found[] = [];
  for (const miss of await missesOf(room, cases, batchSize, tally, onOpaque)) {
    let isMissed = false;
    for (let i = 0; i < triesAlone && !isMissed; i++) isMissed = (await missesOf(room, [miss], 1)).length > 0;
    if (isMissed) confirmed.push(miss);
    else tally?.strays.push(miss.name);
  }
  return confirmed;
}

async function missesOf(
  room: Room,
  cases: readonly Named[],
  size: number,
  tally?: Tally,
  onOpaque?: (item: Named, reason: string) => void,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  let running: Promise<void> = Promise.resolve();
  for (let i = 0; i < cases.length; i += size) {
    const batch = cases.slice(i, i + size);
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
