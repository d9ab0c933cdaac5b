// What an installation on Windows writes, in paths as Windows has them.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Machine, shellForm } from '../../../src/agents/install/place.ts';
import { type Placement, targets } from '../../../src/agents/install/targets.ts';

/** What PowerShell makes of a string in single quotes: any of its five quotes ends it, two of them stand for one. */
function unquoted(text: string): string {
  assert.match(text, /^'(?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*'$/, `not one string: ${text}`);
  return text.slice(1, -1).replaceAll(/(['\u2018-\u201b])['\u2018-\u201b]/g, '$1');
}

const paths: readonly (readonly [name: string, node: string, local: string])[] = [
  ['plain', 'C:\\node\\node.exe', 'C:\\Users\\me\\AppData\\Local'],
  ['spaces', 'C:\\Program Files\\nodejs\\node.exe', 'C:\\Users\\My Name\\AppData\\Local'],
  ['brackets', 'C:\\Program Files (x86)\\nodejs\\node.exe', 'D:\\[users]\\me\\AppData\\Local'],
  ['an apostrophe', "C:\\Users\\O'Brien\\node.exe", "C:\\Users\\O'Brien\\AppData\\Local"],
  ['curly quotes', 'C:\\Users\\O\u2019Brien\\node.exe', 'C:\\Users\\\u2018me\u2019\\AppData\\Local'],
  ['what PowerShell would replace', 'C:\\$env\\`n;node.exe', 'C:\\Users\\$(me) & co\\AppData\\Local'],
  ['letters of the world', 'C:\\Größe\\node.exe', 'C:\\Users\\名前\\AppData\\Local'],
  ['another machine', '\\\\server\\share\\node.exe', '\\\\server\\home\\me\\AppData\\Local'],
];

const machineOf = (node: string, local: string): Machine => ({
  env: { LOCALAPPDATA: local },
  platform: 'win32',
  home: 'C:\\Users\\me',
  project: 'C:\\project',
  node,
});

/** All command lines in a placement's file, as the agent would read them. */
function commands(placement: Placement): readonly string[] {
  const found: string[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value))
        ['command', 'windows', 'powershell'].includes(key) && typeof inner === 'string' ? found.push(inner) : collect(inner);
  };
  if (placement.kind === 'entries') collect(placement.entries);
  else if (placement.kind === 'whole' && placement.file.endsWith('.json')) collect(JSON.parse(placement.text));
  return found;
}

describe('agents: install on Windows', () => {
  for (const [name, node, local] of paths) {
    it(`${name}: the command line names the program as it is`, () => {
      const line = shellForm(machineOf(node, local), 'user', 'qwen');
      const [, program = '', script = ''] = /^& ('.*node\.exe') ('.*hook\.cjs') qwen; if \(\$LASTEXITCODE -ne 0\)/.exec(line) ?? [];
      assert.equal(unquoted(program), node);
      assert.equal(unquoted(script).replaceAll('/', '\\'), `${local}\\agent-policy\\bin\\hook.cjs`);
    });

    it(`${name}: every file that an agent reads says the same`, () => {
      const machine = machineOf(node, local);
      for (const target of targets) {
        for (const placement of target.files[target.files.user === undefined ? 'project' : 'user']?.(machine) ?? []) {
          for (const command of commands(placement))
            assert.ok(
              // VS Code and Copilot's CLI share one file.
              [node, shellForm(machine, 'user', target.id === 'vscode' ? 'copilot' : target.id)].includes(command),
              `${target.id}: ${command}`,
            );
          if (placement.kind === 'codex-trust') {
            const definition: unknown = JSON.parse(placement.definition);
            assert.ok(JSON.stringify(definition).includes(JSON.stringify(shellForm(machine, 'user', 'codex'))));
          }
          if (placement.kind === 'whole' && /\.[jt]s$/.test(placement.file)) {
            const written = /^const command = (.*);$/m.exec(placement.text)?.[1] ?? '';
            assert.equal(JSON.parse(written), node, target.id);
          }
        }
      }
    });
  }

  it('whatever does not answer is a denial: no exit code, one of a crash, one of a denial', () => {
    const line = shellForm(machineOf('C:\\node.exe', 'C:\\l'), 'user', 'qwen');
    // A program that is missing leaves $LASTEXITCODE as it was at the start of the process: nothing, which is not 0.
    assert.match(
      line,
      /if \(\$LASTEXITCODE -ne 0\) \{ if \(\$LASTEXITCODE -ne 2\) \{ \[Console\]::Error\.WriteLine\('agent-policy: .*'\) \}; exit 2 \}$/,
    );
  });
});
