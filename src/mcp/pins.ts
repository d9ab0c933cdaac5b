import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../audit/canonical.ts';
import { writeAtomically } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';
import { errorCode } from '../platform/process.ts';
import { sha256 } from '../platform/sha256.ts';
import { isRecord, type Json } from './json-rpc.ts';

/** One form of a tool: what the model is told of it. */
export interface ToolForm {
  readonly hash: string;
  /** When it was first seen: an ISO time. */
  readonly seen: string;
  /** What was hashed, as JSON and cut to a length, for people who compare. */
  readonly text: string;
}

/** What is remembered of a tool. */
export interface Pin {
  readonly approved: ToolForm;
  /** Another form that the server offers now and that nobody has approved. */
  readonly changed?: ToolForm;
}

/** What is remembered of a server. */
export interface ServerPins {
  readonly name: string;
  /** How the server is reached: its command line or address. */
  readonly source: string;
  readonly tools: Readonly<Record<string, Pin>>;
}

/** Thrown where a file of pins cannot be understood: then no tool of the server can be told to be the approved one. */
export class PinsBroken extends Error {}

const longestText = 20_000;

/** Folder with one file for each server. */
function pinFolder(directories: Directories): string {
  return join(directories.state, 'mcp-pins');
}

/** File of a server. Another command line or address under the same name is another server. */
export function pinFile(directories: Directories, name: string, source: string): string {
  const readable = name.replace(/[^\w.-]+/g, '_').slice(0, 60);
  return join(pinFolder(directories), `${readable}-${sha256(JSON.stringify([name, source])).slice(0, 16)}.json`);
}

/** The form in which a server offers a tool now: everything of it that a model reads or that shapes a call. */
export function formOf(tool: Json, now: number): ToolForm {
  const { title, description, inputSchema, outputSchema, annotations } = tool;
  const text = canonicalJson({ title, description, inputSchema, outputSchema, annotations });
  return { hash: `sha256:${sha256(text)}`, seen: new Date(now).toISOString(), text: text.slice(0, longestText) };
}

/** What is remembered; nothing where the server is new. Throws {@link PinsBroken}. */
export function readPins(file: string): ServerPins | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new PinsBroken(`${file} cannot be read`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value) && isRecord(value['tools']) && Object.values(value['tools']).every(isPin)) return value as unknown as ServerPins;
  } catch {
    // Said below.
  }
  throw new PinsBroken(`${file} is damaged`);
}

function isPin(value: unknown): boolean {
  return isRecord(value) && isRecord(value['approved']) && typeof value['approved']['hash'] === 'string';
}

export function writePins(file: string, pins: ServerPins): void {
  writeAtomically(file, `${JSON.stringify(pins, undefined, 1)}\n`);
}

/** All servers that have pins, with their files; one that is damaged has none. */
export function allPins(directories: Directories): readonly { readonly file: string; readonly pins: ServerPins | undefined }[] {
  let names: string[] = [];
  try {
    names = readdirSync(pinFolder(directories)).filter((name) => name.endsWith('.json'));
  } catch {
    // No server was ever used.
  }
  return names.sort().map((name) => {
    const file = join(pinFolder(directories), name);
    try {
      return { file, pins: readPins(file) };
    } catch {
      return { file, pins: undefined };
    }
  });
}

/** Approves what has changed of one tool, or of all tools of a server. Returns the names of the tools. A person has asked for it. */
export function approveChanges(file: string, pins: ServerPins, tool?: string): readonly string[] {
  const changed = Object.entries(pins.tools).filter(([name, pin]) => pin.changed !== undefined && (tool === undefined || tool === name));
  if (changed.length === 0) return [];
  const approved = Object.fromEntries(changed.map(([name, { approved: old, changed: form }]) => [name, { approved: form ?? old }]));
  writePins(file, { ...pins, tools: { ...pins.tools, ...approved } });
  return changed.map(([name]) => name);
}

/** Forgets a server: its tools are approved anew when they are seen next. */
export function forgetPins(file: string): void {
  rmSync(file, { force: true });
}
