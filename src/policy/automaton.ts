import { holds, inSet } from './character.ts';
import type { Anchor, Look, Program } from './compiled.ts';
import { newWork, type Work } from './work.ts';

/**
 * Runs patterns. The machine keeps a set of places in the program instead of trying one way after the other, so the time is
 * at most program × text whatever the two are: a policy from a repository cannot stall the guard (ReDoS). Long texts are run with a memory
 * of what followed on what, which makes most patterns as fast as reading. What is still too much is given up: "not known".
 */

/** Whether the program matches somewhere in the text (`search`), or the text as a whole; `undefined` where to find out is too much work. */
export function runProgram(program: Program, text: string, search: boolean, work: Work = newWork()): boolean | undefined {
  if (work.left <= 0) return undefined;
  const codes = codePoints(text);
  let found = false;
  const scanned = scan(program, codes, { backwards: false, everywhere: search }, work, (position) => {
    found ||= search || position === codes.length;
    return found;
  });
  return scanned ? found : undefined;
}

type Codes = ArrayLike<number>;

/** The last long text that was taken apart: many rules look at the same. */
let known: { readonly text: string; readonly codes: Codes } | undefined;

/** The text as code points, the unit that Python's patterns count in. */
function codePoints(text: string): Codes {
  if (known?.text === text) return known.codes;
  const codes = new Uint32Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    codes[length++] = code;
  }
  const result = codes.subarray(0, length);
  if (length >= longText) known = { text, codes: result };
  return result;
}

/** How a text is gone over. `everywhere` starts the program at every position, else only at the first. */
interface Way {
  readonly backwards: boolean;
  readonly everywhere: boolean;
}

/** From here on a memory pays. */
const longText = 256;

/** Moves over the text and reports every position where the program ends. `report` returns true to stop. False: it was too much work. */
function scan(program: Program, codes: Codes, way: Way, work: Work, report: (position: number) => boolean): boolean {
  const looks: Uint8Array[] = [];
  for (const look of program.looks ?? []) {
    const table = lookTable(look, codes, work);
    if (table === undefined) return false;
    looks.push(table);
  }
  const machine = new Machine(program, looks, codes, way);
  return codes.length < longText ? scanDirectly(machine, [0], 0, work, report) : scanWithMemory(machine, work, report);
}

/** A program at work on a text. */
class Machine {
  readonly program: Program;
  readonly codes: Codes;
  readonly way: Way;
  readonly #looks: readonly Uint8Array[];
  readonly #seen: Int32Array;
  readonly #stack: number[] = [];
  #round = 0;
  /** Whether the program could end at the position that was entered last. */
  ended = false;

  constructor(program: Program, looks: readonly Uint8Array[], codes: Codes, way: Way) {
    this.program = program;
    this.codes = codes;
    this.way = way;
    this.#looks = looks;
    this.#seen = new Int32Array(program.steps.length);
  }

  /** Follows everything that consumes nothing, and puts the places that wait for a character into `waiting`. Gives how many were looked at. */
  enter(from: readonly number[], position: number, waiting: number[]): number {
    const { steps } = this.program;
    const stack = this.#stack;
    const round = ++this.#round;
    let looked = 0;
    this.ended = false;
    for (let i = from.length - 1; i >= 0; i--) stack.push(from[i] ?? 0);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (this.#seen[at] === round) continue;
      this.#seen[at] = round;
      looked++;
      const step = steps[at];
      if (step === undefined) continue;
      switch (step[0]) {
        case 'jump':
          stack.push(step[1]);
          break;
        case 'split':
          for (const target of step[1]) stack.push(target);
          break;
        case 'at':
          if (holds(step[1], this.codes, position)) stack.push(at + 1);
          break;
        case 'look':
          if (this.#looks[step[1]]?.[position] === 1) stack.push(at + 1);
          break;
        case 'end':
          this.ended = true;
          break;
        default:
          waiting.push(at);
      }
    }
    return looked;
  }

  /** Puts the places after `waiting` that a character leads to into `next`. */
  move(waiting: readonly number[], code: number, next: number[]): void {
    const { steps } = this.program;
    for (const at of waiting) {
      const step = steps[at];
      if (step === undefined) continue;
      if (
        step[0] === 'any' ||
        (step[0] === 'char' && step[1] === code) ||
        (step[0] === 'line' && code !== 10) ||
        (step[0] === 'set' && inSet(step[1], code))
      ) {
        next.push(at + 1);
      }
    }
  }

  /** Position of a turn, and the character that is read there. */
  position(turn: number): number {
    return this.way.backwards ? this.codes.length - turn : turn;
  }

  code(turn: number): number | undefined {
    return this.codes[this.way.backwards ? this.codes.length - turn - 1 : turn];
  }

  /** What of a position a step may depend on: bits for the anchors that the program has, and for its looks. */
  context(position: number): number {
    let bits = 0;
    let bit = 1;
    for (const anchor of this.anchors) {
      if (holds(anchor, this.codes, position)) bits |= bit;
      bit <<= 1;
    }
    for (const look of this.#looks) {
      if (look[position] === 1) bits |= bit;
      bit <<= 1;
    }
    return bits;
  }

  get anchors(): readonly Anchor[] {
    this.#anchors ??= [...new Set(this.program.steps.flatMap((step) => (step[0] === 'at' ? [step[1]] : [])))];
    return this.#anchors;
  }
  #anchors: readonly Anchor[] | undefined;

  get hasContext(): boolean {
    return this.anchors.length + this.#looks.length > 0;
  }

  /** Whether a context fits into a number. */
  get isSmall(): boolean {
    return this.anchors.length + this.#looks.length <= 20;
  }
}

/** Goes on from a turn with the places `from`. */
function scanDirectly(machine: Machine, from: number[], start: number, work: Work, report: (position: number) => boolean): boolean {
  const current = from;
  const waiting: number[] = [];
  for (let turn = start; turn <= machine.codes.length; turn++) {
    if (turn > start) {
      if (machine.way.everywhere) current.push(0);
      else if (current.length === 0) return true;
    }
    waiting.length = 0;
    work.left -= 1 + machine.enter(current, machine.position(turn), waiting);
    if (machine.ended && report(machine.position(turn))) return true;
    const code = machine.code(turn);
    if (code === undefined) return true;
    if (work.left <= 0) return false;
    current.length = 0;
    machine.move(waiting, code, current);
  }
  return true;
}

/** A set of places, with what follows on it in each context. */
interface Node {
  readonly from: readonly number[];
  /** The row of the context 0, the only one where the program has no anchors and looks. */
  row?: Row;
  readonly rows: Map<number, Row>;
}
interface Row {
  readonly waiting: readonly number[];
  readonly ended: boolean;
  /** Where an ASCII character leads, and any other. */
  readonly ascii: (Node | undefined)[];
  readonly others: Map<number, Node>;
}

/** What the memory may hold, in numbers; where that does not suffice, a memory is no use. */
const mostRemembered = 200_000;
/** Turns for each unit of work when the way is remembered. */
const rememberedTurns = 4;

function scanWithMemory(machine: Machine, work: Work, report: (position: number) => boolean): boolean {
  const { hasContext, isSmall } = machine;
  const { everywhere } = machine.way;
  const nodes = new Map<string, Node>();
  let remembered = 0;
  const nodeOf = (places: readonly number[]): Node => {
    const from = [...new Set(everywhere ? [...places, 0] : places)].sort((a, b) => a - b);
    const key = from.join();
    let node = nodes.get(key);
    if (node === undefined) {
      node = { from, rows: new Map() };
      nodes.set(key, node);
      remembered += 1 + from.length;
    }
    return node;
  };
  const rowOf = (node: Node, position: number): Row => {
    const context = hasContext ? machine.context(position) : 0;
    const known = node.rows.get(context);
    if (known !== undefined) return known;
    const waiting: number[] = [];
    work.left -= 2 * machine.enter(node.from, position, waiting);
    const row: Row = { waiting, ended: machine.ended, ascii: new Array<Node | undefined>(128), others: new Map() };
    node.rows.set(context, row);
    if (!hasContext) node.row = row;
    remembered += 100 + waiting.length;
    return row;
  };
  const follow = ({ waiting, ascii, others }: Row, code: number): Node => {
    const places: number[] = [];
    machine.move(waiting, code, places);
    work.left -= 2 + waiting.length + 2 * places.length;
    const next = nodeOf(places);
    if (code < 128) ascii[code] = next;
    else others.set(code, next);
    remembered++;
    return next;
  };
  let node = nodeOf([0]);
  for (let turn = 0; turn <= machine.codes.length; turn++) {
    if (node.from.length === 0) return true;
    if (turn % rememberedTurns === 0 && --work.left <= 0) return false;
    if (remembered > mostRemembered || !isSmall) return scanDirectly(machine, [...node.from], turn, work, report);
    const position = machine.position(turn);
    const row = node.row ?? rowOf(node, position);
    if (row.ended && report(position)) return true;
    const code = machine.code(turn);
    if (code === undefined) return true;
    node = (code < 128 ? row.ascii[code] : row.others.get(code)) ?? follow(row, code);
  }
  return true;
}

/** For each position, 1 where the look holds. Computed for all positions in one pass, which keeps the whole linear. */
function lookTable(look: Look, codes: Codes, work: Work): Uint8Array | undefined {
  work.left -= codes.length >> 3;
  if (work.left <= 0) return undefined;
  const table = new Uint8Array(codes.length + 1).fill(look.not ? 1 : 0);
  const scanned = scan(look.program, codes, { backwards: look.ahead, everywhere: true }, work, (position) => {
    table[position] = look.not ? 0 : 1;
    return false;
  });
  return scanned ? table : undefined;
}
