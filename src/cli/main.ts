import { parseArgs } from 'node:util';
import { type Command, exitCodes, type Io, UsageError } from './command.ts';

/** The subcommands in the order in which people read them; each is loaded when it is called. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check.ts')).check,
  analyze: async () => (await import('./analyze.ts')).analyzeCommand,
  explain: async () => (await import('./explain.ts')).explain,
  install: async () => (await import('./install.ts')).install,
  uninstall: async () => (await import('./uninstall.ts')).uninstall,
  doctor: async () => (await import('./doctor.ts')).doctor,
  hook: async () => (await import('./hook.ts')).hook,
  mcp: async () => (await import('./mcp.ts')).mcp,
  audit: async () => (await import('./audit.ts')).audit,
  test: async () => (await import('./test.ts')).test,
  lint: async () => (await import('./lint.ts')).lint,
  init: async () => (await import('./init.ts')).init,
  schema: async () => (await import('./schema.ts')).schema,
  terminal: async () => (await import('./terminal.ts')).terminal,
  compile: async () => (await import('./compile.ts')).compile,
  mode: async () => (await import('./mode.ts')).mode,
  lock: async () => (await import('./mode.ts')).lock,
  unlock: async () => (await import('./mode.ts')).unlock,
  trust: async () => (await import('./trust.ts')).trust,
  grants: async () => (await import('./grants.ts')).grants,
  'break-glass': async () => (await import('./break-glass.ts')).breakGlass,
  demo: async () => (await import('./demo.ts')).demo,
};

/**
 * Runs one command line, without the program's name. Resolves with the exit code; whatever goes wrong is one line on standard
 * error and exit code 1.
 */
export async function main(args: readonly string[], io: Io, version: () => string): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const load = rest[0] !== undefined && Object.hasOwn(commands, rest[0]) ? commands[rest[0]] : undefined;
    await io.out(load ? (await load()).help : await overview());
    return exitCodes.ok;
  }
  if (name === '--version' || name === '-v') {
    await io.out(`${version()}\n`);
    return exitCodes.ok;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    io.err(`agent-policy: no command "${name}". Commands: ${Object.keys(commands).join(', ')}.\n`);
    return exitCodes.error;
  }
  try {
    const command = await load();
    const parsed = parse(command, rest);
    if (parsed.values['help'] === true) {
      await io.out(command.help);
      return exitCodes.ok;
    }
    return await command.run(parsed, io);
  } catch (error) {
    io.err(`agent-policy ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.error;
  }
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...command.options, help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    // Node's own message names the option; what it adds about `--` helps nobody here.
    throw new UsageError((error instanceof Error ? error.message : String(error)).split('. ')[0] ?? '');
  }
}

async function overview(): Promise<string> {
  const lines = await Promise.all(Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(11)} ${(await load()).summary}`));
  return `Agent Policy guards what coding agents do.

Usage: agent-policy COMMAND [options]

Commands:
${lines.join('\n')}

"agent-policy COMMAND --help" tells about one. Exit code 1 is an error everywhere; "check" also uses 2 (deny) and 3 (escalate).
`;
}
