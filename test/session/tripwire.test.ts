import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import { isInProtectedFolder, filesIn, protectedFiles, protectedFolders } from '../../src/session/protected-files.ts';
import { type KnownFile, isExplainedBy, stateOf, Tripwire } from '../../src/session/tripwire.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('tripwire', () => {
  let base: string;
  let file: string;
  let explained: boolean;
  const make = (limits?: ConstructorParameters<typeof Tripwire>[0]['limits']) =>
    new Tripwire({ folder: join(base, 'known'), isExplained: () => explained, ...(limits === undefined ? {} : { limits }) });

  beforeEach(() => {
    base = scratchFolder('tripwire');
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
    const change = wire.look(file);
    assert.equal(change?.before.content?.toString(), 'two\n');
    writeFileSync(file, 'four, after the question was shown\n');
    assert.equal(wire.keep(file, change.after), false);
    const newer = wire.look(file);
    assert.equal(newer?.before.content?.toString(), 'two\n');
    assert.equal(wire.keep(file, newer.after), true);
    assert.equal(wire.look(file), undefined);
  });

  it('takes what a person did, if that is what is there', () => {
    const wire = make();
    wire.look(file);
    rmSync(file);
    wire.takeIf(file, ({ content }) => content?.length === 0);
    assert.ok(wire.look(file));
    wire.takeIf(file, ({ content }) => content === undefined);
    assert.equal(wire.look(file), undefined);
  });

  it('tells of a new file in a folder that was watched before, and learns those that were there', () => {
    const wire = make();
    const [old, fresh] = [join(base, 'hooks', 'old.json'), join(base, 'hooks', 'fresh.json')];
    mkdirSync(join(base, 'hooks'));
    writeFileSync(old, '{}');
    assert.equal(wire.look(old), undefined);
    writeFileSync(fresh, '{}');
    assert.equal(wire.look(fresh, true)?.before.content, undefined);
    wire.restore(fresh);
    assert.deepEqual(filesIn(join(base, 'hooks')), [old]);
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
    assert.equal(readdirSync(join(base, 'known')).length, 2);
  });

  it('forgets what was not looked at for longest, so that new projects are watched, too', () => {
    const limits = { file: 100, total: 1000, files: 20 };
    for (let project = 0; project < 10; project += 1) {
      const wire = make(limits);
      for (let index = 0; index < 8; index += 1) wire.look(join(base, `project-${project}`, `absent-${index}`));
      // Used by every project, so it is never the oldest.
      wire.look(file);
      assert.ok(wire.paths.length <= limits.files);
      assert.ok(readdirSync(join(base, 'known')).length <= limits.files);
    }
    writeFileSync(file, 'changed\n');
    const wire = make(limits);
    assert.equal(wire.look(file)?.before.content?.toString(), 'version: 1\n');
    assert.ok(wire.known(join(base, 'project-9', 'absent-7')));
    assert.equal(wire.known(join(base, 'project-0', 'absent-0')), undefined);
  });

  it('a decision or a person explains a change, for a short time', () => {
    const now = Date.parse('2026-01-01T00:00:30Z');
    const wanted: KnownFile = { content: Buffer.from('wanted\n'), mode: 0o644 };
    const other: KnownFile = { content: Buffer.from('other\n'), mode: 0o644 };
    const decision = (more: object) =>
      ({
        type: 'decision',
        outcome: 'approve',
        timestamp: '2026-01-01T00:00:00.000Z',
        effects: [{ kind: 'write', certainty: 'exact', path: '/p/f' }],
        ...more,
      }) as unknown as AuditRecord;
    const event = (name: string, details: object, timestamp = '2026-01-01T00:00:00.000Z') =>
      ({ type: 'event', event: name, timestamp, details: { file: '/p/f', after: stateOf(wanted), ...details } }) as unknown as AuditRecord;
    for (const [records, path, after, expected] of [
      [[decision({})], '/p/f', wanted, true],
      [[decision({})], '/p/g', wanted, false],
      [[decision({ outcome: 'deny' })], '/p/f', wanted, false],
      [[decision({ timestamp: '2025-12-31T23:59:00.000Z' })], '/p/f', wanted, false],
      [[decision({ timestamp: 'never' })], '/p/f', wanted, false],
      [[decision({ effects: [{ kind: 'read', certainty: 'exact', path: '/p/f' }] })], '/p/f', wanted, false],
      [[decision({ effects: [{ kind: 'delete', certainty: 'exact', path: '/p' }] })], '/p/f', wanted, true],
      [[event('protected-file-changed', { outcome: 'saved' })], '/p/f', wanted, true],
      [[event('protected-file-changed', { outcome: 'kept' })], '/p/f', wanted, true],
      [[event('policy-changed', {})], '/p/f', wanted, true],
      [[event('policy-changed', {})], '/p/f', other, false],
      [[event('policy-changed', {})], '/p/g', wanted, false],
      [[event('policy-changed', {}, '2025-12-31T23:59:00.000Z')], '/p/f', wanted, false],
      // What was seen or put back is the state that nobody wanted.
      [[event('protected-file-changed', { outcome: 'seen' })], '/p/f', wanted, false],
      [[event('protected-file-changed', { outcome: 'restored' })], '/p/f', wanted, false],
      [[event('mode-changed', {})], '/p/f', wanted, false],
      [[], '/p/f', wanted, false],
    ] as const)
      assert.equal(isExplainedBy(records, { path, before: other, after }, now), expected, JSON.stringify(records));
  });

  it('protects what governs agents', () => {
    const files = protectedFiles([base], '/home/u', '/home/u/.config/agent-policy');
    for (const path of [
      file,
      join(base, '.vscode/settings.json'),
      join(base, '.git/hooks/pre-push'),
      '/home/u/.claude/settings.json',
      '/home/u/.config/agent-policy/policy.yaml',
    ])
      assert.ok(files.includes(path), path);
    assert.ok(protectedFolders([base], '/home/u').includes(join(base, '.github/hooks')));
    assert.ok(!isInProtectedFolder(join(base, '.github/hooks/new.json.1.next'), [base], '/home/u'));
    assert.ok(isInProtectedFolder(join(base, '.github/hooks/new.json'), [base], '/home/u'));
    assert.ok(!isInProtectedFolder(join(base, 'src/new.json'), [base], '/home/u'));
  });
});
