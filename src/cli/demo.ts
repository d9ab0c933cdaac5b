import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { queryLog } from '../audit/query.ts';
import { verifyLog } from '../audit/verify.ts';
import type { DecisionRecord } from '../model/audit-record.ts';
import { visibleLine } from '../present/visible-text.ts';
import { auditDirectory } from './audit.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed } from './command.ts';
import { type Paint, paintFor, wrap } from './demo/paint.ts';
import { type Scene, scenes, snapshot } from './demo/scenes.ts';
import { configuredHooks, runHook, type Stage, setStage } from './demo/stage.ts';

const help = `Plays a scripted agent session in a throw-away repository and shows what the guard does about it.

Usage: agent-policy demo [--keep] [--json]

Makes a home, a repository and a bare remote in a temporary folder, installs the real hook there, and puts ten actions of an
agent to it. What the hook approves is really done there; dangerous actions are never run, whatever the hook says.

Options:
  --keep   leave the temporary folder and say where it is
  --json   one JSON line for each action

Exit codes: 0 everything was decided as it should be, 1 not.
`;

export const demo: Command = {
  summary: 'see the guard at work in a throw-away repository',
  help,
  options: { keep: { type: 'boolean' } },
  run,
};

interface Played {
  readonly scene: Scene;
  readonly approved: boolean;
  readonly record: DecisionRecord | undefined;
  readonly world: string;
  readonly faults: readonly string[];
}

const width = 100;

async function run(parsed: Parsed, io: Io): Promise<number> {
  const stage = setStage(io.env['PATH'] ?? '');
  try {
    return await play(stage, parsed, io);
  } finally {
    if (hasFlag(parsed, 'keep')) io.err(`The stage is kept: ${stage.root}\n`);
    else stage.remove();
  }
}

async function play(stage: Stage, parsed: Parsed, io: Io): Promise<number> {
  const asJson = hasFlag(parsed, 'json');
  const paint = paintFor(io.isTerminal, io.env);
  const cli = join(import.meta.dirname, 'cli.cjs');
  const installed = spawnSync(process.execPath, [cli, 'install', '--agent', 'claude-code', '--scope', 'user'], {
    env: stage.env,
    cwd: stage.project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [hook] = configuredHooks(stage.home);
  if (installed.status !== 0 || hook === undefined)
    throw new Error(`the hook could not be installed: ${installed.stderr || installed.stdout}`);
  if (!asJson) await io.out(heading(paint));

  const log = auditDirectory({ env: stage.env, platform: io.platform, home: stage.home });
  const faults: string[] = [];
  let stopped = 0;
  for (const [index, scene] of scenes.entries()) {
    const input = scene.input(stage);
    const before = snapshot(stage);
    const answer = runHook(hook, payloadOf(scene, input, index, stage), stage);
    const [entry] = queryLog(log, { type: 'decision' }, 1);
    const record = entry?.record.type === 'decision' && entry.record.call_id === callId(index) ? entry.record : undefined;
    const wrong: string[] = [];
    if (answer.goesOn && scene.dangerous) wrong.push('APPROVED, though it is dangerous; it was not run');
    if (!answer.goesOn && !scene.dangerous) wrong.push('STOPPED, though it is everyday work');
    if (record === undefined) wrong.push('NOT IN THE AUDIT LOG');
    if (answer.goesOn && !scene.dangerous) wrong.push(...act(scene, input, stage));
    if (scene.dangerous && snapshot(stage) !== before) wrong.push('THE WORLD CHANGED');
    const played: Played = { scene, approved: answer.goesOn, record, world: scene.world(stage), faults: wrong };
    if (!answer.goesOn) stopped += 1;
    faults.push(...wrong.map((fault) => `${scene.title}: ${fault}`));
    await io.out(asJson ? `${JSON.stringify(jsonOf(played))}\n` : rowOf(played, index, paint));
  }

  const chain = verifyLog(log);
  if (!chain.ok) faults.push('the audit chain is broken');
  if (!asJson) await io.out(ending(stopped, chain, paint, relative(io.cwd, cli)));
  for (const fault of faults) io.err(`agent-policy demo: ${fault}\n`);
  return faults.length === 0 ? exitCodes.ok : exitCodes.error;
}

const callId = (index: number) => `toolu_demo_${index + 1}`;

/** The payload as Claude Code sends it. */
function payloadOf(scene: Scene, input: object, index: number, { project, home }: Stage): object {
  return {
    session_id: 'de300000-0000-4000-8000-000000000000',
    transcript_path: join(home, '.claude', 'projects', 'demo.jsonl'),
    cwd: project,
    permission_mode: 'bypassPermissions',
    hook_event_name: 'PreToolUse',
    tool_name: scene.tool,
    tool_input: input,
    tool_use_id: callId(index),
  };
}

/** Does on the stage what the agent's tool would do; gives what went wrong. */
function act(scene: Scene, input: Readonly<Record<string, string>>, stage: Stage): readonly string[] {
  const { command = '', file_path: path = '', old_string: oldText = '', new_string: newText = '', content = '' } = input;
  if (scene.tool === 'Edit') {
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(oldText, () => newText),
    );
  } else if (scene.tool === 'Write') {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  } else if (scene.tool === 'Bash') {
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: stage.project, env: stage.env, encoding: 'utf8', timeout: 30_000 });
    if (status !== 0) return [`approved, but failed: ${stderr.trim().slice(0, 200)}`];
  }
  return [];
}

function heading({ bold, dim }: Paint): string {
  return `
${bold('Agent Policy')}  a scripted agent session in a throw-away repository with a remote
${dim('Each action is put to the real hook, installed for Claude Code; what it approves is really done.')}

${dim(`  #  verdict   action${' '.repeat(50)}rule`)}
${dim('─'.repeat(width))}
`;
}

function rowOf({ scene, approved, record, world, faults }: Played, index: number, paint: Paint): string {
  const asked = record?.verdict === 'escalate';
  const label = approved ? paint.good('approve ') : asked ? paint.ask('escalate') : paint.bad('deny    ');
  const rule = approved ? '' : (record?.rule ?? '');
  const indent = ' '.repeat(15);
  const title = visibleLine(scene.title);
  const head =
    `${String(index + 1).padStart(3)}  ${label}  ${title.padEnd(56 - 1)} ${rule.length + 71 <= width ? paint.dim(rule) : ''}`.trimEnd();
  const lines = [head];
  if (rule.length + 71 > width) lines.push(indent + paint.dim(rule));
  if (!approved) {
    const reason = record?.reason ?? '';
    const why = asked ? `${reason} Nobody was there to ask, so it was denied.` : reason;
    lines.push(...wrap(visibleLine(why), width - indent.length).map((line) => indent + line));
  }
  lines.push(...wrap(`→ ${visibleLine(world)}`, width - indent.length).map((line) => indent + paint.dim(line)));
  for (const fault of faults) lines.push(indent + paint.bad(`✗ ${fault}`));
  return `${lines.join('\n')}\n`;
}

function ending(stopped: number, chain: ReturnType<typeof verifyLog>, { bold, dim, good, bad }: Paint, cli: string): string {
  const log = chain.ok ? good('whole') : bad('BROKEN');
  const program = `node ${cli}`;
  return `${dim('─'.repeat(width))}
${scenes.length} actions: ${scenes.length - stopped} approved and done, ${stopped} stopped. Audit log: ${chain.records} records, hash chain ${log}.

${bold('With your own agent')}
  1. ${program} install --agent claude-code
  2. ${program} doctor --agent claude-code
  3. Work as always; ${program} audit tail   shows what was decided.
`;
}

function jsonOf({ scene, approved, record, world, faults }: Played): object {
  const { verdict, rule, reason } = record ?? {};
  return { action: scene.title, verdict, outcome: approved ? 'approve' : 'deny', rule, reason, world, faults };
}
