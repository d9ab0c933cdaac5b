import { isSecretVariable } from '../secret-names.ts';
import { assignText, setElements } from './assign.ts';
import type { Invocation } from './invocation.ts';
import { either, succeeded, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { anyText, display, known, type Text } from './value.ts';

/** `declare -l`, `-u` and `-i` change whatever is assigned from then on. The words are the whole declaration. */
export function setAttribute(name: string, words: readonly Text[], state: State): void {
  if (known(words[0] ?? '') === 'export') return;
  const attribute = (['l', 'u', 'i', 'A'] as const).find((flag) =>
    words.some((word) => /^-\w+$/.test(known(word) ?? '') && known(word)?.includes(flag)),
  );
  if (attribute) state.setVariable(name, { ...(state.variable(name) ?? { values: [undefined] }), attribute });
}

/** Whether a declaration is one of the function it stands in. */
export function isLocal(words: readonly Text[]): boolean {
  const name = known(words[0] ?? '');
  return name === 'local' || ((name === 'declare' || name === 'typeset') && !words.some((word) => /^-\w*g/.test(known(word) ?? '')));
}

/** Whether a declaration makes its names read-only. */
export function isReadOnly(words: readonly Text[]): boolean {
  return known(words[0] ?? '') === 'readonly' || words.some((word) => /^-\w*r/.test(known(word) ?? ''));
}

/** Whether a declaration makes its names stand for other variables. */
export function isReference(words: readonly Text[]): boolean {
  return known(words[0] ?? '') !== 'export' && words.some((word) => /^-\w*n/.test(known(word) ?? ''));
}

/** Makes a name stand for a variable; a text that is no name of one leaves all as it was. */
export function refer(name: string, target: Text | undefined, state: State, run: Run): void {
  const text = target === undefined ? '' : known(target);
  if (text === undefined) state.setReference(name, null);
  else if (/^(?:[A-Za-z_]\w*(?:\[.*\])?)?$/s.test(text)) state.setReference(name, /^\w*(?:\[\w+\])?$/.test(text) ? text : null);
  // It may mean the variable of that name which the function hides.
  if (text !== undefined && state.meant(name) === null) run.opaque(`${name} is another name for itself`);
}

/** Remembers the value that a variable of a function hides. */
export function saveLocal(name: string, state: State, run: Run): void {
  for (let i = run.frames.length - 1; i >= 0; i--) {
    const frame = run.frames[i];
    if (frame?.kind !== 'function') continue;
    const before = state.own(name);
    if (!frame.saved.has(name)) frame.saved.set(name, before);
    // The function's own variable is not another name for what it was outside.
    if (before?.ref !== undefined) state.setReference(name, undefined);
    // Nor is it an array because that was one.
    if (before?.elements !== undefined) state.setOwn(name, { values: [undefined] });
    return;
  }
}

/** `declare -g` of a name that a function has a variable of its own of: it sets the one behind, which is not followed, and said. */
export function isHiddenGlobal(name: string, words: readonly Text[], run: Run): boolean {
  const isGlobal = known(words[0] ?? '') !== 'export' && words.some((word) => /^-\w*g/.test(known(word) ?? ''));
  if (!isGlobal || !run.frames.some((frame) => frame.saved.has(name))) return false;
  run.opaque(`${name}, which a function hides, is set outside of it`);
  return true;
}

/** `declare -p` prints all variables with their values, `declare -p GITHUB_TOKEN` that one. */
function judgePrinted(call: Invocation): void {
  const flags = call.args.map((arg) => known(arg) ?? '').filter((arg) => /^-[a-zA-Z]+$/.test(arg));
  if (!flags.some((flag) => flag.includes('p')) || flags.some((flag) => /[fF]/.test(flag))) return;
  const names = call.args.filter((arg) => !known(arg)?.startsWith('-'));
  if (names.length === 0) call.act('secret.print', 'the environment', 'read');
  for (const name of names) if (isSecretVariable(known(name) ?? 'TOKEN')) call.act('secret.print', display(name), 'read');
}

/** The builtins `declare`, `typeset`, `local`, `export` and `readonly`, where their words are no plain assignments. */
export function declare(call: Invocation): Outcome {
  const { args, state, run, name } = call;
  judgePrinted(call);
  const flags = args
    .map((arg) => known(arg) ?? '')
    .filter((arg) => /^[-+]\w+$/.test(arg))
    .join('');
  if (isReference([name, ...args])) return declareReferences(call);
  if (flags.includes('f') || flags.includes('F')) return declareFunctions(call, flags);
  const exported = name === 'export' ? !flags.includes('n') : flags.includes('x') ? true : undefined;
  let isRefused = false;
  for (const arg of args) {
    if (/^[-+]\w+$/.test(known(arg) ?? '')) continue;
    const fixed = /^\w+/.exec(display(arg))?.[0];
    // Some take no elements, and none takes one before the first.
    if (fixed !== undefined && (state.variable(fixed)?.fixed || display(arg).startsWith('[', fixed.length))) isRefused = true;
    if (args.some((flag) => /^\+\w*n/.test(known(flag) ?? '')) && state.own(known(arg) ?? '')?.ref !== undefined) {
      const meant = state.own(known(arg) ?? '')?.ref;
      state.setReference(known(arg) ?? '', undefined);
      state.set(known(arg) ?? '', meant ?? anyText);
      continue;
    }
    if (fixed !== undefined && isHiddenGlobal(fixed, [name, ...args], run)) continue;
    if (fixed !== undefined) setAttribute(fixed, [name, ...args], state);
    const variable = typeof arg === 'string' ? /^\w+/.exec(arg)?.[0] : undefined;
    if (variable !== undefined && isLocal([name, ...args]) && run.frames.some((frame) => frame.kind === 'function')) {
      saveLocal(variable, state, run);
      if (variable === arg) {
        const outer = state.variable(arg);
        state.set(arg, undefined);
        // In dash it keeps the value that it hides.
        if (outer && outer.elements === undefined && outer.values.some((value) => value !== undefined))
          state.setVariable(arg, { ...outer, values: [undefined, ...outer.values.filter((value) => value !== undefined)] });
        continue;
      }
    }
    if (known(arg) === undefined && !/^\w+\+?=/.test(display(arg))) run.opaque('a variable whose name cannot be known');
    else if (known(arg) === undefined) {
      const variable = /^\w+/.exec(display(arg))?.[0];
      if (variable !== undefined) state.set(variable, anyText, exported);
    } else assignText(arg, state, run, exported, flags.includes('i'));
    if (fixed !== undefined && isReadOnly([name, ...args])) state.fix(fixed);
  }
  return isRefused ? either(state) : succeeded(state);
}

// `declare -n name=variable`: the name stands for the variable from now on.
function declareReferences({ args, name, state, run }: Invocation): Outcome {
  for (const arg of args) {
    const shown = display(arg);
    const [, variable, assigned] = /^([A-Za-z_]\w*)(=)?/.exec(shown) ?? [];
    if (variable === undefined) {
      if (!/^-\w+$/.test(known(arg) ?? '')) run.opaque('a variable whose name cannot be known');
      continue;
    }
    if (isLocal([name, ...args])) saveLocal(variable, state, run);
    const text = known(arg);
    if (!assigned) {
      // A variable that was set before means the one that it names.
      const before = state.own(variable);
      const value = before?.values.length === 1 ? before.values[0] : undefined;
      if (before?.ref === undefined) refer(variable, before && before.values[0] !== undefined ? (value ?? anyText) : undefined, state, run);
    } else refer(variable, text === undefined ? anyText : text.slice(variable.length + 1), state, run);
  }
  return either(state);
}

// `export -f name`: shells started from here have the function as well.
function declareFunctions({ args, name, state }: Invocation, flags: string): Outcome {
  const isExport = name === 'export' ? !flags.includes('n') : flags.includes('x');
  if (isExport || name === 'export')
    for (const arg of args) {
      const fn = known(arg) ?? '';
      state.setFunction(fn, ...state.functionsNamed(fn).map((way) => way && { ...way, exported: isExport }));
    }
  return either(state);
}

/** The builtin `unset`. */
export function unset(call: Invocation): Outcome {
  const functions = call.args.some((arg) => known(arg) === '-f');
  const names = call.args.some((arg) => known(arg) === '-n');
  const isRefused = call.args.some((arg) => call.state.variable(known(arg) ?? '')?.fixed);
  for (const arg of call.args) {
    const name = known(arg);
    if (name === undefined || name.startsWith('-')) continue;
    if (names) {
      if (call.state.own(name)?.ref !== undefined) call.state.setReference(name, undefined);
    } else if (functions) call.state.setFunction(name, undefined);
    else if (/^\w+$/.test(name)) {
      if (!call.state.variable(name)) call.state.setFunction(name, undefined);
      call.state.set(name, undefined, false);
    } else if (/^\w+\[/.test(name)) setElements(name.slice(0, name.indexOf('[')), undefined, call.state);
  }
  return isRefused ? either(call.state) : succeeded(call.state);
}
