import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { analyzeCommand } from '../../src/analysis/analyze.ts';
import { resolve } from '../../src/analysis/paths.ts';
import type { World } from '../../src/model/world.ts';
import { fixedWorld } from './fixed-world.ts';

/** Machines and calls that differ in one thing each, and the zones in which `/srv/A/.env` lies for them. */
const calls: readonly {
  readonly what: string;
  readonly home: string;
  readonly workspace: string;
  readonly world: World;
  readonly zones: string;
}[] = [
  { what: 'outside', home: '/home/me', workspace: '/w', world: fixedWorld({}), zones: 'outside secret' },
  { what: 'workspace', home: '/home/me', workspace: '/srv/A', world: fixedWorld({}), zones: 'secret source workspace' },
  { what: 'other case', home: '/home/me', workspace: '/srv/a', world: fixedWorld({}), zones: 'outside secret' },
  {
    what: 'same case',
    home: '/home/me',
    workspace: '/srv/a',
    world: { ...fixedWorld({}), ignoresCase: true },
    zones: 'outside secret source workspace',
  },
  { what: 'temporary', home: '/home/me', workspace: '/w', world: fixedWorld({}, { TMPDIR: '/srv' }), zones: 'secret temp' },
  { what: 'home', home: '/srv/A/.env', workspace: '/w', world: fixedWorld({}), zones: 'home outside secret' },
];

function zonesOf(call: (typeof calls)[number], path: string): string {
  const { effects } = analyzeCommand(`cat ${path}`, { cwd: '/w', home: call.home, workspace: call.workspace }, call.world);
  const zones = effects.flatMap((effect) => (effect.kind === 'read' ? (effect.zones ?? []) : []));
  return [...new Set(zones)].sort().join(' ');
}

describe('what one analysis remembers for the next', () => {
  it('is not taken for other homes, workspaces, temporary folders or file systems', () => {
    const patterns = calls.map((call) => zonesOf(call, '/srv/A/.en[v]'));
    for (const order of [calls, calls.toReversed(), calls])
      for (const call of order) {
        assert.equal(zonesOf(call, '/srv/A/.env'), call.zones, call.what);
        assert.equal(zonesOf(call, '/srv/A/.en[v]'), patterns[calls.indexOf(call)], `a pattern, ${call.what}`);
      }
    assert.ok(new Set(patterns).size > 3, `patterns that differ: ${patterns.join('; ')}`);
  });

  it('does not change what a path leads to: one of names alone is what its general form is', () => {
    const world = fixedWorld({
      '/a/b': '->/c',
      '/c/a': '->../a',
      '/a/a/b': '->b',
      '/a/c': '->a/a',
      '/b': '->a',
      '/c/c/c': 'text',
    });
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '...', 'C:', 'proc/self/cwd'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, fc.boolean(), (parts, followLast) => {
        const path = `/${parts.join('/')}`;
        assert.equal(resolve(path, '/', world, followLast), resolve(path.replaceAll('/', '//'), '/', world, followLast), path);
      }),
      { numRuns: 3000 },
    );
  });
});
