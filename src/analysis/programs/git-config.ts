import { followPlan } from './rebase-plan.ts';
import { contentOf } from '../shell/files.ts';
import type { Run } from '../shell/run.ts';
import type { State } from '../shell/state.ts';
import { display, known, type Text } from '../shell/value.ts';
import { childOf } from '../shell/state-join.ts';

/** Settings whose value git runs as a command. Source: git-config(1). */
const commandSettings =
  /^(?:core\.(?:pager|editor|sshcommand|fsmonitor|askpass|gitproxy|alternaterefscommand)|pager\..+|sequence\.editor|diff\.external|diff\..+\.(?:command|textconv)|difftool\..+\.(?:cmd|path)|mergetool\..+\.(?:cmd|path)|merge\..+\.driver|filter\..+\.(?:clean|smudge|process)|credential(?:\..+)?\.helper|gpg(?:\..+)?\.program|gpg\.ssh\.defaultkeycommand|browser\..+\.(?:cmd|path)|man\..+\.(?:cmd|path)|uploadpack\.packobjectshook|interactive\.difffilter|submodule\..+\.update|remote\..+\.(?:uploadpack|receivepack|vcs)|guitool\..+\.cmd|trailer\..+\.(?:command|cmd)|sendemail\..+|web\.browser|instaweb\.browser|help\.browser|init\.templatedir|includeif\..+\.path|include\.path|tar\..+\.command|core\.worktree)$/;
const hookSettings = /^core\.hookspath$|^hook\..+\.command$/;
/** Where projects keep the hooks that they want to run: pointing git there switches them on. */
const projectHooks =
  /^(?:\.\/)?(?:\.husky(?:\/_)?|\.?git-?hooks|\.?hooks|(?:scripts|tools|build|etc|\.config|\.github)\/(?:git-?)?hooks)\/?$/;
const signing = /^(?:commit|tag|push)\.gpgsign$|^gpg\.format$/;

/** Judges a setting that git is given: as `-c key=value`, through the environment, or by `git config`. */
export function checkGitSetting(key: string, value: Text, state: State, run: Run): void {
  const name = key.toLowerCase();
  const text = known(value);
  if (hookSettings.test(name)) {
    if (text !== undefined && projectHooks.test(text)) return;
    run.emit({ kind: 'execute', certainty: 'exact', act: 'checks.skip', evidence: `${key}=${display(value)}` });
    return;
  }
  if (/^gpg(?:\..+)?\.program$/.test(name) && /^(?:\S*\/)?(?:true|false|cat|echo|:)$/.test(text ?? '')) {
    run.emit({ kind: 'execute', certainty: 'exact', act: 'checks.skip', evidence: `${key}=${display(value)}` });
    return;
  }
  if (signing.test(name)) {
    if (text === undefined || /^(?:false|no|off|0|never)$/i.test(text))
      run.emit({ kind: 'execute', certainty: 'exact', act: 'checks.skip', evidence: `${key}=${display(value)}` });
    return;
  }
  if (name === 'push.default' || name === 'remote.origin.mirror' || /^remote\..+\.(?:mirror|push)$/.test(name)) {
    if (text !== undefined && (name.endsWith('mirror') ? /^(?:true|yes|1|on)$/i.test(text) : text.startsWith('+')))
      run.emit({ kind: 'write', certainty: 'exact', act: 'git.push.force', evidence: `${key}=${text}` });
    return;
  }
  if (/^http(?:\..+)?\.sslverify$/.test(name) && text !== undefined && /^(?:false|no|0|off)$/i.test(text)) {
    run.emit({ kind: 'execute', certainty: 'exact', act: 'checks.skip', evidence: `${key}=${text}` });
    return;
  }
  if (
    /^gc\.(?:[\w*/-]+\.)?(?:reflogexpire(?:unreachable)?|pruneexpire)$/.test(name) &&
    (text === undefined || /^(?:now|all|0\b.*|.*(?:second|minute)s?.*)$/i.test(text))
  ) {
    run.emit({ kind: 'execute', certainty: 'exact', act: 'git.history.rewrite', evidence: `${key}=${display(value)}` });
    return;
  }
  if (name === 'include.path' && text !== undefined && includeKnown(text, state, run)) return;
  if (name.startsWith('alias.')) {
    if (text?.startsWith('!')) runSetting(text.slice(1), state, run);
    else if (text === undefined) run.opaque(`the alias ${key} cannot be known`);
    return;
  }
  if (name === 'safe.directory' || !commandSettings.test(name)) return;
  if (text === undefined) {
    run.opaque(`${key} is a command that cannot be known`);
    return;
  }
  if (isPlain(name, text)) return;
  runSetting(text.replace(/^!/, ''), state, run);
  if (name === 'sequence.editor' && followPlan(text, state, run)) return;
  run.emit({ kind: 'execute', certainty: 'exact', act: 'git.config.inject', evidence: `${key}=${display(value)}` });
}

const plainLine = /^\s*(?:[#;].*|\[\s*[\w.-]+(?:\s+"[^"\\]*")?\s*\]\s*(?:[#;].*)?|[A-Za-z][\w-]*\s*(?:=.*)?)?$/;

/** Settings of a file that the command itself has just written are looked at one by one; returns whether it is one. */
function includeKnown(path: string, state: State, run: Run): boolean {
  const content = contentOf(path, state, run);
  const source = content?.fresh ? known(content.text) : undefined;
  // A line that is not understood may be any setting.
  if (source === undefined || content?.isUnsure || /\\/.test(source) || source.split('\n').some((line) => !plainLine.test(line)))
    return false;
  let section = '';
  for (const line of source.split('\n')) {
    const [, name, owner] = /^\s*\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) section = owner === undefined ? name : `${name}.${owner}`;
    const [, key, value = ''] = /^\s*(?:\[[^\]]*\])?\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(line) ?? [];
    if (key !== undefined) checkGitSetting(`${section}.${key}`, value.replace(/^"|"$/g, ''), state, run);
  }
  return true;
}

function runSetting(command: string, state: State, run: Run): void {
  run.evaluate(command, childOf(state), { input: undefined, capture: false });
}

/** Values people set every day: a pager or editor by name, a helper that git brings with it. */
function isPlain(name: string, text: string): boolean {
  if (name === 'include.path' || name.startsWith('includeif.') || name === 'init.templatedir' || name === 'core.worktree') return false;
  if (/^(?:|true|false|cat|less|more|delta|diff-so-fancy|bat|most|never|always|auto)(?:\s+-[\w=+-]+)*$/.test(text)) return true;
  if (/^core\.(?:editor|askpass)$|^sequence\.editor$/.test(name))
    return /^(?::|vi|vim|nvim|nano|emacs|code|subl|micro|hx|kak|true)(?:\s+-[\w=+-]+)*$/.test(text);
  if (/helper$/.test(name)) return /^(?:cache|store|osxkeychain|manager|manager-core|wincred|libsecret)(?:\s+--?[\w=./~-]+)*$/.test(text);
  if (/program$/.test(name)) return /^(?:gpg2?|ssh-keygen|smimesign|op-ssh-sign)$/.test(text);
  if (name === 'core.sshcommand')
    return /^ssh(?:\s+-(?:i|p|o|F)\s*[\w=./~-]+|\s+-[46CqTv]+)*$/.test(text) && !/ProxyCommand|LocalCommand/i.test(text);
  if (/^(?:diff|merge)\./.test(name) || /^(?:diff|merge)tool\./.test(name)) return /^[\w-]+$/.test(text);
  return /^git-lfs\s/.test(text);
}
