import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { scratchFolder } from '../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..');

/** The table "Rooms" of docs/architecture.md: which room may import which. */
function roomsTable(): ReadonlyMap<string, ReadonlySet<string>> {
  const text = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `src\/([a-z]+)` \|.*\| ([^|]+) \|$/gm)].map((row): [string, string] => [row[1] ?? '', row[2] ?? '']);
  const names = rows.map(([name]) => name);
  const rooms = new Map<string, ReadonlySet<string>>();
  for (const [name, may] of rows) {
    const except = /^all but (\w+)$/.exec(may)?.[1];
    if (may === 'all of the above') rooms.set(name, new Set(names.slice(0, names.indexOf(name))));
    else if (except !== undefined) rooms.set(name, new Set(names.filter((other) => other !== except)));
    else rooms.set(name, new Set(names.filter((other) => new RegExp(`\\b${other}\\b`).test(may))));
  }
  return rooms;
}

/** Neither has a reason to see the other's screen. */
const neverNeeded = new Set(['cli -> webview', 'cli -> vscode']);

describe('rooms', () => {
  const rooms = roomsTable();
  const scratch = scratchFolder('rooms');
  let complaints: ReadonlySet<string> = new Set();

  const probes: { readonly file: string; readonly imports: string; readonly allowed: boolean }[] = [];
  for (const [room, may] of rooms) {
    for (const other of rooms.keys()) {
      if (other === room || (may.has(other) && neverNeeded.has(`${room} -> ${other}`))) continue;
      probes.push({ file: `src/${room}/probe-${other}.ts`, imports: `../${other}/thing.ts`, allowed: may.has(other) });
      probes.push({ file: `src/${room}/deep/probe-${other}.ts`, imports: `../../${other}/thing.ts`, allowed: may.has(other) });
    }
    probes.push({ file: `src/${room}/probe-editor.ts`, imports: 'vscode', allowed: room === 'vscode' });
    probes.push({ file: `src/${room}/probe-own.ts`, imports: './deep/thing.ts', allowed: true });
    probes.push({ file: `src/${room}/probe-extension.ts`, imports: '../extension.ts', allowed: false });
  }
  for (const room of ['model', 'analysis', 'policy', 'webview']) {
    probes.push({ file: `src/${room}/probe-disk.ts`, imports: 'node:fs', allowed: false });
    probes.push({ file: `src/${room}/probe-process.ts`, imports: 'node:child_process', allowed: false });
  }
  probes.push({ file: 'src/platform/probe-disk.ts', imports: 'node:fs', allowed: true });
  probes.push({ file: 'src/hook.ts', imports: './cli/probe.ts', allowed: false });
  probes.push({ file: 'src/gate.ts', imports: './cli/probe.ts', allowed: false });
  probes.push({ file: 'src/cli.ts', imports: './vscode/probe.ts', allowed: false });
  probes.push({ file: 'src/index.ts', imports: 'vscode', allowed: false });
  probes.push({ file: 'src/extension.ts', imports: './vscode/probe.ts', allowed: true });

  before(() => {
    const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    delete config.$schema;
    config.vcs.enabled = false;
    writeFileSync(join(scratch, 'biome.json'), JSON.stringify(config));
    for (const { file, imports } of probes) {
      mkdirSync(join(scratch, file, '..'), { recursive: true });
      writeFileSync(join(scratch, file), `import { thing } from '${imports}';\n\nthing();\n`);
    }
    cpSync(join(root, 'package.json'), join(scratch, 'package.json'));
    const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', '--only=style/noRestrictedImports', 'src'];
    const { stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: scratch, encoding: 'utf8', maxBuffer: 1 << 26 });
    const report: { diagnostics: readonly { category: string; location: { path: string | { file: string } } }[] } = JSON.parse(stdout);
    complaints = new Set(
      report.diagnostics.map(({ location }) => (typeof location.path === 'string' ? location.path : location.path.file)),
    );
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('has every room of the table', () => {
    assert.deepEqual([...rooms.keys()].slice(0, 4), ['model', 'platform', 'analysis', 'policy']);
    assert.equal(rooms.size, 16);
  });

  it('refuses every import that the table does not allow, and no other', () => {
    const wrong = probes.filter(({ file, allowed }) => complaints.has(file) === allowed);
    assert.deepEqual(wrong, []);
  });
});
