import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { analyzeCommand } from '../../src/analysis/analyze.ts';
import { builtins } from '../../src/analysis/shell/builtins.ts';
import { fixedWorld } from './fixed-world.ts';
import { programName } from '../../src/analysis/paths.ts';

const corpus = join(import.meta.dirname, '..', 'corpus');
const require = createRequire(import.meta.url);

/** The shell commands of the labelled corpus. */
function commands(): readonly string[] {
  const lines = readdirSync(corpus)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(corpus, name), 'utf8').split('\n'));
  return lines.flatMap((line) => {
    const entry: { readonly tool?: string; readonly args?: { readonly command?: string; readonly dialect?: string } } =
      line === '' ? {} : JSON.parse(line);
    return entry.tool === 'bash' && entry.args?.command !== undefined && entry.args.dialect === undefined ? [entry.args.command] : [];
  });
}

/** Names of the commands that a tree holds, where a name is written out; functions that the text defines are no programs. */
function namesIn(root: Node): readonly string[] {
  const names: string[] = [];
  const defined = new Set<string>();
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'function_definition') defined.add(node.childForFieldName('name')?.text ?? '');
    if (node.type === 'command_name' && /^[\w./+-]+$/.test(node.text)) names.push(node.text);
    for (const child of node.children) if (child !== null) pending.push(child);
  }
  return names.filter((name) => !defined.has(name));
}

/** Words that tree-sitter takes for commands and Bash for its own. */
const keywords = new Set(['time', 'coproc']);

// What can never run is not followed here, and another parser cannot know that it never runs.
const unreachable = /\b(?:exit|return|exec|false|break|continue|alias|case|if|while|until|for)\b|\[\[|\(\(|\[ /;

describe('analysis: a second opinion', () => {
  it('tree-sitter-bash sees no command in the corpus that ours does not', async () => {
    await Parser.init({ locateFile: () => require.resolve('web-tree-sitter/web-tree-sitter.wasm') });
    const parser = new Parser();
    parser.setLanguage(await Language.load(require.resolve('tree-sitter-bash/tree-sitter-bash.wasm')));
    const world = fixedWorld({});
    const missed: string[] = [];
    let compared = 0;
    for (const command of commands()) {
      const tree = parser.parse(command);
      if (tree === null) continue;
      const names = tree.rootNode.hasError ? [] : namesIn(tree.rootNode);
      tree.delete();
      if (names.length === 0 || unreachable.test(command)) continue;
      const { effects } = analyzeCommand(command, { cwd: '/home/dev/project', home: '/home/dev' }, world);
      if (effects.some(({ certainty }) => certainty === 'opaque')) continue;
      compared += 1;
      const ours = new Set(effects.map(({ program }) => program));
      // A copy of or link to a program goes by the program's name here.
      for (const name of names)
        if (!ours.has(programName(name)) && !builtins.has(name) && !keywords.has(name) && !name.includes('/'))
          missed.push(`${name}: ${command}`);
    }
    parser.delete();
    assert.ok(compared > 1000, `only ${compared} commands were compared`);
    assert.deepEqual(missed, []);
  }).timeout(60_000);
});
