import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isRecord } from '../values.ts';
import { canary } from './canary.ts';
import { InstallError, readFile } from './files.ts';
import { parseJsonc } from './jsonc.ts';
import { execForm, isOurs, type Machine, type Scope, scopes } from './place.ts';
import { denialsIn, opencodeDenials } from './second-layer.ts';
import type { Placement, Switch, Target } from './targets.ts';

/** One thing that was looked at. `warning`: the agent is guarded, but somebody should know. */
export interface Check {
  readonly name: string;
  readonly result: 'ok' | 'warning' | 'failed';
  readonly detail: string;
}

/** Whether an agent is guarded on this machine, in this project. */
export interface Diagnosis {
  readonly agent: string;
  readonly protected: boolean;
  /** Scopes with hooks of ours. */
  readonly scopes: readonly Scope[];
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

/** A hook as it stands in a file: how the host starts it. */
type Started = { readonly command: string; readonly args?: readonly string[]; readonly onFailure?: unknown };

const ok = (name: string, detail: string): Check => ({ name, result: 'ok', detail });
const warning = (name: string, detail: string): Check => ({ name, result: 'warning', detail });
const failed = (name: string, detail: string): Check => ({ name, result: 'failed', detail });

/** Looks at everything that decides whether the hooks of an agent run, and sends two calls through each of them. Never throws. */
export function diagnose(target: Target, machine: Machine): Diagnosis {
  const checks: Check[] = [];
  const found: Scope[] = [];
  for (const scope of scopes) {
    const placements = target.files[scope]?.(machine) ?? [];
    const started = placements.flatMap((placement) => hooksIn(placement, machine, scope, target, checks));
    if (started.length === 0) continue;
    found.push(scope);
    checks.push(...placements.filter((placement) => placement.kind !== 'codex-trust').map((placement) => modeOf(placement.file)));
    const distinct = [...new Map(started.map((hook) => [JSON.stringify([hook.command, hook.args]), hook])).values()];
    for (const hook of distinct) checks.push(...prove(target, scope, hook, machine));
  }
  if (found.length === 0)
    checks.push(failed('hooks', `No hook of Agent Policy is installed. Run: agent-policy install --agent ${target.id}`));
  else if (found.length === 1 && found[0] === 'project') {
    checks.push(warning('scope', 'The hooks are in the project only: an agent that is started in another folder is not guarded.'));
  }
  if (found.length > 0 && target.isUntried === true)
    checks.push(
      warning(
        'program',
        `Whether ${target.id} itself honours the hook was never tried. Let it run "git push --force" in a scratch repository before you rely on it.`,
      ),
    );
  checks.push(...target.switches(machine).flatMap(switchCheck));
  checks.push(...versionChecks(target, machine));
  return { agent: target.id, protected: checks.every((check) => check.result !== 'failed'), scopes: found, checks, notes: target.notes };
}

/** Our hooks in a file, and what is wrong with the file. */
function hooksIn(placement: Placement, machine: Machine, scope: Scope, target: Target, checks: Check[]): readonly Started[] {
  let text: string | undefined;
  try {
    text = readFile(placement.file);
  } catch (error) {
    checks.push(failed('settings', error instanceof InstallError ? error.message : String(error)));
    return [];
  }
  if (text === undefined) return [];
  if (placement.kind === 'codex-trust') {
    const isTrusted = text.includes(`[hooks.state.${JSON.stringify(placement.hooks).slice(0, -1)}:pre_tool_use:`);
    if (!isTrusted && existsSync(placement.hooks))
      checks.push(failed('trust', `${placement.file} has no trust for the hook in ${placement.hooks}, so Codex skips it.`));
    return [];
  }
  if (placement.kind === 'denials') {
    const missing = opencodeDenials.length - denialsIn(text).length;
    // Without any it is a file that the installation did not touch.
    if (missing === 0) checks.push(ok('rules', placement.file));
    else if (missing < opencodeDenials.length)
      checks.push(warning('rules', `${placement.file} lacks ${missing} of ${opencodeDenials.length} denials. Run install again.`));
    return [];
  }
  if (placement.kind === 'rules') {
    if (text !== placement.text) checks.push(warning('rules', `${placement.file} is not as this version writes it. Run install again.`));
    else checks.push(ok('rules', placement.file));
    return [];
  }
  if (placement.kind === 'whole' && !placement.file.endsWith('.json')) {
    if (text === placement.text) checks.push(ok('plugin', placement.file));
    else if (isOurs(text)) checks.push(warning('plugin', `${placement.file} is not as this version writes it. Run install again.`));
    else return [];
    return [execForm(machine, scope, target.id)];
  }
  const parsed = parseJsonc(text);
  if ('problem' in parsed) {
    checks.push(
      failed(
        'settings',
        `${placement.file}:${parsed.position.line}:${parsed.position.column}: ${parsed.problem}. The agent may ignore the whole file.`,
      ),
    );
    return [];
  }
  const hooks: Started[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isRecord(value)) {
      const { command, args } = value;
      if (typeof command === 'string' && isOurs(value))
        hooks.push({ command, ...(Array.isArray(args) ? { args: args.map(String) } : {}), onFailure: value['onFailure'] });
      else Object.values(value).forEach(collect);
    }
  };
  collect(parsed.root.value);
  if (hooks.length > 0) checks.push(ok('settings', placement.file));
  return hooks;
}

/** Others who may write a settings file may switch the guard off. */
function modeOf(file: string): Check {
  if (process.platform === 'win32' || !existsSync(file)) return ok('mode', file);
  const { mode } = statSync(file);
  return (mode & 0o022) === 0
    ? ok('mode', `${file} can be changed by its owner only`)
    : failed('mode', `${file} can be changed by others. Run: chmod go-w '${file}'`);
}

/** Runs the hook as the host would: a force push must be denied, and looking must be approved. */
function prove(target: Target, scope: Scope, hook: Started, machine: Machine): readonly Check[] {
  const name = `hook (${scope})`;
  const run = (command: string) => {
    const input = JSON.stringify(canary(target.id, command, machine.project, randomUUID()));
    const options = {
      input,
      cwd: machine.project,
      encoding: 'utf8',
      timeout: 20_000,
      env: machine.env,
    } as const;
    if (hook.args !== undefined) return spawnSync(hook.command, hook.args, options);
    return machine.platform === 'win32'
      ? spawnSync('powershell', ['-NoProfile', '-Command', hook.command], options)
      : spawnSync('/bin/sh', ['-c', hook.command], options);
  };
  const checks: Check[] = [];
  const program = hook.args === undefined ? undefined : hook.command;
  if (program !== undefined && !existsSync(program)) checks.push(failed(name, `${program} is missing. Run install again.`));
  const push = run('git push --force origin main');
  // Antigravity knows denials by their object only; all others by exit code 2, too.
  const isDenied = /"(deny|cancel)"/.test(push.stdout ?? '') || (push.status === 2 && push.stdout === '');
  const isBroken = push.error !== undefined || /could not run/.test(`${push.stdout}${push.stderr}`);
  if (isBroken) checks.push(failed(name, `The hook does not run: ${firstLine(push.error?.message ?? push.stderr)}`));
  else if (isDenied) checks.push(ok(name, `A force push is denied: ${firstLine(push.stderr)}`));
  else checks.push(failed(name, `A force push is not denied (exit code ${push.status}). Is the policy in shadow mode?`));
  if (!isBroken) {
    const status = run('git status');
    if (status.status === 0 && status.stdout === '') checks.push(ok(name, '"git status" is approved'));
    else checks.push(warning(name, `"git status" is not approved: ${firstLine(status.stderr)}`));
  }
  if (target.id === 'claude-code' && hook.onFailure !== 'block')
    checks.push(failed(name, '"onFailure" is not "block": a crash of the guard would let calls run. Run install again.'));
  return checks;
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 200) || 'no message';
}

function switchCheck({ file, path, isOff }: Switch): readonly Check[] {
  let text: string | undefined;
  try {
    text = readFile(file);
  } catch (error) {
    return [warning('switches', String(error instanceof Error ? error.message : error))];
  }
  if (text === undefined) return [];
  const parsed = parseJsonc(text);
  if ('problem' in parsed)
    return [
      warning(
        'switches',
        `${file}:${parsed.position.line}:${parsed.position.column}: ${parsed.problem}. The agent may ignore the whole file.`,
      ),
    ];
  const value = path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), parsed.root.value);
  return isOff(value) ? [failed('switches', `${file} switches hooks off: "${path.join('.')}" is ${JSON.stringify(value)}.`)] : [];
}

/** Oldest version of Claude Code that blocks when a hook fails. */
const oldestClaude = [2, 1, 295] as const;

function versionChecks(target: Target, machine: Machine): readonly Check[] {
  if (target.id !== 'claude-code') return [];
  if (machine.env['CLAUDE_CODE_SIMPLE'] !== undefined)
    return [failed('switches', 'The variable CLAUDE_CODE_SIMPLE is set: Claude Code runs no user hooks.')];
  const name = machine.platform === 'win32' ? 'claude.exe' : 'claude';
  const program = (machine.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
  if (program === undefined)
    return [warning('version', 'Claude Code is not in PATH, so its version is not known; 2.1.295 or later is needed.')];
  const output = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000, env: machine.env }).stdout ?? '';
  const version = /(\d+)\.(\d+)\.(\d+)/.exec(output)?.slice(1).map(Number);
  if (version === undefined) return [warning('version', `${program} did not tell its version; 2.1.295 or later is needed.`)];
  const difference = oldestClaude.map((part, index) => (version[index] ?? 0) - part).find((part) => part !== 0) ?? 0;
  if (difference < 0)
    return [failed('version', `Claude Code ${version.join('.')} lets calls run when a hook fails. Update it to 2.1.295 or later.`)];
  return [ok('version', `Claude Code ${version.join('.')}`)];
}
