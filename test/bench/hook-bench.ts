import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median } from './statistics.ts';

const root = join(import.meta.dirname, '..', '..');
const hook = join(root, 'dist', 'hook.cjs');
const rusage = join(import.meta.dirname, 'rusage.cjs');
const runs = 30;

/** Hook and empty script on the same node, in turns; medians. The policy has been compiled by a first run, as it is in use. */
export function benchHook(): readonly Figure[] {
  const scratch = mkdtempSync(join(tmpdir(), 'agent-policy-bench-'));
  try {
    const home = join(scratch, 'home');
    const project = join(scratch, 'project');
    mkdirSync(home);
    mkdirSync(project);
    const empty = join(scratch, 'empty.cjs');
    writeFileSync(empty, '');
    const out = join(scratch, 'rusage');
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, BENCH_RUSAGE: out };
    const payload = JSON.stringify({
      session_id: '00000000-0000-4000-8000-000000000000',
      cwd: project,
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'git status --short && npm test -- --grep "never push --force" | tail -n 20' },
      tool_use_id: 'toolu_bench',
    });
    const time = (args: readonly string[], options: readonly string[]) => {
      const start = process.hrtime.bigint();
      const { status } = spawnSync(process.execPath, [...options, ...args], { cwd: project, env, input: payload });
      assert.equal(status, 0, `${args.join(' ')} ended with ${status}`);
      return Number(process.hrtime.bigint() - start) / 1e6;
    };
    const cpu = (args: readonly string[]) => {
      time(args, ['--require', rusage]);
      return Number(readFileSync(out, 'utf8'));
    };
    const hookArgs = [hook, 'claude-code'];
    time(hookArgs, []);
    const samples = { hookCpu: [] as number[], emptyCpu: [] as number[], hookWall: [] as number[], emptyWall: [] as number[] };
    for (let run = 0; run < runs; run += 1) {
      samples.emptyWall.push(time([empty], []));
      samples.hookWall.push(time(hookArgs, []));
      samples.emptyCpu.push(cpu([empty]));
      samples.hookCpu.push(cpu(hookArgs));
    }
    return [
      {
        what: 'hook: CPU more than an empty script',
        how: `process.resourceUsage at exit, ${runs} runs in turns`,
        value: median(samples.hookCpu) - median(samples.emptyCpu),
        unit: 'ms',
        budget: 15,
        best: 'low',
      },
      {
        what: 'hook: wall time as a multiple of an empty script',
        how: `spawn to end, ${runs} runs in turns`,
        value: median(samples.hookWall) / median(samples.emptyWall),
        unit: '×',
        budget: 1.35,
        best: 'low',
      },
      { what: 'hook: size of the bundle', how: 'dist/hook.cjs', value: statSync(hook).size / 1000, unit: 'kB', budget: 150, best: 'low' },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
