import type { Program } from '../programs/registry.ts';
import { commandLine, does, verbProgram } from '../programs/verbs.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import { concat, display, known, originOf, type Text, unknownFrom } from '../shell/value.ts';
import { runCmd } from './cmd.ts';
import { runPowerShell, runScript } from './interpret.ts';
import { Session } from './session.ts';

/** Shells and tools of Windows. Source: about_pwsh, `cmd /?`, and the command reference of Windows. */

const options =
  'command encodedcommand file executionpolicy noprofile noninteractive nologo windowstyle version inputformat outputformat workingdirectory configurationname sta mta noexit login settingsfile custompipename interactive commandwithargs encodedarguments';
const withValue =
  /^(?:executionpolicy|windowstyle|version|inputformat|outputformat|workingdirectory|configurationname|settingsfile|custompipename)$/;

/** The option that an abbreviation stands for: `-e`, `-en` and `-ec` are `-EncodedCommand`, `-c` is `-Command`. */
function optionName(text: string): string | undefined {
  const name = /^[-–—/]{1,2}([A-Za-z]+)$/.exec(text)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  if (name === 'ec' || name === 'e') return 'encodedcommand';
  if (name === 'ep' || name === 'ex') return 'executionpolicy';
  if (name === 'cwa') return 'commandwithargs';
  return options.split(' ').find((option) => option.startsWith(name)) ?? name;
}

function powershell(call: Invocation): Result | undefined {
  const session = new Session(call);
  for (let i = 0; i < call.args.length; i++) {
    const arg = call.args[i] ?? '';
    if (known(arg) === '-') return code(session, call.io.input?.text ?? '');
    const option = optionName(known(arg) ?? '');
    if (option === undefined) {
      // Windows PowerShell takes a first word for a command, PowerShell 7 for a file.
      const rest = call.args.slice(i);
      if (/\.ps1$/i.test(display(arg))) runScript(session.path(arg), session);
      else return code(session, joined(rest));
      return undefined;
    }
    if (option === 'command' || option === 'commandwithargs') {
      const text = joined(call.args.slice(i + 1));
      return known(text) === '-' ? code(session, call.io.input?.text ?? '') : code(session, text);
    }
    if (option === 'encodedcommand') return encoded(session, call.args[i + 1] ?? '');
    if (option === 'file') {
      if (known(call.args[i + 1] ?? '') === '-') return code(session, call.io.input?.text ?? '');
      runScript(session.path(call.args[i + 1] ?? ''), session);
      return undefined;
    }
    if (withValue.test(option)) i += 1;
  }
  return call.io.input ? code(session, call.io.input.text) : undefined;
}

function code(session: Session, text: Text): Result {
  const origin = originOf(text);
  if (origin === 'download') session.call.act('code.remote', 'downloaded code', 'execute', 'opaque');
  if (origin === 'decoded') session.call.act('code.decoded', 'decoded text', 'execute', 'opaque');
  const source = known(text);
  if (source === undefined) {
    if (origin !== 'download' && origin !== 'decoded') session.call.opaque('PowerShell code that cannot be known');
    // What is known of it is looked at all the same.
    if (typeof text !== 'string' && text.pieces.some((piece) => typeof piece === 'string' && /\w-\w/.test(piece)))
      return { out: runPowerShell(display(text).replaceAll('…', '$unknown'), session) };
    return {};
  }
  return { out: runPowerShell(source, session) };
}

/** `-EncodedCommand`: UTF-16 in base64. It is decoded and followed, and hiding it is said to be what it is. */
function encoded(session: Session, text: Text): Result {
  session.call.act('code.decoded', '-EncodedCommand');
  const source = known(text);
  if (source === undefined || !/^[A-Za-z0-9+/=\s]*$/.test(source)) return {};
  return { out: runPowerShell(Buffer.from(source, 'base64').toString('utf16le'), session) };
}

function joined(words: readonly Text[]): Text {
  return concat(...words.flatMap((word, i) => (i === 0 ? [word] : [' ', word])));
}

function cmd(call: Invocation): Result | undefined {
  const at = call.args.findIndex((arg) => /^\/[ckr]/i.test(known(arg) ?? ''));
  const session = new Session(call);
  if (at < 0) return call.io.input ? { out: runCmd(display(call.io.input.text), session) } : undefined;
  const glued = /^\/[ckr](.+)$/i.exec(known(call.args[at] ?? '') ?? '')?.[1];
  const text = joined([...(glued === undefined ? [] : [glued]), ...call.args.slice(at + 1)]);
  const source = known(text);
  if (source === undefined) {
    call.opaque('a command of cmd that cannot be known');
    return { out: runCmd(display(text).replaceAll('…', '%UNKNOWN%'), session) };
  }
  return { out: runCmd(/^"[^"]*"$/.test(source) ? source.slice(1, -1) : source, session) };
}

/** icacls, takeown and attrib change whole trees with one option. */
function permissions(call: Invocation): undefined {
  const words = call.args.map((arg) => known(arg) ?? '');
  const recursive = words.some((word) => /^\/(?:t|r|s)$/i.test(word));
  const named = words.findIndex((word) => /^\/f$/i.test(word));
  const target = call.name === 'takeown' ? call.args[named + 1] : call.args.find((arg) => !/^[/+-]/.test(display(arg)));
  if (target === undefined || (call.name === 'icacls' && words.length === 1)) return undefined;
  call.change(display(target).replaceAll('\\', '/'), { act: recursive ? 'files.permissions.recursive' : 'files.permissions' });
  return undefined;
}

function certutil(call: Invocation): Result | undefined {
  const words = call.args.map((arg) => known(arg) ?? '');
  const url = words.find((word) => /^https?:/i.test(word));
  const out = call.args.at(-1) ?? '';
  if (url !== undefined) {
    call.network(url);
    if (display(out) !== url) call.write(display(out).replaceAll('\\', '/'), { content: unknownFrom('download') });
  } else if (words.some((word) => /^[-/]decode(?:hex)?$/i.test(word)))
    call.write(display(out).replaceAll('\\', '/'), { content: unknownFrom('decoded') });
  return undefined;
}

/** Programs of Windows that run scripts from an address or a library's function. */
const loads: Program = does((call) => {
  const text = call.args.map(display).join(' ');
  if (/https?:|javascript:|vbscript:/i.test(text)) call.act('code.remote', `${call.name} ${text.slice(0, 80)}`);
  else if (call.args.length > 0) call.opaque(`what ${call.name} loads cannot be known`);
});

const cmdBuiltin: Program = (call) => {
  const session = new Session(call);
  return { out: runCmd([call.name, ...call.args.map((arg) => `"${display(arg)}"`)].join(' '), session) };
};

export const windowsPrograms: Readonly<Record<string, Program>> = {
  pwsh: powershell,
  powershell,
  'pwsh-preview': powershell,
  cmd,
  robocopy: cmdBuiltin,
  xcopy: cmdBuiltin,
  reg: verbProgram('add|delete|import|restore|load|unload|copy|save  service.change'),
  regedit: does((call) => call.args.length > 0 && call.act('service.change', 'regedit')),
  vssadmin: verbProgram('delete|resize  disk.write'),
  wbadmin: verbProgram('delete  disk.write'),
  bcdedit: does((call) => call.args.length > 0 && !/^\/(?:enum|\?)/i.test(call.word(0) ?? '') && call.act('service.change', 'bcdedit')),
  cipher: does((call) => call.args.some((arg) => /^\/w/i.test(display(arg))) && call.act('disk.write', 'cipher /w')),
  takeown: permissions,
  icacls: permissions,
  cacls: permissions,
  net: verbProgram('user|localgroup|stop|start|share|accounts|group  service.change'),
  netsh: does((call) => call.args.some((arg) => /^(?:set|add|delete|reset)$/i.test(display(arg))) && call.act('service.change', 'netsh')),
  wmic: does((call) => call.args.some((arg) => /^(?:delete|call|create|set)$/i.test(display(arg))) && call.opaque('wmic')),
  wevtutil: verbProgram('cl|clear-log|sl|set-log  service.change'),
  fsutil: verbProgram('usn|volume|behavior deletejournal|dismount|set  disk.write'),
  bitsadmin: does((call) => {
    const line = commandLine(call.args, {});
    for (const word of line.words) if (/^https?:/i.test(display(word))) call.network(word);
    const out = line.words.at(-1);
    if (out !== undefined && !/^https?:/i.test(display(out)))
      call.write(display(out).replaceAll('\\', '/'), { content: unknownFrom('download') });
  }),
  certutil,
  mshta: loads,
  rundll32: loads,
  regsvr32: loads,
  wscript: loads,
  cscript: loads,
  installutil: loads,
  logoff: does((call) => call.act('machine.power', 'logoff')),
};
