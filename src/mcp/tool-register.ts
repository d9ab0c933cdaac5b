import { formOf, type Pin, PinsBroken, readPins, type ServerPins, type ToolForm, writePins } from './pins.ts';
import type { Json } from './json-rpc.ts';

/** What is known of a tool. */
export type ToolState = 'approved' | 'changed' | 'unknown' | 'broken';

/** What a register tells its owner, for the audit log. */
export type RegisterEvent = 'mcp-tool-pinned' | 'mcp-tool-changed';

/**
 * The tools of one server and the forms in which they were approved. A tool that is seen for the first time is approved as it is; from
 * then on another description or schema is a change that a person must approve, since a server that was harmless when it was chosen
 * may later tell the model something else ("rug pull").
 */
export class ToolRegister {
  readonly #file: string;
  readonly #server: { readonly name: string; readonly source: string };
  readonly #now: () => number;
  readonly #tell: (event: RegisterEvent, tool: string, form: ToolForm) => void;
  readonly #states = new Map<string, ToolState>();

  constructor(
    file: string,
    server: { readonly name: string; readonly source: string },
    now: () => number,
    tell: (event: RegisterEvent, tool: string, form: ToolForm) => void,
  ) {
    this.#file = file;
    this.#server = server;
    this.#now = now;
    this.#tell = tell;
  }

  /** The server offers these tools: returns the state of each. */
  see(tools: readonly Json[]): readonly ToolState[] {
    let known: ServerPins | undefined;
    try {
      known = readPins(this.#file);
    } catch (error) {
      if (!(error instanceof PinsBroken)) throw error;
      for (const { name } of tools) this.#states.set(String(name), 'broken');
      return tools.map(() => 'broken');
    }
    const pins = new Map<string, Pin>(Object.entries(known?.tools ?? {}));
    let isNews = false;
    const states = tools.map((tool): ToolState => {
      const name = String(tool['name']);
      const form = formOf(tool, this.#now());
      const pin = pins.get(name);
      if (pin?.approved.hash === form.hash) {
        // A change that the server took back needs nobody's approval any more.
        if (pin.changed !== undefined) {
          pins.set(name, { approved: pin.approved });
          isNews = true;
        }
        return 'approved';
      }
      if (pin === undefined) {
        pins.set(name, { approved: form });
        this.#tell('mcp-tool-pinned', name, form);
        isNews = true;
        return 'approved';
      }
      if (pin.changed?.hash !== form.hash) {
        pins.set(name, { approved: pin.approved, changed: form });
        this.#tell('mcp-tool-changed', name, form);
        isNews = true;
      }
      return 'changed';
    });
    if (isNews) writePins(this.#file, { ...this.#server, tools: Object.fromEntries(pins) });
    for (const [index, { name }] of tools.entries()) this.#states.set(String(name), states[index] ?? 'unknown');
    return states;
  }

  /** What is known of a tool; a change that a person has approved since then is none. */
  stateOf(tool: string): ToolState {
    return this.#states.get(tool) ?? 'unknown';
  }
}
