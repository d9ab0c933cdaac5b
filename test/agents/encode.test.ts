import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AgentId, Payload, Reply } from '../../src/agents/agent.ts';
import { adapterNamed, allAdapters } from '../../src/agents/registry.ts';

const reason = 'Force push rewrites what others have pulled.';
const nested = (decision: string): object => ({
  hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: decision, permissionDecisionReason: reason },
});
const both = (decision: string): object => ({ permissionDecision: decision, permissionDecisionReason: reason, ...nested(decision) });

/** Exactly what each host understands as a denial: one key more or less means approval in some of them. */
const denials: Readonly<Record<AgentId, { readonly object: object | undefined; readonly exitCode: number }>> = {
  'claude-code': { object: nested('deny'), exitCode: 2 },
  vscode: { object: both('deny'), exitCode: 2 },
  copilot: { object: both('deny'), exitCode: 2 },
  codex: { object: nested('deny'), exitCode: 2 },
  gemini: { object: { decision: 'deny', reason }, exitCode: 2 },
  qwen: { object: nested('deny'), exitCode: 2 },
  opencode: { object: { decision: 'deny', reason }, exitCode: 2 },
  cline: { object: { cancel: true, errorMessage: reason, decision: 'deny', reason }, exitCode: 2 },
  cursor: { object: { permission: 'deny', user_message: reason, agent_message: reason }, exitCode: 2 },
  windsurf: { object: undefined, exitCode: 2 },
  kiro: { object: undefined, exitCode: 2 },
  junie: { object: { decision: 'deny', reason }, exitCode: 2 },
  antigravity: { object: { decision: 'deny', reason }, exitCode: 0 },
  amp: { object: { decision: 'deny', reason }, exitCode: 2 },
};

/** What stands for `ask` and for changed arguments; a denial where it is not named. */
const prompts: Partial<Record<AgentId, object>> = {
  'claude-code': nested('ask'),
  vscode: both('ask'),
  copilot: both('ask'),
  qwen: nested('ask'),
};
const input = { command: 'true' };
const updated = { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow', updatedInput: input } };
const rewrites: Partial<Record<AgentId, object>> = {
  'claude-code': { hookSpecificOutput: { hookEventName: 'PreToolUse', updatedInput: input } },
  vscode: updated,
  copilot: { permissionDecision: 'allow', modifiedArgs: input, ...updated },
  codex: updated,
  gemini: { hookSpecificOutput: { hookEventName: 'BeforeTool', tool_input: input } },
  opencode: { decision: 'approve', input },
  cline: { overrideInput: input },
  cursor: { permission: 'allow', updated_input: input },
  junie: { decision: 'allow', updatedInput: input },
};

function check(id: AgentId, reply: Reply, object: object | undefined, exitCode: number, payload: Payload = {}): void {
  const output = adapterNamed(id)?.encode(reply, { kind: 'event', event: 'x', payload });
  assert.ok(output);
  assert.equal(output.exitCode, exitCode);
  // One JSON object on one line, and nothing else: a line of noise before it means approval.
  if (object === undefined) assert.equal(output.stdout, '');
  else assert.deepEqual(JSON.parse(output.stdout), object);
  assert.ok(!output.stdout.includes('\n'));
}

describe('agents: replies', () => {
  it('knows every agent', () =>
    assert.deepEqual(
      Object.keys(denials).sort(),
      allAdapters()
        .map((adapter) => adapter.id)
        .sort(),
    ));

  for (const { id, hasPrompt, canRewrite } of allAdapters()) {
    const denial = denials[id];
    it(`${id}: approve is silence`, () => {
      check(id, { verdict: 'approve' }, undefined, 0);
      assert.equal(adapterNamed(id)?.encode({ verdict: 'approve' })?.stderr, '');
    });
    it(`${id}: deny`, () => {
      check(id, { verdict: 'deny', reason }, denial.object, denial.exitCode);
      assert.equal(adapterNamed(id)?.encode({ verdict: 'deny', reason })?.stderr, `${reason}\n`);
    });
    it(`${id}: deny always has a reason, with and without a payload`, () => {
      for (const empty of [{ verdict: 'deny' }, { verdict: 'deny', reason: '  ' }] as const) {
        const output = adapterNamed(id)?.encode(empty);
        assert.match(output?.stderr ?? '', /blocked/);
        if (denial.object !== undefined) assert.match(output?.stdout ?? '', /blocked/);
      }
    });
    it(`${id}: escalate`, () => {
      const prompt = prompts[id];
      assert.equal(hasPrompt, prompt !== undefined);
      check(id, { verdict: 'escalate', reason }, prompt ?? denial.object, prompt === undefined ? denial.exitCode : 0);
    });
    it(`${id}: changed arguments`, () => {
      const rewrite = rewrites[id];
      assert.equal(canRewrite, rewrite !== undefined);
      const output = adapterNamed(id)?.encode({ verdict: 'approve', input });
      if (rewrite === undefined) assert.match(output?.stderr ?? '', /cannot run changed calls/);
      else check(id, { verdict: 'approve', input }, rewrite, 0);
    });
  }

  it('keeps the reason in both dialects of Copilot', () => {
    check('copilot', { verdict: 'deny', reason }, both('deny'), 2, { toolName: 'bash' });
    check('copilot', { verdict: 'deny', reason }, both('deny'), 0, { hook_event_name: 'PreToolUse' });
  });

  it('answers Cline’s plugin, Claude Code’s ConfigChange and PermissionRequest in their own words', () => {
    check('cline', { verdict: 'approve', input }, { decision: 'approve', input }, 0, { toolCall: {} });
    const request = { hook_event_name: 'PermissionRequest' };
    check('claude-code', { verdict: 'approve' }, undefined, 0, request);
    check('claude-code', { verdict: 'escalate', reason }, undefined, 0, request);
    const answer = { hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'deny', message: reason } } };
    check('claude-code', { verdict: 'deny', reason }, answer, 2, request);
    const change = { kind: 'config-change', source: 'user_settings', payload: {} } as const;
    assert.deepEqual(adapterNamed('claude-code')?.encode({ verdict: 'deny', reason }, change), {
      stdout: '',
      stderr: `${reason}\n`,
      exitCode: 2,
    });
    assert.deepEqual(adapterNamed('claude-code')?.encode({ verdict: 'approve' }, change), { stdout: '', stderr: '', exitCode: 0 });
  });
});
