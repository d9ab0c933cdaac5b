import type { Analysis, Effect } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { Verdict } from '../model/verdict.ts';
import type { World } from '../model/world.ts';
import type { GatewayDeps } from '../gateway/deps.ts';
import { isLowRiskRead } from '../gateway/failure.ts';
import type { Outcome } from '../gateway/gateway.ts';
import { fishAsBash } from './fish.ts';
import { type Question, shellQuoted } from './question.ts';

/** What becomes of a question: a verdict, or first the values of the shell's variables that it depends on. */
export type Answer = { readonly verdict: Verdict; readonly reason: string } | { readonly need: readonly string[] };

/** What the decider of a terminal needs of the world. */
export interface DeciderOptions {
  /** Who runs the commands, for the record. */
  readonly agent: string;
  readonly session: string;
  /** Project root of the terminal: absolute. */
  readonly workspace: string;
  readonly home: string;
  /** The machine for one question. */
  readonly world: (variable: (name: string) => string | undefined) => World;
  readonly analyze: (call: ToolCall, world: World) => Analysis;
  /**
   * Whether a person has just let this very line run when the agent's own hook asked for it: then it is not asked a second time. Each such
   * answer counts once.
   */
  readonly answered: (line: string) => boolean;
  /** The gateway, which is given the analysis that was made here. */
  readonly handle: (call: ToolCall, analyze: GatewayDeps['analyze']) => Promise<Outcome>;
}

/** Lines whose approval is remembered, and effects of each. */
const mostLines = 64;
const mostEffects = 2000;
const mostVariables = 40;

/** Programs that run what they read from standard input where no argument names it. */
const interpreters = /^(?:(?:ba|da|z|k|fi)?sh|python[\d.]*|node|perl|ruby)$/;

/**
 * Decides what the shells of one terminal are about to run. A line is decided as a whole first, so that pipes and loops are seen as one; what is reached
 * later (commands in functions, aliases and scripts, programs started by programs) is decided when it is reached, unless the line that it
 * belongs to was approved with the very same effects.
 */
export class Decider {
  readonly #options: DeciderOptions;
  /** Effects that were approved, by line. */
  readonly #approved = new Map<string, Set<string>>();

  constructor(options: DeciderOptions) {
    this.#options = options;
  }

  /** Never rejects where the gateway does not. */
  async decide(question: Question): Promise<Answer> {
    const text = textOf(question);
    if (disarms(text)) return { verdict: 'deny', reason: 'This would switch off the guard of this terminal.' };
    const call = this.#call(question, text);
    const missing = new Set<string>();
    const world = this.#options.world((name) => {
      if (!question.variables.has(name)) missing.add(name);
      const value = question.variables.get(name);
      // A variable that is not set is empty, but where the text says what it is then.
      return value ?? (question.variables.has(name) && !new RegExp(`\\$\\{${name}[:+=?-]`).test(text) ? '' : undefined);
    });
    const analysis = this.#options.analyze(call, world);
    const need = [...missing].filter((name) => /^[A-Za-z_]\w*$/.test(name) && name.length < 100).slice(0, mostVariables);
    if (need.length > 0 && question.kind !== 'argv' && question.dialect !== 'fish' && question.variables.size < mostVariables)
      return { need };
    const prints = analysis.effects.map((effect) => fingerprint(effect, question.cwd));
    const before = this.#approved.get(question.line);
    if (before !== undefined && question.kind !== 'line') {
      const isCovered = analysis.problems.length === 0 && prints.every((print) => before.has(print));
      if (isCovered || isLowRiskRead(analysis, true)) return approved;
    }
    if (question.kind === 'line' && this.#options.answered(text)) {
      this.#remember(question, prints);
      return approved;
    }
    const outcome = await this.#options.handle(call, () => analysis);
    if (outcome.verdict !== 'approve') return { verdict: 'deny', reason: [outcome.reason, outcome.advice ?? ''].join(' ').trim() };
    this.#remember(question, prints);
    return approved;
  }

  #call({ dialect, cwd, kind }: Question, command: string): ToolCall {
    const { agent, session, workspace, home } = this.#options;
    const translated = dialect === 'fish' ? fishAsBash(command) : undefined;
    const action = translated === undefined ? { command, dialect } : { command: translated, dialect: 'bash' as const };
    return {
      tool: 'bash',
      nativeTool: `terminal ${kind}`,
      args: { command },
      actions: [{ kind: 'bash', cwd, ...action }],
      agent,
      session,
      cwd,
      workspace,
      home,
    };
  }

  #remember({ line, kind }: Question, prints: readonly string[]): void {
    if (line === '') return;
    const known = kind === 'line' ? new Set<string>() : (this.#approved.get(line) ?? new Set<string>());
    for (const print of prints) if (known.size < mostEffects) known.add(print);
    this.#approved.delete(line);
    this.#approved.set(line, known);
    const oldest = this.#approved.keys().next().value;
    if (this.#approved.size > mostLines && oldest !== undefined) this.#approved.delete(oldest);
  }
}

const approved: Answer = { verdict: 'approve', reason: '' };

/** The same effect in the same directory, wherever in a text it was found. */
function fingerprint({ span: _, evidence: __, ...effect }: Effect, cwd: string): string {
  return JSON.stringify([cwd, Object.entries(effect).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function textOf({ kind, words, stdin }: Question): string {
  if (kind !== 'argv') return words[0] ?? '';
  const text = words.map(shellQuoted).join(' ');
  const program = (words[0] ?? '').split('/').pop() ?? '';
  // What comes through a pipe is not known here, unlike what a file or a person holds.
  const isFed =
    stdin === 'pipe' && interpreters.test(program) && words.slice(1).every((word) => word.startsWith('-') && !/^-\w*c/.test(word));
  return isFed ? `cat | ${text}` : text;
}

/**
 * Whether a command takes the guard out of its shell: its trap and options, its variables and functions, or a shell or environment without
 * it. What only prints such a word is denied, too: nothing that an agent needs is called so.
 */
export function disarms(text: string): boolean {
  return (
    /__agent_policy_|\bAGENT_POLICY_/.test(text) ||
    /\btrap\s[^;&|\n]*\b(?:SIG)?DEBUG\b/.test(text) ||
    /\bTRAPDEBUG\b/.test(text) ||
    /\bshopt\s+-\w*u\w*\s[^;&|\n]*extdebug/.test(text) ||
    /\bset\s+(?:\+\w*T|\+o\s+(?:functrace|history))/.test(text) ||
    /(?:^|[\s;&|(])(?:unset|export|declare|typeset|env)\s[^;&|\n]*\bBASH_ENV\b|(?:^|[\s;&|(])BASH_ENV=/.test(text) ||
    // A shell that is started by its path, or told to read no start-up files.
    /(?:^|[;&|(]|\b(?:exec|command|env|sudo)\s)\s*\/\S*\/(?:bash|zsh|fish)(?:\s+-[il]+)?\s*(?:$|[;&|)])/.test(text) ||
    /\b(?:bash|zsh|fish)(?:\s+-\S+)*?\s+--(?:norc|rcfile|init-file|no-rcs|no-config|noprofile|posix)\b/.test(text) ||
    /\b(?:bash(?:\s+-\S+)*?\s+-\w*p|zsh(?:\s+-\S+)*?\s+-\w*f|fish(?:\s+-\S+)*?\s+-\w*N)\w*(?:\s|$)/.test(text) ||
    /\bpre(?:exec|cmd)_functions\b|\bzle\s+-[AN]\b[^;&|\n]*accept-line/.test(text)
  );
}
