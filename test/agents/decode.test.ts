import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import type { DecodeContext, Decoded, Payload } from '../../src/agents/agent.ts';
import { adapterNamed, recognise } from '../../src/agents/registry.ts';

const folder = join(import.meta.dirname, 'payloads');
const golden = join(import.meta.dirname, 'decode.golden.json');
const agentOfFolder = { claude: 'claude-code' } as Record<string, string>;

/** The environment is another agent's on purpose: it must not decide who sent a payload. */
const context: DecodeContext = {
  env: { CLAUDECODE: '1', COPILOT_CLI: '1' },
  cwd: '/work/project',
  home: '/home/user',
  platform: 'linux',
};

function decode(payload: Payload, claimed = 'claude-code'): Decoded {
  const adapter = recognise(payload, adapterNamed(claimed)?.id);
  assert.ok(adapter, 'no adapter');
  return adapter.decode(payload, context);
}

/** The part of a decoded payload that a person can check against the file. */
function summary(decoded: Decoded): unknown {
  if (decoded.kind === 'call') {
    const { agent, tool, nativeTool, cwd, workspace, callId, description, actions } = decoded.call;
    return { agent, tool, nativeTool, cwd, workspace, callId, description, actions };
  }
  if (decoded.kind === 'invalid') return { invalid: decoded.problem.message };
  return decoded.kind === 'event' ? { event: decoded.event } : { configChange: decoded.file };
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json') && !name.includes('event-permission') && !name.endsWith('tool.execute.after.json'))
  .sort();

describe('agents: real payloads', () => {
  const found: Record<string, unknown> = {};
  const expected = JSON.parse(process.env['UPDATE_GOLDEN'] === '1' ? '{}' : readFileSync(golden, 'utf8')) as Record<string, unknown>;
  for (const file of files) {
    const payload = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Payload;
    const name = file.split(/[\\/]/)[0] ?? '';
    const agent = agentOfFolder[name] ?? name;
    it(file, () => {
      if (!file.includes('other-events')) assert.equal(recognise(payload)?.id, agent);
      const decoded = decode(payload, agent);
      assert.equal(
        decoded.kind,
        file.includes('ConfigChange')
          ? 'config-change'
          : file.includes('other-events') && !file.includes('PermissionRequest')
            ? 'event'
            : 'call',
      );
      // Through JSON, as the golden file went, so that absent fields are absent in both.
      found[file] = JSON.parse(JSON.stringify(summary(decoded)));
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, `${JSON.stringify(found, undefined, 1)}\n`);
      else assert.deepEqual(found[file], expected[file]);
    });
  }
});
