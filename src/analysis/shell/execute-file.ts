import { classify } from '../zones.ts';
import { findProgram } from '../programs/registry.ts';
import { locations } from '../touch.ts';
import { contentOf, madeFile, noticeChange, type Content } from './files.ts';
import { argvOf, type Invocation } from './invocation.ts';
import { after, either, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { runChildShell } from './script-text.ts';
import { anyOf, startProgram } from './simple.ts';
import type { State } from './state.ts';
import { display, isMany, known, knownSuffix, originOf, type Text } from './value.ts';
import { absorb, joined } from './state-join.ts';
import { programName } from '../paths.ts';

const shells = /^(?:ba|da|a|z|k|mk|fi)?sh$/;
/** Start-up files of tools that people source all day: what they do is set variables. */
const environments =
  /(?:^|\/)(?:activate(?:\.fish|\.csh)?|nvm\.sh|\.?env(?:\.sh)?|sdkman-init\.sh|\.bashrc|\.zshrc|\.profile|\.bash_profile|asdf\.sh|setup\.(?:ba|z)?sh|emsdk_env\.sh|conda\.sh|cargo\/env|bash_completion|completion\.(?:ba|z)sh(?:\.inc)?|rvm|chruby\.sh)$/;

const installedProgram =
  /(?:^|\/)(?:(?:node_modules\/\.bin|vendor\/bin|\.?v?env\/(?:bin|Scripts))\/[\w.@-]+|bin\/(?:rails|rake|console|bundle)|gradlew|mvnw|manage\.py|artisan)$/;

/**
 * Runs a program given by its path, where something is known of the file: a script is followed, a copy of or link to a program is that
 * program, a download is code nobody has read. `undefined`: nothing is known, it is a program like any other.
 */
export function runFile(file: Text, args: readonly Text[], state: State, io: Io, run: Run): Outcome | undefined {
  const path = known(file);
  if (path === undefined) return undefined;
  if (/^\/etc\/(?:init\.d|rc\.d)\/[\w.-]+$/.test(path) && known(args[0] ?? '') !== 'status')
    run.emit({
      kind: 'execute',
      certainty: 'exact',
      act: 'service.change',
      program: programName(path),
      argv: argvOf(args),
      evidence: path,
    });
  const found = locations(path, state, run);
  if (state.cwds.length > 1 && found.length > 1) return runFromEach(file, args, state, io, run);
  const only = found[0];
  if (!only) return undefined;
  const made = madeFile(only.typed, only.real, state);
  // Programs that a project's packages bring, and wrappers of build tools, are what their names say unless this session made them.
  if (made === undefined && installedProgram.test(path) && !run.world.madeBySession(only.real))
    return startProgram(programName(path), args, state, io, run);
  if (made?.same) return anyOf(made.same.map((same) => startProgram(programName(same), args, state.fork(), io, run)));
  const realName = programName(only.real);
  if (realName !== programName(path) && findProgram(realName) && !findProgram(programName(path)))
    return startProgram(realName, args, state, io, run);
  if (findProgram(programName(path)) && made === undefined && !classify(only.real, run.places).includes('workspace')) return undefined;
  const content = contentOf(file, state, run, io.input);
  if (!content) {
    if (run.virtual.has(path)) return undefined;
    const zones = classify(only.real, run.places);
    if (made === undefined && run.unpacked && path.includes('/')) run.reportOrigin('download');
    if (made === undefined && !zones.includes('temp')) return undefined;
    run.emit({ kind: 'execute', certainty: 'exact', program: programName(path), argv: argvOf(args) });
    if (made?.origin === undefined || !run.reportOrigin(made.origin)) run.opaque(`the program ${display(file)} cannot be known`);
    return either(state);
  }
  run.emit({ kind: 'execute', certainty: 'exact', program: programName(path), argv: argvOf(args) });
  return runContent(content, file, args, state, io, run);
}

// In several folders that may be the current one: whatever lies there may run.
function runFromEach(file: Text, args: readonly Text[], state: State, io: Io, run: Run): Outcome | undefined {
  let all: State = state;
  let ran = false;
  for (const cwd of state.cwds) {
    const inner = state.fork();
    inner.cwds = [cwd];
    const outcome = runFile(file, args, inner, io, run);
    if (!outcome) continue;
    ran = true;
    const end = after(outcome);
    if (!end) continue;
    const back = end.fork();
    back.cwds = state.cwds;
    all = joined(all, back);
  }
  return ran ? either(all) : undefined;
}

/** Runs the text of a script file by the interpreter its first line names. */
export function runContent(
  { text, fresh, path, isUnsure }: Content,
  file: Text,
  args: readonly Text[],
  state: State,
  io: Io,
  run: Run,
  interpreter?: string,
): Outcome {
  const source = known(text);
  if (source === undefined && interpreter === undefined) {
    // Built from sources that lie in the project.
    if (originOf(text) === 'generated') return either(state);
    if (!run.reportOrigin(originOf(text))) run.opaque(`what ${display(file)} contains cannot be known`);
    return either(state);
  }
  const first = source === undefined ? undefined : /^#!\s*(?:\S*\/)?(?:env\s+(?:-\S+\s+)*)?([\w.+-]+)/.exec(source)?.[1];
  const program = interpreter ?? first ?? (source !== undefined && /[\0-\x08]/.test(source) ? undefined : 'sh');
  if (program === undefined) return either(state);
  if (!shells.test(program)) {
    const known_ = findProgram(program);
    if (!known_ || !fresh) {
      run.reportOrigin(originOf(text));
      return either(state);
    }
    return startProgram(program, [file, ...args], state, io, run);
  }
  const before = state.files.get(path);
  const missing = isUnsure ? state.fork() : undefined;
  if (!fresh) run.lenient += 1;
  const outcome = runChildShell(text, file, args.some(isMany) ? undefined : args, state, io, run, program);
  if (!fresh) run.lenient -= 1;
  noticeChange(path, before, state, run);
  // Where the file is not there nothing of it has run.
  if (missing) absorb(state, joined(missing, state));
  return outcome;
}

/** Whether a file only sets up an environment, as version managers have it; they are sourced from a folder that a variable names. */
export function isEnvironment(file: Text): boolean {
  return environments.test(known(file) ?? knownSuffix(file));
}

/** `source` of a file that cannot be read. */
export function sourceUnknown(call: Invocation, file: Text): void {
  const path = known(file);
  if (isEnvironment(file)) return;
  if (path !== undefined) {
    const [only] = locations(path, call.state, call.run);
    if (only && classify(only.real, call.run.places).includes('workspace')) {
      // A file of the project that is not there has nothing to run.
      call.run.problem(`${path} cannot be read`);
      call.run.emit({ kind: 'unknown', certainty: 'opaque', evidence: `${path} cannot be read` });
      call.state.touched = true;
      return;
    }
    // What the system brings is as trusted as its programs are.
    if (only && classify(only.real, call.run.places).includes('system')) return;
  }
  call.opaque(`what ${display(file)} contains cannot be known`);
}
