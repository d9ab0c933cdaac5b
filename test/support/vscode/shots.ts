import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditorWindow } from './window.ts';

/** Keeps a picture of the window, to be looked at: in AGENT_POLICY_SHOTS, else in a folder for temporary files. */
export async function keepShot(window: EditorWindow | undefined, name: string): Promise<void> {
  const folder = process.env['AGENT_POLICY_SHOTS'] ?? join(tmpdir(), 'agent-policy-shots');
  mkdirSync(folder, { recursive: true });
  await window?.shot(join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`));
}
