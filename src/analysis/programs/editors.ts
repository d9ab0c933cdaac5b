import { isProjectHook } from '../hook-content.ts';
import { absolute } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import { isInput, mayFit } from '../shell/files.ts';
import { display, known, lost, type Text, withoutMarks } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { grammar } from './options.ts';
import { withShortBlanks } from '../short-blanks.ts';
import { keepBackup } from './backups.ts';
import type { Program } from './registry.ts';

/** Editors, by script or in batch mode. Source: sed(1), vim(1), ed(1), emacs(1). */
export const editorPrograms = (): Readonly<Record<string, Program>> => ({
  sed,
  gsed: sed,
  ed: editor,
  ex: editor,
  vi: editor,
  vim: editor,
  nvim: editor,
  view: editor,
  emacs: editor,
  nano: editor,
});

const sedGrammar = grammar(
  'n,quiet,silent e,expression= f,file= i,in-place? E,r,regexp-extended s,separate u z,null-data l= b posix follow-symlinks sandbox debug',
);

function sed(call: Invocation): Result | undefined {
  // BSD's `-i ''` takes a word of its own.
  const args = call.args.filter((arg, i) => !(known(arg) === '' && known(call.args[i - 1] ?? '') === '-i'));
  const parsed = call.parse(sedGrammar, args);
  const scripts = parsed.has('e', 'f') ? parsed.values('e') : parsed.operands.slice(0, 1);
  const files = parsed.has('e', 'f') ? parsed.operands : parsed.operands.slice(1);
  for (const script of scripts) sedScript(script, call);
  for (const file of parsed.values('f')) call.read(file);
  const switchesOff = parsed.has('i') && scripts.some((script) => endsAtOnce(known(script) ?? ''));
  for (const file of files) {
    call.read(file);
    if (!parsed.has('i')) continue;
    call.write(file, { keepLink: !parsed.has('follow-symlinks') });
    if (switchesOff && mayBeHook(file, call)) call.act('checks.skip', `sed -i ${display(file)}`);
    keepBackup(file, parsed.value('i'), call);
  }
  if (!files.every(isInput) || !call.io.input) return undefined;
  const takesMarks = scripts.length > 0 && !parsed.has('f') && scripts.every((script) => marks.test(known(script) ?? ''));
  return { out: (takesMarks ? withoutMarks : lost)(call.io.input.text) };
}

/** Takes away what `git branch` puts before names, and blanks, which no name has in it. */
const marks = /^s([/|,#])\^?(?:\\\*| |\[(?: |\*|\+|\\s){1,4}\]|\\s|\[\[:space:\]\])(?:\*|\\\+|\+)? ?\1\1g?$/;

const someHooks = ['.husky', '.githooks', '.git/hooks'].flatMap((folder) =>
  ['pre-commit', 'pre-push', 'commit-msg'].map((name) => `${folder}/${name}`),
);

/** Whether it is a hook of the project, or a pattern that fits one. */
function mayBeHook(file: Text, { state, run }: Invocation): boolean {
  const path = known(file);
  if (path !== undefined) return locations(path, state, run).some(({ real }) => isProjectHook(real));
  const hooks = someHooks.map((hook) => `${run.places.workspace}/${hook}`);
  const patterns = state.cwds.map((cwd) => absolute(display(file), cwd));
  // A pattern fits no name with a dot that it does not have itself.
  return patterns.some((pattern) => /\/\.[^/.]/.test(pattern) && mayFit([pattern], ...hooks));
}

/** Nobody writes a longer one to change a hook. */
const longestEdit = 2000;

/** Whether a script of sed puts an end before other lines, takes all lines away or makes comments of them. */
function endsAtOnce(script: string): boolean {
  if (script.length > longestEdit) return true;
  return script.split(/[\n;{}]/).some((line) => {
    const text = line.trim().replace(/^(?:\d+|\/[^/]*\/)(?:,(?:\d+|\$))? ?/, '');
    if (/^(?:[iac] ?\\? ?)?(?:exit|return)(?: 0)?$/.test(text) || /^(?:1,\$)?d$/.test(line.trim())) return true;
    const [, from, to] = text.startsWith('s') ? text.slice(1).split(text.charAt(1)) : [];
    return to !== undefined && ((/^\^(?:\.\*)?$/.test(from ?? '') && to.startsWith('#')) || /^exit\b/.test(to.trim()));
  });
}

/** `e` runs a command, `w` writes a file, `r` reads one. Source: sed(1), GNU extensions. */
function sedScript(script: Text, call: Invocation): void {
  const whole = known(script);
  if (whole === undefined) return;
  const text = withShortBlanks(whole);
  const address = String.raw`(?:^|[;{}\n])\s*(?:(?:\d+|\$|\/(?:\\.|[^/\\])*\/|\\(.)(?:(?!\1).)*\1)(?:[IM])?(?:,(?:\d+|\$|[+~]\d+|\/(?:\\.|[^/\\])*\/))?)?\s*!?\s*`;
  for (const match of text.matchAll(new RegExp(`${address}e(?:\\s+([^\\n]*))?(?=\\n|$|[;}])`, 'g')))
    call.shell(match[2] === undefined || match[2] === '' ? (call.io.input?.text ?? { pieces: [{ hole: 'text' }], many: false }) : match[2]);
  for (const match of text.matchAll(new RegExp(`${address}([wWrR])\\s+([^\\n;}]+)`, 'g')))
    match[2]?.toLowerCase() === 'w' ? call.write((match[3] ?? '').trim()) : call.read((match[3] ?? '').trim());
  // The flags of `s`: `s/x/y/e` runs what the line became, `s/x/y/w file` writes it.
  for (const match of text.matchAll(
    /(?:^|[;{}\n\s\d$/!,])s([^\w\s\\;{}])((?:\\.|(?!\1)[^\\])*)\1((?:\\.|(?!\1)[^\\])*)\1([gpiImM0-9]*)(e|w\s*([^\n;}]+))/g,
  )) {
    if (match[5] === 'e') call.opaque('sed runs the lines it makes');
    else call.write((match[6] ?? '').trim());
  }
}

/** Editors that run commands without a person: `vim -c '!cmd'`, `ex -s +'wq'`, `emacs --eval`. */
function editor(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar(
      `c= ${/^(?:ed|ex)$/.test(call.name) ? 's' : 's?'} S= u= e E R n b N es eval= batch script= l,load= f,funcall= Q nw q cmd= headless T= i= r= p? o? O? clean`,
      {
        singleDash: false,
      },
    ),
  );
  const commands = [
    ...parsed.values('c'),
    ...parsed.values('cmd'),
    ...call.args.filter((arg) => known(arg)?.startsWith('+')).map((arg) => (known(arg) ?? '').slice(1)),
  ];
  for (const command of commands) {
    const text = known(command);
    if (text === undefined) call.opaque('an editor command that cannot be known');
    else {
      const shell =
        /(?:^|\|)[\s:]*(?:silent!?\s+)?(?:\d+|%|\.)?(?:[rw]\s*)?!\s*(.*)$/s.exec(text) ??
        /\b(?:system|systemlist)\(\s*['"](.*?)['"]/s.exec(text) ??
        /^(?:terminal|term)\s+(.*)$/s.exec(text);
      if (shell) call.shell(shell[1] ?? '');
      const target = /^\s*(?:%|\d[\d,]*)?(?:w|write|saveas|sav|wq|x)!?\s+(?!!)(\S+)/.exec(text);
      if (target) call.write((target[1] ?? '').replace(/^~(?=\/)/, call.run.places.home));
      const removed = /\bdelete\(\s*['"](.*?)['"](?:\s*,\s*['"](rf?)['"])?/.exec(text);

      if (removed) call.remove(removed[1] ?? '', { recursive: removed[2] === 'rf' });
    }
  }
  for (const code of parsed.values('eval')) {
    const text = known(code) ?? '';
    const shell = /\((?:shell-command|call-process-shell-command|shell-command-to-string|compile)\s+"((?:\\.|[^"\\])*)"/.exec(text);
    if (shell) call.shell(shell[1] ?? '');
    else if (/delete-(?:file|directory)|call-process|start-process|write-region|load/.test(text))
      call.opaque('editor code that changes files or starts programs');
  }
  const writes = commands.some((command) => /(?:^|\|)[\s:]*(?:x|wq|w|update|%?s\W|g\W|\d*d\b|normal)/.test(known(command) ?? ''));
  for (const file of parsed.operands.filter((operand) => !known(operand)?.startsWith('+'))) call.read(file);
  if (writes) for (const file of parsed.operands.filter((operand) => !known(operand)?.startsWith('+'))) call.write(file);
  if (call.io.input && (call.name === 'ed' || call.name === 'ex')) {
    const text = known(call.io.input.text);
    const shell = text === undefined ? undefined : /^[ \t]*(?:[rwe][ \t]*)?!(.*)$/m.exec(text);
    if (shell) call.shell(shell[1] ?? '');
    if (text === undefined || /^(?:w|wq|x)\b/m.test(text)) for (const file of parsed.operands) call.write(file);
  }
  return undefined;
}
