import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, UsageError } from './command.ts';

const help = `Writes a first .agent-policy.yaml into this directory, by what is in it: what it protects, and scenarios to start from.

Usage: agent-policy init [--print]

Options:
  --print   print it instead of writing it

Exit codes: 0 written, 1 there is one already.
`;

export const init: Command = { summary: 'write a first policy for this project', help, options: { print: { type: 'boolean' } }, run };

/** What a project has, and what is then worth a rule of its own. Whoever writes it can take out what does not fit. */
const findings: readonly {
  readonly has: (names: ReadonlySet<string>) => boolean;
  readonly name: string;
  readonly paths: readonly string[];
  readonly reason: string;
  readonly example: string;
}[] = [
  {
    has: (names) => names.has('migrations') || names.has('db') || names.has('prisma'),
    name: 'migrations-are-reviewed',
    paths: ['**/migrations/**'],
    reason: 'Migrations change data that cannot be brought back, so a person looks at them first.',
    example: 'migrations/001_first.sql',
  },
  {
    has: (names) => names.has('.github') || names.has('.gitlab-ci.yml') || names.has('.circleci'),
    name: 'ci-is-reviewed',
    paths: ['.github/workflows/**', '.gitlab-ci.yml', '.circleci/**'],
    reason: 'What runs in CI runs with the rights of the project, so a person looks at it first.',
    example: '.github/workflows/ci.yml',
  },
  {
    has: (names) => names.has('terraform') || names.has('infra') || [...names].some((name) => name.endsWith('.tf')),
    name: 'infrastructure-is-reviewed',
    paths: ['**/*.tf', 'infra/**', 'terraform/**'],
    reason: 'Infrastructure is shared, so a person looks at changes first.',
    example: 'infra/main.tf',
  },
  {
    has: (names) => names.has('CODEOWNERS') || names.has('LICENSE'),
    name: 'project-files-are-reviewed',
    paths: ['CODEOWNERS', '.github/CODEOWNERS', 'LICENSE'],
    reason: 'Who owns what, and the licence, are for people to change.',
    example: 'LICENSE',
  },
];

async function run(parsed: Parsed, io: Io): Promise<number> {
  if (parsed.positionals.length > 0) throw new UsageError('takes no name: it writes .agent-policy.yaml into this directory');
  const path = join(io.cwd, '.agent-policy.yaml');
  const text = firstPolicy(basename(io.cwd), new Set(readdirSync(io.cwd)));
  if (hasFlag(parsed, 'print')) {
    await io.out(text);
    return exitCodes.ok;
  }
  if (existsSync(path)) throw new UsageError(`there is a policy already: ${path}`);
  writeFileSync(path, text, { flag: 'wx' });
  await io.out(`Written: ${path}\nTry it: agent-policy test, agent-policy check -- git push --force\n`);
  return exitCodes.ok;
}

/** Text of a first policy for a project of that name with those files. */
export function firstPolicy(project: string, names: ReadonlySet<string>): string {
  const rules = findings.filter(({ has }) => has(names));
  const id =
    project
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'project';
  const list = (items: readonly string[]): string => items.map((item) => JSON.stringify(item)).join(', ');
  return [
    '# What coding agents may do here. The template brings the rules for everyday development;',
    '# rules below only tighten them, unless a person approves this exact file with `agent-policy trust`.',
    'version: 1',
    `id: ${id}`,
    "revision: '1'",
    'extends: [safe_coding]',
    ...(rules.length === 0 ? ['policies: []'] : ['policies:']),
    ...rules.flatMap(({ name, paths, reason }) => [
      `  - name: ${name}`,
      `    match: { effects: [write, delete], paths: [${list(paths)}] }`,
      '    action: escalate',
      `    reason: ${reason}`,
    ]),
    'tests:',
    '  - { name: everyday work runs, tool: bash, args: { command: git commit -m "a change" }, expect: approve }',
    '  - { name: a force push does not, tool: bash, args: { command: git push --force }, expect: deny }',
    ...rules.map(
      ({ name, example }) =>
        `  - { name: ${name.replaceAll('-', ' ')}, tool: write, args: { path: ${example}, content: x }, expect: escalate, rule: ${name} }`,
    ),
    '',
  ].join('\n');
}
