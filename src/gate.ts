// The first import: whatever fails after it denies.
import { answerOnce, denyWith, writeAllTo } from './platform/fail-closed.ts';
import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { AgentAdapter, Decoded, HookOutput, Payload, Reply } from './agents/agent.ts';
import { adapterNamed, recognise } from './agents/registry.ts';
import { isRecord } from './agents/values.ts';
import { vscode } from './agents/vscode.ts';
import { appendRecord } from './audit/append.ts';
import { auditLog } from './audit/place.ts';
import { redactText } from './audit/redact.ts';
import { handleLocally } from './gateway/local.ts';
import { rare } from './gateway/rare.ts';
import { type Directories, directories } from './platform/directories.ts';
import { isoTime } from './platform/iso-time.ts';
import { parseBounded, readStandardInput } from './platform/input.ts';
import { readTextFile } from './platform/read-file.ts';
import { homeOf } from './platform/who.ts';

/** Largest payload in bytes: the content of a write tool travels in it. */
const largestPayload = 16 * 1024 * 1024;
const deepestPayload = 200;
/** How long the agent may take to write its payload, in milliseconds. */
const inputPatience = 10_000;
/** What a host waits that says nothing else, in milliseconds. */
const usualTimeout = 60_000;

const { env, platform } = process;
/** When this process was started, in milliseconds since 1970; `performance` would have to be loaded first. */
const begun = Date.now() - process.uptime() * 1000;
const claimed = adapterNamed(process.argv[2] ?? '');
/** Who is answered; what the payload shows goes before what the command line claims. The form of VS Code is one that several hosts understand. */
let adapter: AgentAdapter = claimed ?? vscode;
let decoded: Decoded | undefined;

denyWith((reason) => say(adapter.encode({ verdict: 'deny', reason }, decoded)));
const timeout = claimed?.hostTimeoutMs ?? usualTimeout;
const watchdog = setTimeout(() => deny('Agent Policy did not come to a decision in time.'), deadlineOf(timeout) + 300 - Date.now());

/** When the answer must be there, in milliseconds since 1970: some time before the host, which counts from the start of this process, gives up. */
function deadlineOf(hostTimeout: number): number {
  return begun + hostTimeout - Math.min(5000, hostTimeout * 0.3);
}

function say({ stdout, stderr }: HookOutput): void {
  if (stdout !== '') writeAllTo(1, stdout);
  if (stderr !== '') writeAllTo(2, stderr);
}

function answer(reply: Reply): void {
  clearTimeout(watchdog);
  const output = adapter.encode(reply, decoded);
  answerOnce(output.exitCode, () => say(output));
}

function deny(reason: string): void {
  answer({ verdict: 'deny', reason });
}

/** Denies what is no call that could be judged, and records that it came. */
function refuse(places: Directories | undefined, problem: string): void {
  recordEvent(places, 'bad-input', { agent: adapter.id, problem });
  deny(`Agent Policy cannot read this call, so it is denied: ${problem}`);
}

function recordEvent(places: Directories | undefined, event: string, details: Readonly<Record<string, string>>): void {
  if (places === undefined) return;
  const clean = Object.fromEntries(Object.entries(details).map(([name, text]) => [name, redactText(text.slice(0, 500))]));
  const user = env['USER'] ?? env['USERNAME'] ?? '';
  try {
    appendRecord(auditLog(places), { type: 'event', event, timestamp: isoTime(Date.now()), user, details: clean });
  } catch {
    // What is recorded here is denied anyway, and there is nobody else to tell.
  }
}

async function main(): Promise<void> {
  const home = homeDirectory();
  const places = home === undefined ? undefined : directories(env, platform, home);
  const input = await readStandardInput(largestPayload, Math.min(inputPatience, timeout / 2));
  if ('problem' in input) return refuse(places, input.problem);
  const payload = parseBounded(input.value, deepestPayload);
  if ('problem' in payload) return refuse(places, payload.problem);
  if (!isRecord(payload.value)) return refuse(places, 'The input must be a JSON object.');
  if (home === undefined || places === undefined)
    return deny('Agent Policy does not know your home directory: set HOME to an absolute path.');
  const cwd = workingDirectory();
  if (cwd === undefined) return refuse(places, 'The working directory does not exist any more.');
  await decideOn(payload.value, { home, cwd }, places);
}

async function decideOn(
  payload: Payload,
  { home, cwd }: { readonly home: string; readonly cwd: string },
  places: Directories,
): Promise<void> {
  const sender = recognise(payload, claimed?.id);
  if (sender === undefined) return refuse(places, 'No supported agent sends such an input.');
  adapter = sender;
  decoded = adapter.decode(payload, { env, cwd, home, platform });
  if (decoded.kind === 'invalid') return refuse(places, decoded.problem.message);
  if (decoded.kind === 'event') return takeEvent(decoded.event, payload, { home, cwd }, places);
  if (decoded.kind === 'config-change') return changeSettings(decoded.file, home, places);
  const { verdict, reason, advice, input, leftToHost } = await handleLocally(decoded.call, {
    directories: places,
    env,
    platform,
    agentTitle: adapter.title,
    canRewrite: adapter.canRewrite,
    hostAsks: asksItself(payload),
    deadline: deadlineOf(Math.min(timeout, adapter.hostTimeoutMs)),
  });
  if (verdict === 'approve') return answer({ verdict, ...(input === undefined ? {} : { input }) });
  const told = [reason, advice].filter((part) => part !== undefined && part !== '').join(' ');
  if (leftToHost === true && asksItself(payload)) return answer({ verdict: 'escalate', reason: told });
  deny(told);
}

/**
 * Whether the agent's own prompt can be relied on in this session: not where the person has told it to ask nothing, and not where the agent
 * does not say whether they have. VS Code asks whatever it was told.
 */
function asksItself(payload: Payload): boolean {
  const mode = payload['permission_mode'] ?? payload['approval_mode'];
  return adapter.hasPrompt && (adapter.id === 'vscode' || (typeof mode === 'string' && !/bypass|yolo|dont_?ask|auto/i.test(mode)));
}

/** What is told after the fact changes what is known of the session, and nothing else; nothing that goes wrong here stops an agent. */
function takeEvent(
  event: string,
  payload: Payload,
  { home, cwd }: { readonly home: string; readonly cwd: string },
  places: Directories,
): void {
  if (payload['tool_input'] !== undefined || payload['cost'] !== undefined || payload['total_cost_usd'] !== undefined) {
    try {
      // The same fields in the same places as before the call.
      const about = adapter.decode(
        { ...payload, hook_event_name: adapter.id === 'gemini' ? 'BeforeTool' : 'PreToolUse' },
        { env, cwd, home, platform },
      );
      if (about.kind === 'call') rare().takeResult({ event, payload, call: about.call, directories: places, platform });
    } catch {
      // The session then knows less of what succeeded, which lets less happen.
    }
  }
  answer({ verdict: 'approve' });
}

/** Claude Code asks before it takes new settings into a running session. */
function changeSettings(file: string | undefined, home: string, places: Directories): void {
  const named = process.argv.indexOf('--settings');
  const ours =
    (named > 0 ? process.argv[named + 1] : undefined) ?? join(env['CLAUDE_CONFIG_DIR'] ?? join(home, '.claude'), 'settings.json');
  const reply = rare().judgeConfigChange(resolved(file), resolved(ours), (path) => {
    try {
      return readTextFile(path, largestPayload);
    } catch {
      return undefined;
    }
  });
  recordEvent(places, 'agent-settings-changed', { agent: adapter.id, file: file ?? '', outcome: reply.verdict });
  answer(reply);
}

/** The same file under the same name, whatever links lead to its folder. The file itself may be gone. */
function resolved<Path extends string | undefined>(path: Path): Path | string {
  if (path === undefined) return path;
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

function homeDirectory(): string | undefined {
  try {
    const home = homeOf(env, platform);
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

main();
