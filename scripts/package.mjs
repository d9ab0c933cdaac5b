// Makes agent-policy.vsix from dist/ and holds it to its size.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const limit = 1_500_000;
const out = join(root, 'agent-policy.vsix');
const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', out],
  {
    cwd: root,
    encoding: 'utf8',
  },
);
console.log(`${stdout}${stderr}`.trimEnd());
if (status !== 0) process.exit(1);
// What it warns of is a fault of the package: a marketplace shows it, or turns it away.
if (/^\s*WARN/m.test(`${stdout}${stderr}`)) process.exit(1);
const { size } = statSync(out);
console.log(`agent-policy.vsix: ${size} bytes of at most ${limit}`);
if (size > limit) process.exit(1);
