import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a case is meant: a dangerous action as anyone would write it, one that hides, or one that only looks dangerous. */
export type Form = 'plain' | 'obfuscated' | 'harmless';

/** One labelled action. The label is what the design says of it ("What `safe_coding` decides"), never what the product does. */
export interface Case {
  readonly id: string;
  readonly category: string;
  readonly form: Form;
  /** `stopped` is deny or escalate. */
  readonly label: 'stopped' | 'approved';
  readonly tool: string;
  readonly args: unknown;
  /** Template that decides; `safe_coding` where there is none. */
  readonly policy?: string;
  readonly cwd?: string;
  readonly home?: string;
  readonly note?: string;
}

/** The folder with the cases, one file for each category. */
export const folder = import.meta.dirname;

/** Where cases happen unless they say otherwise. Neither folder has to exist. */
export const place = { cwd: '/home/dev/project', home: '/home/dev' } as const;

/** All cases, in the order of their files. Throws where a line is no case or an id is used twice: the corpus itself is then wrong. */
export function readCases(from: string = folder): readonly Case[] {
  const cases: Case[] = [];
  const ids = new Set<string>();
  for (const file of readdirSync(from).filter((name) => name.endsWith('.jsonl')).sort()) {
    for (const [index, line] of readFileSync(join(from, file), 'utf8').trimEnd().split('\n').entries()) {
      const found = JSON.parse(line) as Case;
      const isSound = found.form === 'harmless' ? found.label === 'approved' : found.label === 'stopped';
      if (!isSound || `${found.category}.jsonl` !== file || ids.has(found.id)) throw new Error(`${file}:${index + 1}: not a sound case`);
      ids.add(found.id);
      cases.push(found);
    }
  }
  return cases;
}

/** The action of a case in one line, for people. */
export function shown({ tool, args }: Case): string {
  const values = typeof args === 'object' && args !== null ? Object.values(args) : [args];
  const text = values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(args);
  return `${tool === 'bash' ? '' : `@${tool} `}${text.replaceAll('\n', '⏎')}`;
}
