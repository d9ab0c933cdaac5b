import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundles, nodeOptions } from '../../src/agents/install/place.ts';
import { type Figure, median } from './statistics.ts';
import { scratchFolder } from '../support/scratch.ts';

const dist = join(import.meta.dirname, '..', '..', 'dist');
const rusage = join(import.meta.dirname, 'rusage.cjs');
const runs = 30;

interface Case {
  readonly name: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, string>>;
  readonly exit: number;
}

const cases: readonly Case[] = [
  { name: 'approved command', tool: 'Bash', input: { command: 'git status' }, exit: 0 },
  { name: 'denied command', tool: 'Bash', input: { command: 'git push --force' }, exit: 2 },
  { name: 'approved read', tool: 'Read', input: { file_path: 'src/index.ts' }, exit: 0 },
];

/** Hook, installed and prepared as `agent-policy install` does it, and an empty script on the same node, in turns; medians. */
export function benchHook(): readonly Figure[] {
  const scratch = scratchFolder('bench');
  try {
    const options = nodeOptions({
      env: {},
      platform: process.platform,
      home: '/',
      project: '/',
      node: process.execPath,
      nodeVersion: process.version,
    });
    const [home, project, bin] = ['home', 'project', 'bin'].map((name) => join(scratch, name)) as [string, string, string];
    for (const folder of [home, project, bin]) mkdirSync(folder);
    for (const name of bundles) if (existsSync(join(dist, name))) copyFileSync(join(dist, name), join(bin, name));
    assert.equal(spawnSync(process.execPath, [...options, join(bin, 'prepare.cjs')]).status, 0);
    const empty = join(scratch, 'empty.cjs');
    writeFileSync(empty, '');
    const measure = measureIn(scratch, { home, project });
    const hook = [...options, join(bin, 'hook.cjs'), 'claude-code'];
    const sizes = ['hook.cjs', 'gate.cjs'].map((name) => statSync(join(dist, name)).size);
    return [
      ...cases.flatMap((each) => compare(each, (options, run) => measure(each, [...options, ...run]), [empty], hook)),
      {
        what: 'hook: size of the bundle',
        how: 'dist/hook.cjs and dist/gate.cjs',
        value: sizes.reduce((sum, size) => sum + size, 0) / 1000,
        unit: 'kB',
        budget: 150,
        best: 'low',
      },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Sample {
  /** Milliseconds from start to end. */
  readonly wall: number;
  /** Milliseconds of CPU that the process says it used, where `rusage.cjs` was loaded into it. */
  readonly cpu: number;
}

function measureIn(scratch: string, { home, project }: { readonly home: string; readonly project: string }) {
  const out = join(scratch, 'rusage');
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, BENCH_RUSAGE: out };
  let calls = 0;
  return ({ tool, input, exit }: Case, args: readonly string[]): Sample => {
    calls += 1;
    const payload = JSON.stringify({
      session_id: '00000000-0000-4000-8000-000000000000',
      cwd: project,
      hook_event_name: 'PreToolUse',
      tool_name: tool,
      tool_input: input,
      tool_use_id: `toolu_${calls}`,
    });
    const start = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, args, { cwd: project, env, input: payload });
    const wall = Number(process.hrtime.bigint() - start) / 1e6;
    assert.ok(status === 0 || status === exit, `${args.join(' ')} ended with ${status}`);
    return { wall, cpu: existsSync(out) ? Number(readFileSync(out, 'utf8')) : Number.NaN };
  };
}

type Measure = (options: readonly string[], run: readonly string[]) => Sample;

function compare({ name }: Case, measure: Measure, empty: readonly string[], hook: readonly string[]): readonly Figure[] {
  // The policy is compiled by a first run, as it is in use.
  measure([], hook);
  const samples = { hookCpu: [] as number[], emptyCpu: [] as number[], hookWall: [] as number[], emptyWall: [] as number[] };
  for (let run = 0; run < runs; run += 1) {
    samples.emptyWall.push(measure([], empty).wall);
    samples.hookWall.push(measure([], hook).wall);
    samples.emptyCpu.push(measure(['--require', rusage], empty).cpu);
    samples.hookCpu.push(measure(['--require', rusage], hook).cpu);
  }
  return [
    {
      what: `hook, ${name}: CPU more than an empty script`,
      how: `process.resourceUsage at exit, ${runs} runs in turns`,
      value: median(samples.hookCpu) - median(samples.emptyCpu),
      unit: 'ms',
      budget: 15,
      best: 'low',
    },
    {
      what: `hook, ${name}: wall time over an empty script's`,
      how: `start to end, ${runs} runs in turns`,
      value: median(samples.hookWall) / median(samples.emptyWall),
      unit: '×',
      budget: 1.35,
      best: 'low',
    },
  ];
}
