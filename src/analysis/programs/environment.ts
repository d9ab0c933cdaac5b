import { absolute } from '../paths.ts';
import { isInTemp } from '../temp-folders.ts';
import { checkGitSetting } from './git-config.ts';
import { followPlan } from './rebase-plan.ts';
import type { Run } from '../shell/run.ts';
import { isToolVariable } from '../shell/special-variables.ts';
import type { State } from '../shell/state.ts';
import { concat, display, known, type Text } from '../shell/value.ts';
import { isUnprotected } from '../unprotected-url.ts';
import { childOf } from '../shell/state-join.ts';

/** Variables whose value other programs run as a command. Source: git(1), man(1), less(1), the threat model's "Rephrase the command". */
const commandVariables = new Set([
  'PAGER',
  'GIT_PAGER',
  'MANPAGER',
  'EDITOR',
  'VISUAL',
  'GIT_EDITOR',
  'GIT_SEQUENCE_EDITOR',
  'GIT_SSH_COMMAND',
  'GIT_SSH',
  'GIT_ASKPASS',
  'SSH_ASKPASS',
  'SUDO_ASKPASS',
  'GIT_EXTERNAL_DIFF',
  'GIT_PROXY_COMMAND',
  'BROWSER',
  'LESSOPEN',
  'LESSCLOSE',
  'RSYNC_RSH',
  'CVS_RSH',
  'SVN_SSH',
  'MAKESHELL',
  'SYSTEMD_PAGER',
  'FCEDIT',
  'npm_config_script_shell',
  'NPM_CONFIG_SCRIPT_SHELL',
  'npm_config_editor',
  'RUSTC',
  'RUSTC_WRAPPER',
  'RUSTC_WORKSPACE_WRAPPER',
]);

/** Variables through which code is loaded into programs that are started later. */
const loaderVariables = new Set([
  'LD_PRELOAD',
  'LD_AUDIT',
  'LD_LIBRARY_PATH',
  'DYLD_INSERT_LIBRARIES',
  'DYLD_LIBRARY_PATH',
  'PERL5OPT',
  'PERL5DB',
  'RUBYOPT',
  'PYTHONSTARTUP',
  'PYTHONHOME',
  'PYTHONINSPECT',
  'BASH_ENV',
  'ENV',
  'ZDOTDIR',
  'GIT_EXEC_PATH',
  'GIT_TEMPLATE_DIR',
  'GCONV_PATH',
  'LUA_INIT',
  'DOTNET_STARTUP_HOOKS',
]);

/** Variables that name settings or code that a program reads. */
const settingVariables = new Set(
  'RIPGREP_CONFIG_PATH PYTHONPATH PSQLRC CURL_HOME WGETRC PIP_CONFIG_FILE NPM_CONFIG_USERCONFIG npm_config_userconfig BUNDLE_GEMFILE R_PROFILE_USER NODE_PATH PERL5LIB RUBYLIB PHPRC CARGO_HOME'.split(
    ' ',
  ),
);

/** Variables that say where packages come from. */
const indexVariables =
  /^(?:PIP_(?:EXTRA_)?INDEX_URL|UV_(?:DEFAULT_|EXTRA_)?INDEX(?:_URL)?|npm_config_registry|NPM_CONFIG_REGISTRY|YARN_NPM_REGISTRY_SERVER|GOPROXY)$/;

/** Variables that switch checks off, with the values that do so. */
const checkVariables: ReadonlyMap<string, RegExp> = new Map([
  ['HUSKY', /^0$/],
  ['HUSKY_SKIP_HOOKS', /^(?!0?$).*/],
  ['HUSKY_SKIP_INSTALL', /^$^/],
  ['LEFTHOOK', /^(?:0|false)$/i],
  ['LEFTHOOK_EXCLUDE', /./],
  ['SKIP', /./],
  ['PRE_COMMIT_ALLOW_NO_CONFIG', /^(?!0?$).*/],
  ['OVERCOMMIT_DISABLE', /^(?!0?$).*/],
  ['SKIP_SIMPLE_GIT_HOOKS', /^(?!0?$).*/],
  ['GIT_HOOKS_DISABLED', /^(?!0?$).*/],
  ['SKIP_HOOKS', /^(?!0?$).*/],
  ['SKIP_GIT_HOOKS', /^(?!0?$).*/],
  ['NO_VERIFY', /^(?!0?$).*/],
  ['HOOKS_DISABLED', /^(?!0?$).*/],
]);

/** Variables that switch an agent's hooks off. Source: the agents' documentation, measured. */
const guardVariables = new Set([
  'CLAUDE_CODE_SIMPLE',
  'OPENCODE_PURE',
  'OPENCODE_DISABLE_PROJECT_CONFIG',
  'OPENCODE_PERMISSION',
  'CLAUDE_CONFIG_DIR',
  'CODEX_HOME',
  'COPILOT_HOME',
  'AGENT_POLICY_MODE',
  'AGENT_POLICY_DISABLE',
  'GEMINI_CLI_SYSTEM_SETTINGS_PATH',
]);

/** Looks at a variable that programs started from here will see. */
export function checkVariable(name: string, value: Text, state: State, run: Run): void {
  const text = known(value);
  if (text === '') return;
  if (commandVariables.has(name) || isToolVariable(name) || /^CARGO_TARGET_\w+_(?:RUNNER|LINKER)$/.test(name))
    checkCommandValue(name, value, text, state, run);
  else if (loaderVariables.has(name)) {
    // The system's own libraries are where they are looked for anyway.
    if (
      /^(?:DY)?LD_LIBRARY_PATH$/.test(name) &&
      text !== undefined &&
      /^(?::*\/(?:usr\/(?:local\/)?|opt\/[\w.+-]+\/)?lib(?:32|64)?(?:\/[\w.+-]+)*)+:*$/.test(text)
    )
      return;
    run.problem(`what ${name} loads`);
    run.emit({ kind: 'execute', certainty: 'opaque', act: 'code.unknown', evidence: `${name}=${display(value)}` });
  } else if (/^(?:NODE_OPTIONS|_JAVA_OPTIONS|(?:JAVA|MAVEN|GRADLE|SBT|CATALINA)_OPTS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)$/.test(name))
    checkOptions(name, value, text, run);
  else if (/(?:^|_)(?:PAGER|EDITOR|ASKPASS)$/.test(name)) checkCommandValue(name, value, text, state, run);
  else if (name === 'TAR_OPTIONS' || name === 'ZIPOPT')
    run.evaluate(concat(name === 'ZIPOPT' ? 'zip ' : 'tar ', value), childOf(state), { input: undefined, capture: false });
  else if (settingVariables.has(name) && (text ?? '').split(':').some((path) => isInTemp(absolute(path, state.cwds[0] ?? '/'), run.places)))
    run.opaque(`${name} names settings in a folder for temporary files`);
  else if (indexVariables.test(name) && isUnprotected(value))
    run.opaque(`packages from ${display(value)}, which anybody on the way can change`);
  else if (name === 'GOFLAGS') {
    const program = /(?:^|\s)['"]?--?(?:toolexec|exec|vettool)=([^'"]*)/.exec(text ?? '-exec=`')?.[1];
    if (program !== undefined) run.evaluate(program, childOf(state), { input: undefined, capture: false });
  } else if (name === 'MAKEFLAGS' || name === 'MAKEFILES' || name === 'GNUMAKEFLAGS') {
    if (name === 'MAKEFILES' || /eval|SHELL|-f|-C/.test(text ?? 'eval')) run.opaque(`${name}=${display(value)}`);
  } else if (checkVariables.get(name)?.test(text ?? '0'))
    run.emit({ kind: 'execute', certainty: 'exact', act: 'checks.skip', evidence: `${name}=${display(value)}` });
  else if (guardVariables.has(name))
    run.emit({ kind: 'execute', certainty: 'exact', act: 'guard.bypass', evidence: `${name}=${display(value)}` });
  else if (name === 'PATH') checkPath(value, run);
  else if (/^GIT_CONFIG(?:_GLOBAL|_SYSTEM|_PARAMETERS|_KEY_\d+|_VALUE_\d+)?$/.test(name)) checkGitConfig(name, value, text, state, run);
}

function checkCommandValue(name: string, value: Text, text: string | undefined, state: State, run: Run): void {
  if (text === undefined) {
    run.opaque(`${name} is a command that cannot be known`);
    return;
  }
  // Programs everyone sets there, with options only.
  if (
    /^[\w./+-]+(?:\s+-[\w=-]+)*$/.test(text) &&
    !/\.(?:sh|py|js|pl|rb)\b/.test(text) &&
    !/^(?:sh|bash|zsh|dash|rm|dd|python\d?|node|perl|ruby)\b/.test(text) &&
    !text.startsWith('/tmp/')
  )
    return;
  run.evaluate(text, childOf(state), { input: undefined, capture: false });
  if (name === 'GIT_SEQUENCE_EDITOR' && followPlan(text, state, run)) return;
  // What stands in single quotes is a word for the program; a plan that cannot be followed may say anything.
  if (/[;&|`$]/.test(text.replace(/'[^']*'/g, '')) || (name === 'GIT_SEQUENCE_EDITOR' && /^\S*sed\s/.test(text)))
    run.emit({ kind: 'execute', certainty: 'approximate', act: 'git.config.inject', evidence: `${name}=${display(value)}` });
}

function checkOptions(name: string, value: Text, text: string | undefined, run: Run): void {
  if (text !== undefined && !/(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader|-javaagent|-agentpath)\b/.test(text)) return;
  run.emit({ kind: 'execute', certainty: 'opaque', act: 'code.unknown', evidence: `${name}=${display(value)}` });
}

// Programs found in a folder for temporary files are not the ones their names say.
function checkPath(value: Text, run: Run): void {
  const first = display(value)
    .split(':')
    .find((part) => part !== '');
  if (first !== undefined && /^(?:\/tmp|\/var\/tmp|\/dev\/shm)(?:\/|$)/.test(first)) run.opaque(`programs are searched in ${first} first`);
}

function checkGitConfig(name: string, value: Text, text: string | undefined, state: State, run: Run): void {
  if (name === 'GIT_CONFIG_GLOBAL' || name === 'GIT_CONFIG_SYSTEM' || name === 'GIT_CONFIG') {
    if (text !== '/dev/null') run.opaque(`git is configured by ${display(value)}`);
    return;
  }
  if (/_VALUE_/.test(name)) {
    const key = state.variable(name.replace('_VALUE_', '_KEY_'))?.values[0];
    const keyText = key === undefined ? undefined : known(key);
    checkGitSetting(keyText ?? '', value, state, run);
    return;
  }
  if (/_PARAMETERS$/.test(name)) {
    const match = text === undefined ? null : /^'?([\w.-]+)'?='?(.*?)'?$/s.exec(text);
    if (match) checkGitSetting(match[1] ?? '', match[2] ?? '', state, run);
    else run.opaque('git is configured by a variable');
    return;
  }
  if (/_KEY_\d+$/.test(name) && text !== undefined) checkGitSetting(text, '', state, run);
}

/** Looks at what a trap does: `trap '…' EXIT` runs it later, as surely as a command that stands there. */
export function checkTrap(action: Text, signals: readonly Text[], state: State, run: Run): void {
  if (known(action) === undefined) run.opaque('a trap that cannot be known');
  else if (signals.some((signal) => known(signal) === undefined)) run.evaluate(action, state.fork(), { input: undefined, capture: false });
}
