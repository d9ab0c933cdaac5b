import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { seatbelt } from '../../src/gateway/obligations/sandbox-mac.ts';
import { type SandboxPlan, sandboxPlan } from '../../src/gateway/obligations/sandbox-plan.ts';
import { dutyOf, machineAt } from './duty.ts';
import { scratchFolder } from '../support/scratch.ts';

const golden = join(import.meta.dirname, 'seatbelt.golden.txt');
const plain: SandboxPlan = { cwd: '/Users/me/app', write: ['/Users/me/app'], protect: [], hide: [], network: false, limits: {} };

const plans: Readonly<Record<string, SandboxPlan>> = {
  'a workspace': plain,
  'nothing written': { ...plain, write: [] },
  'network open': { ...plain, network: true },
  'what governs agents, and secrets': {
    ...plain,
    protect: ['/Users/me/app/.agent-policy.yaml', '/Users/me/app/.git/hooks'],
    hide: ['/Users/me/.ssh', '/Users/me/.config/gh'],
  },
  limits: { ...plain, limits: { memory_mb: 2048, processes: 64, cpu_seconds: 60, file_mb: 10 } },
  'odd names': {
    ...plain,
    write: [
      '/Users/me/a b',
      '/Users/me/(x)',
      '/Users/me/"q"',
      '/Users/me/back\\slash',
      "/Users/me/it's",
      '/Users/me/grün ü 日本 😀',
      '/Users/me/; (allow default)',
    ],
    hide: ['/Users/me/$HOME', '/Users/me/`id`', '/Users/me/#!x'],
  },
  'the real name of /tmp': { ...plain, write: ['/private/tmp', '/private/var/folders/ab/T'] },
};

/** The words that a shell makes of a command line. */
function words(line: string): readonly string[] {
  const { stdout, status } = spawnSync('bash', ['-c', `set -- ${line}; printf '%s\\0' "$@"`], { encoding: 'utf8' });
  assert.equal(status, 0);
  return stdout.split('\0').slice(0, -1);
}

type Form = string | { readonly text: string } | readonly Form[];

/** The forms of a profile: lists, words, and texts in quotes, in which a backslash stands before a quote or a backslash only. */
function parse(source: string): readonly Form[] {
  let at = 0;
  const read = (): Form => {
    if (source[at] === '(') {
      at++;
      const items: Form[] = [];
      for (skip(); source[at] !== ')'; skip()) {
        assert.ok(at < source.length, 'a list is not closed');
        items.push(read());
      }
      at++;
      return items;
    }
    if (source[at] === '"') {
      let text = '';
      for (at++; source[at] !== '"'; at++) {
        assert.ok(at < source.length, 'a text is not closed');
        if (source[at] === '\\') {
          at++;
          assert.match(source[at] ?? '', /["\\]/);
        }
        text += source[at];
      }
      at++;
      return { text };
    }
    const word = /^[\w*.+-]+/.exec(source.slice(at))?.[0];
    assert.ok(word !== undefined, `no form at ${source.slice(at, at + 20)}`);
    at += word.length;
    return word;
  };
  const skip = (): void => {
    while (/\s/.test(source[at] ?? '')) at++;
  };
  const forms: Form[] = [];
  for (skip(); at < source.length; skip()) forms.push(read());
  return forms;
}

const operations = ['default', 'network*', 'file-read*', 'file-write*', 'file-write-unlink', 'mach-lookup', 'appleevent-send'];
const filters = ['subpath', 'literal', 'global-name'];

/** The paths that a profile names, in its order; asserts that each form is one that there is. */
function pathsOf(profile: string): readonly string[] {
  const [version, ...rules] = parse(profile);
  assert.deepEqual(version, ['version', '1']);
  return rules.flatMap((rule) => {
    assert.ok(Array.isArray(rule));
    const [action, ...rest] = rule as readonly Form[];
    assert.ok(action === 'allow' || action === 'deny');
    return rest.flatMap((each) => {
      if (typeof each === 'string') {
        assert.ok(operations.includes(each), each);
        return [];
      }
      assert.ok(Array.isArray(each));
      const [filter, value, ...more] = each as readonly Form[];
      assert.ok(typeof filter === 'string' && filters.includes(filter) && more.length === 0);
      assert.ok(typeof value === 'object' && 'text' in value);
      return filter === 'subpath' ? [value.text] : [];
    });
  });
}

describe('the profile for Seatbelt', () => {
  const command = `echo "it's" '$HOME'`;
  const written = Object.entries(plans).map(([name, plan]) => ({ name, plan, argv: words(seatbelt.wrap(plan, command)) }));

  it('is as it was read and found good', () => {
    const text = written.map(({ name, argv }) => `=== ${name}\n${argv.join('\n--\n')}\n`).join('\n');
    if (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(golden)) writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, 'utf8'));
  });

  for (const { name, plan, argv } of written) {
    it(`${name}: is well formed and names the very paths`, () => {
      const [program, option, profile = '', shell, run, limited, last, ...rest] = argv;
      assert.deepEqual([program, option, shell, run, last, rest], ['/usr/bin/sandbox-exec', '-p', '/bin/bash', '-c', command, []]);
      assert.match(limited ?? '', /exec \/bin\/bash -c "\$0"$/);
      assert.deepEqual(pathsOf(profile), [...plan.write, ...plan.protect, ...plan.hide]);
    });
  }

  it('what comes last counts: what is hidden or protected stays so inside of what can be written', () => {
    const profile = written.find(({ name }) => name === 'what governs agents, and secrets')?.argv[2] ?? '';
    const at = (text: string): number => {
      assert.ok(profile.includes(text), text);
      return profile.indexOf(text);
    };
    assert.ok(at('(deny file-write*)') < at('(allow file-write* (subpath "/Users/me/app"))'));
    assert.ok(at('(allow file-write* (subpath') < at('(deny file-write* (subpath "/Users/me/app/.agent-policy.yaml")'));
    assert.ok(at('(allow file-write* (subpath') < at('(deny file-read* file-write* network* (subpath "/Users/me/.ssh")'));
  });

  it('a path that a profile cannot spell is refused', () => {
    for (const name of ['a\nb', 'a\tb', 'a\u0007b', 'a\u007fb', 'a\u0085b']) {
      for (const key of ['write', 'protect', 'hide'] as const) {
        assert.match(seatbelt.problemWith({ ...plain, [key]: [`/Users/me/${name}`] }) ?? '', /control character/);
      }
    }
  });

  it('is made of real paths: a link does not lead out of what is meant', () => {
    const home = scratchFolder('seatbelt');
    try {
      mkdirSync(join(home, 'private/tmp'), { recursive: true });
      mkdirSync(join(home, 'project'));
      symlinkSync('private/tmp', join(home, 'tmp'));
      const call = {
        args: { command },
        actions: [{ kind: 'bash', command } as const],
        cwd: join(home, 'project'),
        workspace: join(home, 'project'),
        home,
      };
      const plan = sandboxPlan({
        ...dutyOf(home, { obligations: [{ name: 'sandbox', params: { write: ['.', '../tmp'] } }], call }),
        machine: machineAt(home),
        params: {},
      });
      assert.ok('write' in plan);
      assert.deepEqual(plan.write, [join(home, 'project'), join(home, 'private/tmp')]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
