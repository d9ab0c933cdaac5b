import type { CompiledRule, Match, RuleSource, TextTest } from './compiled.ts';
import { parseGlob } from './glob.ts';
import { toProgram } from './pattern.ts';
import { sectionPriority } from './sections.ts';

/** Whether a match asks who owns a path. */
export function looksAtOwners({ owner, not }: Match): boolean {
  return owner !== undefined || (not?.some(looksAtOwners) ?? false);
}

const equal = (...texts: readonly string[]): readonly TextTest[] => texts.map((text) => ({ is: 'equal', text }));

function codeOwnersFiles(): Match {
  const source = '**/CODEOWNERS';
  const parsed = parseGlob(`/${source}`);
  const result = 'pattern' in parsed ? toProgram(parsed.pattern) : parsed;
  return 'program' in result
    ? { effects: ['write', 'delete'], paths: [{ base: 'root', test: { is: 'whole', program: result.program, source }, source }] }
    : { effects: ['write', 'delete'] };
}

const refFolder = 'refs/remotes/';
/** A word that names the local copy of a remote's branch. */
const remoteRef: TextTest = {
  is: 'search',
  source: refFolder,
  program: { steps: [...[...refFolder].map((char) => ['char', char.codePointAt(0) ?? 0] as const), ['end'] as const] },
};

/** In a layer that asks who owns what, to change who does is put to a person: rules of the layer with a lower priority go first. */
export function ownerRules(file: string): readonly CompiledRule[] {
  const source: RuleSource = { file, line: 1 };
  const base = { action: 'escalate', priority: sectionPriority, source } as const;
  const git = equal('git');
  return [
    {
      ...base,
      name: 'owners.file',
      match: codeOwnersFiles(),
      reason: 'The policy asks CODEOWNERS who owns what, and this changes it.',
    },
    {
      ...base,
      name: 'owners.ref',
      match: {
        command: [
          { program: git, subcommand: equal('remote'), args: equal('set-head', 'set-url', 'rename', 'remove', 'rm') },
          { program: git, subcommand: equal('symbolic-ref', 'update-ref') },
          { program: git, subcommand: equal('fetch', 'pull', 'push'), args: [remoteRef] },
        ],
      },
      reason: 'The policy asks the CODEOWNERS of the remote’s default branch who owns what, and this changes what is taken for it.',
    },
  ];
}
