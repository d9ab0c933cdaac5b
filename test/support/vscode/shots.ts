import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EditorWindow } from './window.ts';

/** A part of the window in pixels. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const wanted = process.env['AGENT_POLICY_SHOTS'];
const kept = fileURLToPath(new URL('../../../node_modules/.cache/agent-policy-shots', import.meta.url));

/** Keeps a picture of the window, to be looked at, in the folder that AGENT_POLICY_SHOTS names; none where it names none. */
export async function keepShot(window: EditorWindow, name: string, part?: Part): Promise<void> {
  if (wanted !== undefined) await take(window, wanted, name, part);
}

/** Keeps what the window of a failing test shows, and says where. */
export async function keepFailure(window: EditorWindow, title: string): Promise<void> {
  console.log(`What it saw: ${await take(window, wanted ?? kept, `failed-${title}`)}`);
}

async function take(window: EditorWindow, folder: string, name: string, part?: Part): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`);
  await window.page.screenshot(part ? { path, clip: part } : { path });
  return path;
}
