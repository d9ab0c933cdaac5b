import { analyze } from '../analysis/analyze.ts';
import type { Dialect, ToolCall } from '../model/tool-call.ts';
import { batch } from './batch.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { commandOf, effectForOutput, type Place, readPlace } from './request.ts';
import { worlds } from './world.ts';

const dialects: readonly Dialect[] = ['bash', 'sh', 'zsh', 'fish', 'powershell', 'cmd'];

const help = `Says what a shell command would do, without running it.

Usage: agent-policy analyze [options] -- COMMAND…
       agent-policy analyze --command 'TEXT' [options]
       agent-policy analyze --batch

Options:
  --command TEXT   the command as one text
  --cwd DIR        directory it would start in (default: this one)
  --home DIR       home directory (default: yours)
  --dialect NAME   ${dialects.join(', ')} (default: bash)
  --json           one JSON object instead of text
  --batch          JSON lines from standard input to standard output:
                   {"id","command","cwd"?,"home"?,"dialect"?} to {"id","effects","opaque","errors"}

Exit codes: 0 analysed, 1 wrong usage.
`;

export const analyzeCommand: Command = {
  summary: 'what a shell command would do',
  help,
  options: {
    command: { type: 'string' },
    cwd: { type: 'string' },
    home: { type: 'string' },
    dialect: { type: 'string' },
    batch: { type: 'boolean' },
  },
  run,
};

async function run(parsed: Parsed, io: Io): Promise<number> {
  const place = { cwd: io.cwd, home: io.home };
  const analyzer = lineAnalyzer(place, io);
  if (hasFlag(parsed, 'batch')) {
    await batch(io, analyzer);
    return exitCodes.ok;
  }
  const command = textOption(parsed, 'command') ?? commandOf(parsed.positionals);
  if (command === '') throw new UsageError('name a command after "--" or with --command');
  const line: Record<string, unknown> = { command };
  for (const name of ['cwd', 'home', 'dialect']) {
    const value = textOption(parsed, name);
    if (value !== undefined) line[name] = value;
  }
  const result = analyzer(line);
  if (typeof result === 'string') throw new UsageError(result);
  await io.out(hasFlag(parsed, 'json') ? `${JSON.stringify(result)}\n` : textOf(result));
  return exitCodes.ok;
}

interface Analyzed {
  readonly effects: readonly object[];
  readonly opaque: boolean;
  readonly errors: readonly { readonly message: string; readonly pos: number }[];
}

function lineAnalyzer(place: Place, io: Io): (line: Readonly<Record<string, unknown>>) => Analyzed | string {
  const worldOf = worlds(io.env, io.platform);
  return (line) => {
    const { command, dialect = 'bash' } = line;
    if (typeof command !== 'string') return 'command must be a text';
    const known = dialects.find((name) => name === dialect);
    if (known === undefined) return `dialect must be one of ${dialects.join(', ')}`;
    const where = readPlace(line, place);
    if ('error' in where) return where.error;
    const call: ToolCall = {
      tool: 'bash',
      nativeTool: 'bash',
      args: { command },
      actions: [{ kind: 'bash', command, dialect: known }],
      agent: 'cli',
      cwd: where.cwd,
      workspace: where.cwd,
      home: where.home,
    };
    const { effects, problems } = analyze(call, worldOf(where.cwd));
    return {
      effects: effects.map(effectForOutput),
      opaque: problems.length > 0 || effects.some(({ kind, certainty }) => kind === 'unknown' || certainty === 'opaque'),
      errors: problems.map(({ message, pos }) => ({ message, pos })),
    };
  };
}

function textOf({ effects, errors }: Analyzed): string {
  const lines = effects.map((effect) => {
    const { kind, certainty, ...rest } = JSON.parse(JSON.stringify(effect));
    const what =
      rest.program === undefined
        ? (rest.path ?? rest.url ?? '')
        : [rest.program, ...(rest.argv ?? [])].map((word) => word ?? '…').join(' ');
    return `${String(kind).padEnd(8)} ${String(certainty).padEnd(12)} ${what}`;
  });
  return `${[...lines, ...errors.map(({ message, pos }) => `unclear  at ${pos}: ${message}`)].join('\n')}\n`;
}
