import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import { isExplainedBy, isInProtectedFolder, protectedFiles, Tripwire } from '../../src/session/tripwire.ts';

describe('tripwire', () => {
  let base: string;
  let file: string;
  let explained: boolean;
  const make = (limits?: ConstructorParameters<typeof Tripwire>[0]['limits']) =>
    new Tripwire({ folder: join(base, 'known'), isExplained: () => explained, ...(limits === undefined ? {} : { limits }) });

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'agent-policy-tripwire-'));
    file = join(base, '.agent-policy.yaml');
    explained = false;
    writeFileSync(file, 'version: 1\n');
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('tells of a change that nothing explains, and puts the file back', () => {
    const wire = make();
    assert.equal(wire.look(file), undefined);
    writeFileSync(file, 'mode: shadow\n');
    const change = wire.look(file);
    assert.equal(change?.before.content?.toString(), 'version: 1\n');
    assert.equal(change?.after.content?.toString(), 'mode: shadow\n');
    wire.restore(file);
    assert.equal(readFileSync(file, 'utf8'), 'version: 1\n');
    assert.equal(wire.look(file), undefined);
  });

  it('takes what is explained or kept as known', () => {
    const wire = make();
    wire.look(file);
    explained = true;
    writeFileSync(file, 'two\n');
    assert.equal(wire.look(file), undefined);
    explained = false;
    writeFileSync(file, 'three\n');
    assert.equal(wire.look(file)?.before.content?.toString(), 'two\n');
    wire.keep(file);
    assert.equal(wire.look(file), undefined);
  });

  it('knows a file that was deleted, one that is new, and one whose permissions changed', () => {
    const wire = make();
    const hook = join(base, 'pre-push');
    writeFileSync(hook, '#!/bin/sh\n');
    chmodSync(hook, 0o755);
    const fresh = join(base, 'fresh.json');
    for (const path of [file, hook, fresh]) wire.look(path);
    rmSync(file);
    chmodSync(hook, 0o644);
    writeFileSync(fresh, '{}');
    for (const path of [file, hook, fresh]) {
      assert.ok(wire.look(path), path);
      wire.restore(path);
      assert.equal(wire.look(path), undefined, path);
    }
    assert.equal(statSync(hook).mode & 0o777, 0o755);
    assert.ok(!existsSync(fresh));
  });

  it('does not write through a link that was put in the place of the file', () => {
    const wire = make();
    wire.look(file);
    const elsewhere = join(base, 'elsewhere');
    writeFileSync(elsewhere, 'mine\n');
    rmSync(file);
    symlinkSync(elsewhere, file);
    assert.ok(wire.look(file));
    wire.restore(file);
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine\n');
    assert.equal(readFileSync(file, 'utf8'), 'version: 1\n');
  });

  it('remembers over a restart, for this user only', () => {
    make().look(file);
    writeFileSync(file, 'while the editor was closed\n');
    assert.equal(make().look(file)?.before.content?.toString(), 'version: 1\n');
    const folder = join(base, 'known');
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"path":1');
    assert.deepEqual(make().paths, []);
  });

  it('keeps within its limits', () => {
    const wire = make({ file: 100, total: 150, files: 2 });
    const paths = ['a', 'b', 'c', 'd'].map((name) => join(base, name));
    for (const [index, path] of paths.entries()) writeFileSync(path, 'x'.repeat([90, 101, 90, 10][index] ?? 0));
    for (const path of paths) assert.equal(wire.look(path), undefined);
    assert.deepEqual(wire.paths, [paths[0], paths[3]]);
  });

  it('a decision explains its own effect, for a short time', () => {
    const now = Date.parse('2026-01-01T00:00:30Z');
    const record = (more: object) =>
      ({
        type: 'decision',
        outcome: 'approve',
        timestamp: '2026-01-01T00:00:00.000Z',
        effects: [{ kind: 'write', certainty: 'exact', path: '/p/f' }],
        ...more,
      }) as unknown as DecisionRecord;
    for (const [records, path, expected] of [
      [[record({})], '/p/f', true],
      [[record({})], '/p/g', false],
      [[record({ outcome: 'deny' })], '/p/f', false],
      [[record({ timestamp: '2025-12-31T23:59:00.000Z' })], '/p/f', false],
      [[record({ timestamp: 'never' })], '/p/f', false],
      [[record({ effects: [{ kind: 'read', certainty: 'exact', path: '/p/f' }] })], '/p/f', false],
      [[record({ effects: [{ kind: 'delete', certainty: 'exact', path: '/p' }] })], '/p/f', true],
      [[], '/p/f', false],
    ] as const)
      assert.equal(isExplainedBy(records, path, now), expected);
  });

  it('protects what governs agents', () => {
    mkdirSync(join(base, '.github', 'hooks'), { recursive: true });
    writeFileSync(join(base, '.github', 'hooks', 'guard.json'), '{}');
    const files = protectedFiles([base], '/home/u', '/home/u/.config/agent-policy');
    for (const path of [
      file,
      join(base, '.vscode/settings.json'),
      join(base, '.git/hooks/pre-push'),
      join(base, '.github/hooks/guard.json'),
      '/home/u/.claude/settings.json',
      '/home/u/.config/agent-policy/policy.yaml',
    ])
      assert.ok(files.includes(path), path);
    assert.ok(isInProtectedFolder(join(base, '.github/hooks/new.json'), [base], '/home/u'));
    assert.ok(!isInProtectedFolder(join(base, 'src/new.json'), [base], '/home/u'));
  });
});
