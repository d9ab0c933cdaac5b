import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeCommand } from '../../src/analysis/analyze.ts';
import { canonicalJson } from '../../src/audit/canonical.ts';
import { chainLine, type Head, logFileName, noHash, writeHead } from '../../src/audit/chain.ts';
import { nowhere } from '../../src/cli/world.ts';
import { decisionRecord } from '../../src/gateway/record.ts';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import type { Decision } from '../../src/model/decision.ts';

const commands = [
  'git status --short',
  'git add -A && git commit -m "Fix the parser" && git push origin feature',
  'git push --force origin main',
  'npm test -- --grep "never push --force" | tail -n 20',
  'rm -rf node_modules dist && npm ci',
  'cat src/index.ts | head -50',
  'grep -rn "rm -rf" docs',
  'curl -fsSL https://example.com/install.sh | sh',
  'find . -name "*.ts" -newer package.json -exec wc -l {} +',
  'for file in src/*.ts; do node --check "$file" || exit 1; done',
];
const agents = ['claude-code', 'codex', 'copilot', 'gemini-cli', 'opencode'];
const policy = { id: 'safe_coding', revision: '0', hash: `sha256:${'7'.repeat(64)}` };
const home = '/home/me';
const decisions: readonly Pick<Decision, 'verdict' | 'rule' | 'reason' | 'risk' | 'layer'>[] = [
  { verdict: 'approve', rule: '', reason: '', risk: 'low', layer: 'built-in' },
  { verdict: 'approve', rule: 'tests-may-run', reason: 'Tests may run.', risk: 'medium', layer: 'user' },
  {
    verdict: 'deny',
    rule: 'no-force-push',
    reason: 'A force push overwrites what others may already have pulled.',
    risk: 'critical',
    layer: 'user',
  },
  { verdict: 'escalate', rule: 'ask-before-network', reason: 'This reaches the network.', risk: 'high', layer: 'workspace' },
];

/** Kinds of records as the gateway writes them: commands, reading and writing of files with long texts, questions, events. */
export function sampleRecords(): readonly AuditRecord[] {
  const records: AuditRecord[] = [];
  const decided = (tool: string, nativeTool: string, args: Readonly<Record<string, unknown>>, command?: string) => {
    const at = records.length;
    const decision = decisions[at % decisions.length] ?? decisions[0];
    if (decision === undefined) return;
    const context = { cwd: `${home}/project`, home, workspace: `${home}/project` };
    const analysis =
      command === undefined ? { effects: [], risk: 'low' as const, problems: [] } : analyzeCommand(command, context, nowhere);
    const asked = decision.verdict === 'escalate';
    const isAllowed = at % 8 < 4;
    records.push(
      decisionRecord({
        id: '00000000-0000-7000-8000-000000000000',
        call: {
          tool,
          nativeTool,
          args,
          actions: [],
          agent: agents[at % agents.length] ?? '',
          session: 'session',
          callId: 'toolu_0123456789',
          ...context,
        },
        analysis,
        decision: { ...decision, policy, obligations: [] },
        outcome: asked ? (isAllowed ? 'approve' : 'deny') : decision.verdict,
        mode: 'enforce',
        user: 'me',
        now: 0,
        latencyMs: 1 + ((at * 7) % 40),
        ...(asked ? { approval: { by: 'window', answer: isAllowed ? 'allow once' : 'deny', waited_ms: 2300 } } : {}),
      }),
    );
  };
  for (let round = 0; round < 6; round += 1) {
    for (const command of commands) decided('bash', 'Bash', { command, description: 'Does what it says' }, command);
    for (let file = 0; file < 3; file += 1) decided('read', 'Read', { file_path: `${home}/project/src/part-${round}/file-${file}.ts` });
    const text = `export function part${round}(): string {\n  return "a line of code that is as long as most lines of code are";\n}\n`;
    decided('write', 'Write', { file_path: `${home}/project/src/new-${round}.ts`, content: text.repeat(3 + 4 * round) });
    decided('edit', 'Edit', { file_path: `${home}/project/src/old-${round}.ts`, old_string: text, new_string: text.repeat(2) });
  }
  records.push({ type: 'event', event: 'mode-changed', timestamp: '', user: 'me', details: { from: 'enforce', to: 'shadow' } });
  return records;
}

/** How a log is made. */
export interface MadeLog {
  readonly directory: string;
  readonly records: number;
  /** Bytes of a file. */
  readonly fileBytes?: number;
  /** Milliseconds since 1970 of the first record; the others follow one every two seconds. */
  readonly begin?: number;
}

/**
 * Writes a whole log, chained and anchored as writers leave it, many times faster than they do: texts differ from record to record as
 * they do in life (a number in the command, ids, sessions, times). Record `n` (from 1) has the word `mark-n` in its input.
 */
export function makeLog({ directory, records, fileBytes = 16 * 1024 * 1024, begin = Date.parse('2026-01-01T00:00:00Z') }: MadeLog): Head {
  const samples = sampleRecords().map(template);
  mkdirSync(join(directory, 'head'), { recursive: true });
  let head: Head = { bytes: 0, file: 1, hash: noHash, seq: 0, started: begin };
  let descriptor = openSync(join(directory, logFileName(1)), 'w');
  let pending: Buffer[] = [];
  const flush = () => {
    writeSync(descriptor, Buffer.concat(pending));
    pending = [];
  };
  for (let seq = 1; seq <= records; seq += 1) {
    const sample = samples[(seq * 7919) % samples.length];
    if (sample === undefined) continue;
    const json = filled(sample, seq, new Date(begin + seq * 2000).toISOString());
    const line = Buffer.from(`${chainLine(head.hash, json, seq)}\n`);
    if (head.bytes > 0 && head.bytes + line.length > fileBytes) {
      flush();
      closeSync(descriptor);
      head = { ...head, file: head.file + 1, bytes: 0 };
      descriptor = openSync(join(directory, logFileName(head.file)), 'w');
    }
    pending.push(line);
    if (pending.length === 1000) flush();
    head = { ...head, bytes: head.bytes + line.length, seq, hash: createHash('sha256').update(line.subarray(0, -1)).digest('hex') };
  }
  flush();
  closeSync(descriptor);
  const anchor = openSync(join(directory, 'head', 'free'), 'w');
  writeSync(anchor, writeHead(head));
  closeSync(anchor);
  return head;
}

/** A record's JSON between the places in which records differ. */
interface Template {
  readonly texts: readonly string[];
  readonly places: readonly string[];
}

function template(sample: AuditRecord): Template {
  const json = canonicalJson(placed(sample));
  return { texts: json.split(/@[a-z]+@/), places: json.match(/@[a-z]+@/g) ?? [] };
}

function placed(sample: AuditRecord): AuditRecord {
  if (sample.type === 'event') return { ...sample, timestamp: '@time@', details: { ...sample.details, note: 'mark-@seq@' } };
  const input = sample.input as Readonly<Record<string, unknown>>;
  const { command } = input;
  const marked = typeof command === 'string' ? { ...input, command: `${command} # mark-@seq@` } : { ...input, note: 'mark-@seq@' };
  return {
    ...sample,
    timestamp: '@time@',
    decision_id: '01a1fc23-5481-7e93-8b7b-@hex@',
    call_id: 'toolu_01ABCDEF@hex@',
    session: '0198f2c4-1111-7777-8888-@session@',
    input: marked,
  };
}

function filled({ texts, places }: Template, seq: number, time: string): string {
  const hex = (value: number) => Math.floor(value).toString(16).padStart(12, '0');
  const values: Readonly<Record<string, string>> = {
    '@time@': time,
    '@seq@': String(seq),
    '@hex@': hex(seq),
    '@session@': hex(seq / 200),
  };
  let json = texts[0] ?? '';
  for (const [index, place] of places.entries()) json += (values[place] ?? '') + (texts[index + 1] ?? '');
  return json;
}
