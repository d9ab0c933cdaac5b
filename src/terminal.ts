import { existsSync, lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyze } from './analysis/analyze.ts';
import { auditLog } from './audit/place.ts';
import { queryLog } from './audit/query.ts';
import { handle } from './gateway/gateway.ts';
import { localDeps } from './gateway/local.ts';
import { directories } from './platform/directories.ts';
import { diskWorld } from './platform/disk-world.ts';
import { Answers } from './terminal/answers.ts';
import { Decider } from './terminal/decider.ts';
import { agentOf } from './terminal/markers.ts';
import { serve } from './terminal/serve.ts';

/** How long a person has to answer, in milliseconds. */
const patience = 10 * 60_000;

/** Records among which a person's answer to the agent's hook is looked for. */
const recentRecords = 50;

/** The decider of one terminal: `terminal.cjs FOLDER OWNER`, started by its first guarded command. */
function main(): void {
  const [folder, owner] = process.argv.slice(2);
  if (folder === undefined || !Number.isInteger(Number(owner)) || !isOwn(folder)) {
    process.exitCode = 1;
    return;
  }
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTSTP'] as const) process.on(signal, () => {});
  const { env, platform } = process;
  const home = homedir();
  const workspace = projectOf(env['AGENT_POLICY_WORKSPACE'] ?? process.cwd());
  const options = { directories: directories(env, platform, home), env, platform, deadline: Number.MAX_SAFE_INTEGER };
  const log = auditLog(options.directories).directory;
  const answers = new Answers(() => queryLog(log, { type: 'decision' }, recentRecords).map(({ record }) => record), Date.now);
  const decider = new Decider({
    agent: agentOf(env),
    session: `terminal-${folder.slice(folder.lastIndexOf('/') + 1)}`,
    workspace,
    home,
    world: (variable) => ({ ...diskWorld({ platform }), variable }),
    analyze,
    answered: (line) => answers.take(line, workspace),
    handle: (call, analyse) =>
      handle(call, { ...localDeps({ ...options, deadline: Date.now() + patience, agentTitle: 'Terminal' }), analyze: analyse }),
  });
  serve({ folder, owner: Number(owner), decide: (question) => decider.decide(question), onEnd: () => process.exit(0) });
}

/** Whether a folder is this user's and nobody else can enter it. */
function isOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
}

/** The repository that a directory belongs to, or the directory itself. */
function projectOf(directory: string): string {
  for (let current = directory; dirname(current) !== current; current = dirname(current)) {
    if (existsSync(join(current, '.git'))) return current;
  }
  return directory;
}

main();
