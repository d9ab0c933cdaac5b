import type { Analysis } from '../model/effect.ts';
import type { Action, Dialect, ToolCall } from '../model/tool-call.ts';
import type { World } from '../model/world.ts';
import { doesNothing, isProjectHook } from './hook-content.ts';
import { parsePatch } from './patch.ts';
import { absolute, resolve, withoutEnd } from './paths.ts';
import { riskOfAll } from './risk.ts';
import { runCommandText, shellHooks } from './shell/command-text.ts';
import { Run, type ShellHooks } from './shell/run.ts';
import { State } from './shell/state.ts';
import { parseSql } from './sql.ts';
import { touch } from './touch.ts';
import { urlAct } from './url.ts';
import type { Places } from './zones.ts';

/** What a command needs to be looked at: directories are absolute and need not exist. */
export interface CommandContext {
  readonly cwd: string;
  readonly home: string;
  readonly workspace?: string;
  readonly dialect?: Dialect;
}

/** What a tool call would do. Never throws; what goes wrong inside is an opaque effect. */
export function analyze(call: ToolCall, world: World): Analysis {
  return guarded(world, call.home, call.workspace, (run) => {
    for (const action of call.actions) act(action, call.cwd, run);
  });
}

/** What a shell command would do. Never throws. */
export function analyzeCommand(command: string, context: CommandContext, world: World): Analysis {
  const { cwd, home, workspace = cwd, dialect } = context;
  return guarded(world, home, workspace, (run) => act({ kind: 'bash', command, ...(dialect ? { dialect } : {}) }, cwd, run));
}

/** Asked for when a command is run, and no sooner: the interpreter is loaded then. */
const lateHooks: ShellHooks = {
  substitute: (...args) => shellHooks().substitute(...args),
  evaluate: (...args) => shellHooks().evaluate(...args),
  start: (...args) => shellHooks().start(...args),
  processSubstitution: (...args) => shellHooks().processSubstitution(...args),
};

/** Places of the last analyses: the same ones are the same object, for which more is known with each call. */
let lastPlaces: readonly Places[] = [];
const mostPlaces = 8;

function placesLike(places: Places): Places {
  const before = lastPlaces.find(
    (last) =>
      last.home === places.home &&
      last.workspace === places.workspace &&
      last.ignoresCase === places.ignoresCase &&
      last.temp?.[0] === places.temp?.[0],
  );
  if (before) return before;
  lastPlaces = [places, ...lastPlaces.slice(0, mostPlaces - 1)];
  return places;
}

function guarded(world: World, home: string, workspace: string, body: (run: Run) => void): Analysis {
  const temp = world.variable('TMPDIR') ?? world.variable('TEMP');
  const stated = placesLike({
    home: slashed(home),
    workspace: slashed(workspace),
    ignoresCase: world.ignoresCase,
    ...(temp ? { temp: [withoutEnd(slashed(temp))] } : {}),
  });
  const real = { home: resolve(stated.home, '/', world), workspace: resolve(stated.workspace, '/', world) };
  const isLinked = real.home !== stated.home || real.workspace !== stated.workspace;
  const run = new Run(world, stated, isLinked ? placesLike({ ...stated, ...real }) : stated, lateHooks);
  try {
    body(run);
  } catch (error) {
    // A defect here must not become an approval: what could not be analysed is opaque.
    run.opaque(`the analysis failed: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
  return { effects: run.effects, risk: riskOfAll(run.effects), ...(isLinked ? { places: real } : {}), problems: run.problems };
}

/** Paths of Windows are compared with slashes. */
function slashed(path: string): string {
  return /^[A-Za-z]:[\\/]|^\\\\/.test(path) ? path.replaceAll('\\', '/') : path;
}

function act(action: Action, place: string, run: Run): void {
  const cwd = slashed(place);
  const state = new State([cwd], new Map());
  switch (action.kind) {
    case 'bash':
      runCommandText(action.command, action.dialect, slashed(action.cwd ?? cwd), run);
      return;
    case 'write':
      for (const path of meanings(action.path, run)) {
        touch('write', path, state, run);
        hook(path, action.content, cwd, run);
      }
      return;
    case 'edit':
      for (const path of meanings(action.path, run)) {
        touch('read', path, state, run);
        touch('write', path, state, run);
        for (const { newText } of action.replacements ?? []) hook(path, newText, cwd, run);
      }
      return;
    case 'delete':
      for (const path of meanings(action.path, run)) touch('delete', path, state, run, { keepLink: true });
      return;
    case 'read':
      for (const path of meanings(action.path, run)) touch('read', path, state, run);
      return;
    case 'patch':
      patch(action.text, state, run);
      return;
    case 'fetch':
      fetchUrl(action.url, action.method, run);
      return;
    case 'sql':
      sql(action.query, run);
      return;
    case 'mcp':
      run.emit({ kind: 'unknown', certainty: 'approximate', tool: `${action.server}/${action.tool}` });
      return;
    case 'other':
      if (action.act === undefined) run.emit({ kind: 'unknown', certainty: 'approximate' });
      else run.emit({ kind: 'execute', certainty: 'opaque', act: action.act });
  }
}

/** Some tools take `~` for the home and some for a folder of that name: where a path starts with it, both are meant. */
function meanings(path: string, run: Run): readonly string[] {
  return /^~(?:$|[\\/])/.test(path) ? [path, run.places.home + path.slice(1)] : [path];
}

/** A hook that a tool writes and that does nothing is a hook switched off. */
function hook(path: string, content: string | undefined, cwd: string, run: Run): void {
  const place = absolute(path, cwd);
  if (content !== undefined && isProjectHook(place) && doesNothing(content))
    run.emit({ kind: 'write', certainty: 'exact', path: place, act: 'checks.skip', evidence: 'a hook that does nothing' });
}

function patch(text: string, state: State, run: Run): void {
  const parsed = parsePatch(text);
  if (parsed.problem !== undefined) run.emit({ kind: 'write', certainty: 'opaque', evidence: parsed.problem });
  for (const file of parsed.files) {
    for (const path of meanings(file.path, run)) {
      touch(file.operation === 'delete' ? 'delete' : 'write', path, state, run);
      hook(path, file.content, state.cwds[0] ?? '/', run);
    }
    if (file.operation === 'move' && file.to !== undefined) for (const path of meanings(file.to, run)) touch('write', path, state, run);
  }
}

function fetchUrl(url: string, method: string | undefined, run: Run): void {
  const facts = urlAct(url);
  run.emit({
    kind: 'network',
    certainty: 'exact',
    url,
    ...(facts.act ? { act: facts.act } : method !== undefined && !/^(?:get|head|options)$/i.test(method) ? { act: 'net.upload' } : {}),
  });
}

function sql(query: string, run: Run): void {
  const statements = parseSql(query);
  if (statements.length === 0)
    run.emit({ kind: 'unknown', certainty: 'opaque', statement: query.slice(0, 2000), evidence: 'no statement was found' });
  for (const statement of statements) {
    run.emit({
      kind: statement.reads ? 'read' : 'write',
      certainty: 'exact',
      statement: statement.text.slice(0, 2000),
      ...(statement.act ? { act: statement.act } : {}),
    });
    if (statement.isComputed) run.opaque('a statement that is put together while it runs');
  }
}
