import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePolicy } from '../../src/gateway/compile-policy.ts';
import { findPolicy } from '../../src/gateway/policy-source.ts';
import type { Effect } from '../../src/model/effect.ts';
import { directories } from '../../src/platform/directories.ts';
import { runCondition } from '../../src/policy/condition.ts';
import { conditionScope } from '../../src/policy/condition-scope.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { testText } from '../../src/policy/test-text.ts';
import { overlap } from '../../src/policy/overlap.ts';
import { globProgram } from '../../src/policy/match-path.ts';
import { hostileConditions, hostileGlobs, hostilePatterns } from '../policy/hostile-patterns.ts';
import { effect, policy, request, run } from '../policy/request.ts';
import { type Figure, median } from './statistics.ts';
import { scratchFolder } from '../support/scratch.ts';

/** One kind of rule after the other, each for something else. */
const kinds: readonly ((i: number) => string)[] = [
  (i) => `paths: ["src/part${i}/**"], effects: write`,
  (i) => `command: { program: tool${i}, flags: --force }`,
  (i) => `host: host${i}.example.com`,
  (i) => `paths: "/opt/app${i}/*.conf"`,
  (i) => `mcp: { server: s${i % 10}, tool: tool_${i} }`,
  (i) => `path_patterns: ["/srv/data${i}/*"]`,
];

function rules(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => `  - { name: r${i}, match: { ${kinds[i % kinds.length]?.(i)} }, reason: r }`);
  return `id: many\npolicies:\n${lines.join('\n')}\n`;
}

const effects: readonly Effect[] = [
  run('npm', 'test'),
  effect({ kind: 'read', path: '/ws/src/part7/a.ts' }),
  effect({ kind: 'write', path: '/ws/src/lib/deep/down/b.ts' }),
  effect({ kind: 'network', url: 'https://registry.example.org/x' }),
];

/** Milliseconds of processor time for one call; the least of several measurements, as others use the machine too. */
function cost(work: () => void, times: number, rounds: number): number {
  const costs = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage();
    for (let i = 0; i < times; i++) work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / times;
  });
  return Math.min(...costs);
}

function scaling(): readonly Figure[] {
  const call = request({ effects });
  const took = [10, 100, 1_000, 10_000].map((count) => {
    const compiled = policy({ layer: 'user', name: 'many', text: rules(count) });
    for (let i = 0; i < 3000; i++) evaluate(compiled, call);
    return { count, ms: cost(() => evaluate(compiled, call), 500, 5) };
  });
  const least = Math.min(...took.slice(0, 2).map(({ ms }) => ms));
  const all = took.map(({ count, ms }) => `${count}: ${(ms * 1000).toFixed(1)} µs`).join(', ');
  const worst = Math.max(...took.map(({ ms }) => ms / least));
  return [{ what: 'decision with up to 10,000 rules to one with few', how: all, value: worst, unit: '×', budget: 3, best: 'low' }];
}

function loading(): readonly Figure[] {
  const home = scratchFolder('bench');
  try {
    const places = directories({}, 'linux', home);
    mkdirSync(places.config, { recursive: true });
    writeFileSync(join(places.config, 'policy.yaml'), rules(1_000));
    const find = () =>
      findPolicy({
        directories: places,
        workspace: home,
        platform: 'linux',
        compile: (files, trusted) => compilePolicy(files, trusted, () => ({ loadPolicy })),
        compilerStamp: 'bench',
        trusted: () => new Set(),
        managedFile: join(home, 'none.yaml'),
      });
    find();
    const ms = median(Array.from({ length: 21 }, () => cost(find, 1, 1)));
    return [
      { what: 'compiled policy of 1,000 rules loaded', how: 'median of 21, from the disk', value: ms, unit: 'ms', budget: 5, best: 'low' },
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function hostile(): readonly Figure[] {
  const slowest = (what: string, all: readonly (readonly [name: string, work: () => unknown])[]): Figure => {
    const took = all.map(([name, work]) => ({ name, ms: cost(work, 1, 2) })).sort((a, b) => b.ms - a.ms);
    if (process.env['BENCH_DETAILS']) for (const { name, ms } of took) console.log(`${ms.toFixed(1).padStart(9)} ms  ${name}`);
    const how = `${all.length} on 100,000 characters; slowest: ${took[0]?.name}`;
    return { what, how, value: took[0]?.ms ?? Number.NaN, unit: 'ms', budget: 100, best: 'low' };
  };
  const patterns = hostilePatterns();
  const text = 'a'.repeat(100_000);
  const many = policy(
    `policies:\n${Array.from({ length: 300 }, (_, i) => `  - { name: r${i}, match: { args_pattern: "(a?){50}a{50}!${i}$" } }`).join('\n')}`,
  );
  const compared = policy(
    `policies:\n${Array.from({ length: 300 }, (_, i) => `  - { name: r${i}, match: { paths: '${'*?'.repeat(100)}${i}' } }`).join('\n')}`,
  );
  const globs = hostileGlobs();
  const pairs = globs.flatMap((one) => globs.map((other) => [one, other] as const));
  return [
    slowest(
      'hostile pattern',
      patterns.map((each) => [each.name, () => testText(each.test, each.text)]),
    ),
    slowest(
      'hostile condition',
      hostileConditions().map(({ condition, args }) => [
        condition,
        () => runCondition(condition, conditionScope(request({ args }), undefined)),
      ]),
    ),
    slowest('hostile policy', [
      ['300 regexes in one decision', () => evaluate(many, request({ args: { text } }))],
      [
        '300 globs for one of the call',
        () =>
          evaluate(compared, request({ effects: [effect({ kind: 'write', certainty: 'approximate', path: `/ws/${'*a'.repeat(200)}` })] })),
      ],
    ]),
    slowest(
      'hostile globs compared',
      pairs.map(([one, other]) => {
        const programs = [globProgram(one), globProgram(other)] as const;
        return [`${one.slice(0, 30)} and ${other.slice(0, 30)}`, () => programs[0] && programs[1] && overlap(programs[0], programs[1])];
      }),
    ),
  ];
}

/** What is promised of policies: that they may be long, and may not stall the guard. */
export function benchPolicy(): readonly Figure[] {
  return [...scaling(), ...loading(), ...hostile()];
}
