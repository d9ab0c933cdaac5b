import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditorWindow } from './window.ts';

/** A part of the window in pixels. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Keeps a picture of the window, to be looked at: in AGENT_POLICY_SHOTS, else in a folder for temporary files. */
export async function keepShot(window: EditorWindow | undefined, name: string, part?: Part): Promise<void> {
  const folder = process.env['AGENT_POLICY_SHOTS'] ?? join(tmpdir(), 'agent-policy-shots');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`);
  await window?.page.screenshot(part ? { path, clip: part } : { path });
}
