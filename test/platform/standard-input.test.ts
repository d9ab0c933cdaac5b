import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { scratchFolder } from '../support/scratch.ts';

const sources = join(import.meta.dirname, '..', '..', 'src', 'platform');
/** Prints what it has read and ends with 3, as a hook ends with its verdict. */
const reader = `
  import { readStandardInput } from ${JSON.stringify(join(sources, 'input.ts'))};
  import { leave } from ${JSON.stringify(join(sources, 'leave.ts'))};
  import { writeSync } from 'node:fs';
  writeSync(1, JSON.stringify(await readStandardInput(200_000, 700)) + '\\n');
  leave(3);
`;
const args = ['--input-type=module', '--eval', reader];
const quoted = [process.execPath, ...args].map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ');
const endless = '{"problem":"The input did not end within 700 ms."}\n';

/** What the reader prints where a shell gives it its input. */
function checkShell(command: string, expected: string): void {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command.replace('READER', () => quoted)], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 3, stdout: expected, stderr: '' });
}

/** What it prints where this process writes to it through a socket, as agents that run on Node do. */
async function checkSocket(pieces: readonly string[], ends: boolean, expected: string): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    output += data;
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  for (const piece of pieces) {
    child.stdin.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (ends) child.stdin.end();
  assert.equal(await closed, 3);
  assert.equal(output, expected);
}

describe('standard input', function () {
  this.timeout(30_000);

  it('comes through a pipe', () => checkShell(`printf '{"a":1}' | READER`, '{"value":"{\\"a\\":1}"}\n'));
  it('comes in pieces', () => checkShell(`{ printf '\\303'; sleep 0.1; printf '\\244'; } | READER`, '{"value":"ä"}\n'));
  it('comes from a file', () => {
    const folder = scratchFolder('input');
    const file = join(folder, 'input');
    writeFileSync(file, '\uFEFFtext');
    const descriptor = openSync(file, 'r');
    try {
      const { status, stdout } = spawnSync(process.execPath, args, { stdio: [descriptor, 'pipe', 'inherit'], encoding: 'utf8' });
      assert.deepEqual([status, stdout], [3, '{"value":"text"}\n']);
    } finally {
      closeSync(descriptor);
      rmSync(folder, { recursive: true });
    }
  });
  it('comes through a socket', () => checkSocket(['{', '}'], true, '{"value":"{}"}\n'));
  it('is nothing where it is closed', () => checkShell('READER <&-', '{"value":""}\n'));
  it('is nothing where it is the null device', () => checkShell('READER </dev/null', '{"value":""}\n'));
  it('is a folder', () =>
    checkShell('READER </', '{"problem":"The input cannot be read: EISDIR: illegal operation on a directory, read."}\n'));
  it('is no text', () => checkShell(`printf '\\303' | READER`, '{"problem":"The input is not valid UTF-8."}\n'));
  it('is too large', () => checkShell('head -c 200001 /dev/zero | READER', '{"problem":"The input is larger than 200000 bytes."}\n'));
  it('is too large and endless', () => checkShell('yes | READER', '{"problem":"The input is larger than 200000 bytes."}\n'));
  it('never ends: a pipe', () => checkShell('READER < <(printf x; exec sleep 5 2>&-)', endless));
  it('never ends: a socket', () => checkSocket(['x'], false, endless));
  it('never ends: a terminal', () => {
    const { stdout } = spawnSync('script', ['-qec', quoted, '/dev/null'], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    assert.match(stdout, /did not end within 700 ms|"value":""/);
  });
  it('is not blocking', () =>
    checkShell(
      `perl -MFcntl -e 'pipe R, W; fcntl(R, F_SETFL, O_NONBLOCK); syswrite W, "x";
if (fork) { close W; open STDIN, "<&R"; exec @ARGV } close STDOUT; close STDERR; select(undef, undef, undef, 0.2); syswrite W, "y"' READER`,
      '{"value":"xy"}\n',
    ));
});
