import { Worker } from 'node:worker_threads';
import { extname, join, sep } from 'node:path';
import type { Analysis } from '../model/effect.ts';
import type { Dialect, ToolCall } from '../model/tool-call.ts';
import type { Budget } from './budget.ts';
import type { FileChange, Gap } from '../model/preview.ts';
import { programs } from './programs.ts';
import { isFaithful, simulated } from './simulated-programs.ts';

/** Where the simulated shell is: the folder of `dry-run.cjs`, or of its source. */
export interface DryRunPlace {
  readonly folder: string;
}

/** What is to be tried out. */
export interface DryRunOf {
  readonly command: string;
  readonly dialect: Dialect | undefined;
  readonly cwd: string;
  readonly call: ToolCall;
  readonly analysis: Analysis;
}

/** What the worker is told. */
export interface DryRunJob {
  readonly command: string;
  readonly cwd: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mostFiles: number;
}

/** What the worker answers. */
export type DryRunAnswer = { readonly files: readonly FileChange[] } | Gap;

const memoryMegabytes = 256;

/** Variables with which the simulated shell runs. */
function environment({ cwd, call }: DryRunOf): Readonly<Record<string, string>> {
  return { HOME: call.home, PWD: cwd, PATH: '/usr/bin:/bin', LC_ALL: 'C' };
}

/**
 * Tries a command out: it runs in a simulated shell, in a thread of its own, on a file system whose changes stay in memory. No program of the machine
 * is started and no network is there. A gap where something in it cannot be simulated faithfully. Never rejects.
 */
export async function dryRun(of: DryRunOf, place: DryRunPlace, budget: Budget): Promise<DryRunAnswer> {
  const impossible = obstacle(of);
  if (impossible !== undefined) return impossible;
  const job: DryRunJob = { command: of.command, cwd: of.cwd, root: of.call.workspace, env: environment(of), mostFiles: 5000 };
  return runWorker(job, place, budget);
}

function runWorker(job: DryRunJob, place: DryRunPlace, budget: Budget): Promise<DryRunAnswer> {
  return new Promise((resolve) => {
    const isSource = extname(import.meta.filename) === '.ts';
    const worker = new Worker(join(place.folder, isSource ? 'dry-run.ts' : 'dry-run.cjs'), {
      workerData: job,
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    });
    const end = (answer: DryRunAnswer) => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(answer);
    };
    const timer = setTimeout(() => end({ why: 'too-much', subject: '' }), budget.left);
    worker.once('message', end);
    worker.once('error', (error) => end({ why: 'failed', subject: error.message }));
    worker.once('exit', () => end({ why: 'failed', subject: '' }));
  });
}

/** Why a command cannot be tried out faithfully; `undefined` where it can. */
function obstacle(of: DryRunOf): Gap | undefined {
  const { analysis, call, command, dialect } = of;
  if (dialect !== undefined && dialect !== 'bash' && dialect !== 'sh') return { why: 'program', subject: dialect };
  const foreign = programs(analysis).find((program) => !simulated.has(program));
  if (foreign !== undefined) return { why: foreign === '' ? 'unknown' : 'program', subject: foreign };
  const opaque = analysis.effects.find(({ kind }) => kind === 'unknown' || kind === 'network');
  if (opaque !== undefined) return { why: 'unknown', subject: opaque.evidence ?? opaque.url ?? '' };
  for (const { kind, program, argv } of analysis.effects) {
    if (kind === 'execute' && program !== undefined && !isFaithful(program, argv ?? []))
      return { why: 'program', subject: `${program} ${argv?.[0] ?? ''}`.trim() };
  }
  const free = freeVariable(command, environment(of));
  if (free !== undefined) return { why: 'variable', subject: free };
  const outside = analysis.effects.find(
    ({ path, zones, certainty }) =>
      certainty === 'exact' &&
      path !== undefined &&
      path !== call.workspace &&
      !path.startsWith(call.workspace + sep) &&
      zones?.includes('safe-device') !== true,
  );
  return outside === undefined ? undefined : { why: 'outside', subject: outside.path ?? '' };
}

/** A variable that the command reads and neither sets nor gets from {@link environment}. */
function freeVariable(command: string, env: Readonly<Record<string, string>>): string | undefined {
  const set = new Set([
    ...Object.keys(env),
    ...[...command.matchAll(/(?:^|[\s;&|(])([A-Za-z_]\w*)\+?=/g)].map((found) => found[1]),
    ...[...command.matchAll(/\b(?:for|select)\s+([A-Za-z_]\w*)/g)].map((found) => found[1]),
    ...[...command.matchAll(/\bread\s+(?:-\w+\s+)*([A-Za-z_ ]\w*)/g)].flatMap((found) => (found[1] ?? '').split(' ')),
  ]);
  return [...command.matchAll(/\$\{?[#!]?([A-Za-z_]\w*)/g)].map((found) => found[1] ?? '').find((name) => !set.has(name));
}
