import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'mocha';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { analyzeCommand } from '../../../src/analysis/analyze.ts';
import { readCases } from '../../corpus/cases.ts';
import { fixedWorld } from '../fixed-world.ts';

const require = createRequire(import.meta.url);

/** The PowerShell of the labelled corpus: what stands in quotes after `pwsh -c`. */
function scripts(): readonly string[] {
  return readCases().flatMap(({ tool, args }) => {
    const command = typeof args === 'object' && args !== null && 'command' in args && typeof args.command === 'string' ? args.command : '';
    const [, double, single] =
      /^(?:pwsh|powershell)(?:\.exe)?(?:\s+-(?:NoProfile|NonInteractive|NoLogo))*\s+-[cC]\w*\s+(?:"((?:\\.|[^"\\])*)"|'([^']*)')$/s.exec(
        command,
      ) ?? [];
    if (tool !== 'bash' || (double === undefined && single === undefined)) return [];
    if (double !== undefined && /(?:^|[^\\])(?:\\\\)*[$`]/.test(double)) return [];
    return [double?.replace(/\\([\\$`"])/g, '$1') ?? single ?? ''];
  });
}

/** Where the names of commands stand that a tree holds and that are written out; functions that the text defines are no programs. */
function namesIn(root: Node): readonly Node[] {
  const names: Node[] = [];
  const defined = new Set<string>();
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'function_name') defined.add(node.text.toLowerCase());
    if (node.type === 'command_name' && /^[\w.-]+$/.test(node.text)) names.push(node);
    for (const child of node.children) if (child !== null) pending.push(child);
  }
  return names.filter((name) => !defined.has(name.text.toLowerCase()));
}

describe('analysis: a second opinion on PowerShell', () => {
  it('tree-sitter-powershell sees no command in the corpus that ours does not', async () => {
    await Parser.init({ locateFile: () => require.resolve('web-tree-sitter/web-tree-sitter.wasm') });
    const parser = new Parser();
    parser.setLanguage(await Language.load(require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm')));
    const world = fixedWorld({});
    const missed: string[] = [];
    let compared = 0;
    for (const script of scripts()) {
      const tree = parser.parse(script);
      if (tree === null) continue;
      // A program that nobody knows, put where a command stands, must be one that is started.
      for (const { text, startIndex, endIndex } of tree.rootNode.hasError ? [] : namesIn(tree.rootNode)) {
        const probed = `${script.slice(0, startIndex)}zz-probe${script.slice(endIndex)}`;
        const { effects } = analyzeCommand(probed, { cwd: '/home/dev/project', home: '/home/dev', dialect: 'powershell' }, world);
        if (effects.some(({ certainty }) => certainty === 'opaque')) continue;
        compared += 1;
        if (!effects.some(({ program }) => program === 'zz-probe')) missed.push(`${text}: ${script}`);
      }
      tree.delete();
    }
    parser.delete();
    assert.ok(compared > 60, `only ${compared} commands were compared`);
    assert.deepEqual(missed, []);
  }).timeout(60_000);
});
