import { kindOf } from '../programs/verbs.ts';
import { anyText, concat, display, known, knownPrefix, originOf, type Text, unknownFrom } from '../shell/value.ts';
import type { Word } from './lexer.ts';
import { type Arguments, cmdletArguments } from './parameters.ts';
import type { Session } from './session.ts';

/** What a cmdlet is asked to do: its words, what comes through the pipe, and how to run code that it is given. */
export interface CmdletCall {
  readonly session: Session;
  readonly name: string;
  readonly words: readonly Word[];
  /** Values of the pipeline before it; `undefined` where it is the first. */
  readonly input: Text | undefined;
  readonly run: (code: string, input?: Text) => Text;
}

/** What a cmdlet gives to the next one. */
type Cmdlet = (call: CmdletCall) => Text | undefined;

/** Aliases of Windows PowerShell and PowerShell 7, all platforms. Source: Get-Alias. */
const aliasTable =
  'rm:remove-item del:remove-item erase:remove-item ri:remove-item rd:remove-item rmdir:remove-item mv:move-item mi:move-item move:move-item cp:copy-item cpi:copy-item copy:copy-item ren:rename-item rni:rename-item ni:new-item md:new-item mkdir:new-item sc:set-content ac:add-content clc:clear-content si:set-item sp:set-itemproperty rp:remove-itemproperty cat:get-content gc:get-content type:get-content gci:get-childitem ls:get-childitem dir:get-childitem gi:get-item gp:get-itemproperty sls:select-string iwr:invoke-webrequest curl:invoke-webrequest wget:invoke-webrequest irm:invoke-restmethod iex:invoke-expression icm:invoke-command saps:start-process start:start-process kill:stop-process spps:stop-process gps:get-process ps:get-process sasv:start-service spsv:stop-service cd:set-location sl:set-location chdir:set-location pushd:push-location popd:pop-location echo:write-output write:write-output ?:where-object where:where-object %:foreach-object foreach:foreach-object tee:tee-object sv:set-variable set:set-variable gv:get-variable gcm:get-command gm:get-member select:select-object sort:sort-object measure:measure-object group:group-object ft:format-table fl:format-list fw:format-wide oh:out-host epcsv:export-csv ipcsv:import-csv ipmo:import-module nal:new-alias sal:set-alias ii:invoke-item ise:powershell_ise sajb:start-job gsv:get-service gwmi:get-wmiobject iwmi:invoke-wmimethod icim:invoke-cimmethod gcim:get-ciminstance clear:clear-host cls:clear-host h:get-history history:get-history ihy:invoke-history r:invoke-history diff:compare-object pwd:get-location gl:get-location rv:remove-variable rjb:remove-job rmo:remove-module';

const aliases: ReadonlyMap<string, string> = new Map(
  aliasTable.split(' ').map((entry) => [entry.slice(0, entry.indexOf(':')), entry.slice(entry.indexOf(':') + 1)]),
);

/** The name a command word stands for, in lower case. */
export function cmdletName(word: string): string {
  const lower = word.toLowerCase().replace(/^microsoft\.powershell\.\w+\\/, '');
  return aliases.get(lower) ?? lower;
}

const commonValues = 'erroraction warningaction outvariable errorvariable informationaction';
const pathValues = `path literalpath filter include exclude ${commonValues}`;

function argumentsOf(call: CmdletCall, values: string, switches: string): Arguments {
  return cmdletArguments(call.words, values, switches);
}

/** Most paths of one cmdlet that are looked at. */
const maxTargets = 200;

/** Paths that a cmdlet is given: by parameter, by position, or through the pipe. */
function targetsOf(call: CmdletCall, args: Arguments, count = Number.POSITIVE_INFINITY): readonly Text[] {
  const named = args.all('path', 'literalpath', 'filepath');
  const all = named.length > 0 ? [...named, ...args.positional.slice(0, Math.max(0, count - 1))] : args.positional.slice(0, count);
  const given = all.length > 0 || call.input === undefined ? all : [call.input];
  if (given.length > maxTargets) call.session.call.opaque('more targets than can be looked at');
  return given.slice(0, maxTargets).filter((target) => !isOtherDrive(call, target));
}

/** Registry, variables, aliases and certificates look like paths and are no files. */
function isOtherDrive(call: CmdletCall, target: Text): boolean {
  const drive = /^(?:Registry::)?([A-Za-z]{2,}):?/
    .exec(/^(?:Registry::|[A-Za-z]{2,}:)/.test(knownPrefix(target)) ? knownPrefix(target) : '')?.[1]
    ?.toUpperCase();
  if (drive === undefined) return false;
  if (/^(?:HKLM|HKCU|HKCR|HKU|HKCC|HKEY_\w+)$/.test(drive) && !/^(?:get|test|resolve)-/.test(call.name))
    call.session.call.act('service.change', `${call.name} ${display(target)}`);
  if (drive === 'ENV' && /^(?:get-|remove-variable)/.test(call.name)) call.session.call.act('secret.print', 'the environment', 'read');
  return /^(?:HKLM|HKCU|HKCR|HKU|HKCC|HKEY_\w+|ENV|VARIABLE|ALIAS|FUNCTION|CERT|WSMAN)$/.test(drive);
}

const remove: Cmdlet = (call) => {
  const args = argumentsOf(call, pathValues, 'recurse force whatif confirm verbose s q');
  if (args.has('whatif')) return undefined;
  const { session } = call;
  for (const target of targetsOf(call, args))
    session.call.remove(session.target(target), { recursive: args.has('recurse') || args.has('s') || isListing(target) });
  return undefined;
};

/** What `Get-ChildItem -Recurse` gives is a whole tree. */
function isListing(text: Text): boolean {
  return typeof text !== 'string' && text.many;
}

const list: Cmdlet = (call) => {
  const args = argumentsOf(call, `${pathValues} depth attributes`, 'recurse force name directory file hidden');
  const targets = targetsOf(call, args, 1);
  const [first = '.'] = targets;
  if (args.positional.length > 0 && targets.length === 0) return anyText;
  const path = call.session.path(first);
  const whole = known(path);
  if (whole !== undefined && !/[*?]/.test(whole)) return { pieces: [whole.replace(/\/?$/, '/'), { glob: '*' }], many: args.has('recurse') };
  return call.session.target(first);
};

const read: Cmdlet = (call) => {
  const args = argumentsOf(
    call,
    `${pathValues} encoding totalcount head first tail last delimiter readcount pattern context`,
    'raw wait force recurse asbytestream list quiet simplematch',
  );
  const skipsPattern = call.name === 'select-string' && !args.has('pattern');
  const targets = targetsOf(call, args).slice(skipsPattern && call.input === undefined ? 1 : 0);
  let out: Text = anyText;
  for (const target of targets) {
    const path = call.session.target(target);
    call.session.call.read(path);
    out = call.session.call.content(path)?.text ?? anyText;
  }
  if (call.name !== 'get-content') return anyText;
  return targets.length === 1 ? out : anyText;
};

const write: Cmdlet = (call) => {
  const args = argumentsOf(
    call,
    `${pathValues} filepath value encoding stream width inputobject delimiter destination name itemtype type target`,
    'force passthru nonewline append noclobber whatif useculture notypeinformation',
  );
  const { session } = call;
  if (args.has('whatif')) return undefined;
  const rest = call.name === 'clear-content' ? Number.POSITIVE_INFINITY : 1;
  const content =
    args.value('value') ??
    args.value('inputobject') ??
    (call.name === 'out-file' || call.name === 'tee-object'
      ? call.input
      : args.all('path', 'literalpath').length > 0
        ? args.positional[0]
        : args.positional[1]) ??
    call.input;
  const targets = targetsOf(
    { ...call, input: undefined },
    { ...args, positional: args.positional.slice(0, args.all('path', 'literalpath', 'filepath').length > 0 ? 0 : rest) },
  );
  for (const target of targets)
    session.call.write(
      session.target(target),
      content === undefined ? {} : { content, append: args.has('append') || call.name === 'add-content' },
    );
  return call.name === 'tee-object' ? call.input : undefined;
};

const create: Cmdlet = (call) => {
  const args = argumentsOf(call, 'path name itemtype type value target', 'force');
  const { session } = call;
  const name = args.value('name');
  for (const target of [...args.all('path'), ...args.positional.slice(0, 1)].filter((one) => !isOtherDrive(call, one)))
    session.call.write(
      session.path(name === undefined ? target : concat(target, '/', name)),
      args.value('value') === undefined ? {} : { content: args.value('value') ?? '' },
    );
  if (name !== undefined && args.all('path').length === 0 && args.positional.length === 0) session.call.write(session.path(name));
  const link = /link|junction/i.test(display(args.value('itemtype') ?? args.value('type') ?? ''))
    ? (args.value('target') ?? args.value('value'))
    : undefined;
  if (link !== undefined && session.call.isSecret(session.path(link))) session.call.read(session.path(link), { act: 'secret.copy' });
  return undefined;
};

const transfer: Cmdlet = (call) => {
  const args = argumentsOf(call, `${pathValues} destination newname tosession fromsession`, 'recurse force passthru whatif container');
  const { session } = call;
  if (args.has('whatif')) return undefined;
  const moves = call.name !== 'copy-item';
  const named = args.all('path', 'literalpath');
  const sources =
    named.length > 0 ? named : args.positional.length > 0 ? args.positional.slice(0, 1) : call.input === undefined ? [] : [call.input];
  const destination = args.value('destination') ?? args.value('newname') ?? args.positional[named.length > 0 ? 0 : 1];
  for (const source of sources) {
    const path = session.target(source);
    if (moves) session.call.remove(path, { recursive: session.call.isRecursiveTarget(path) });
    session.call.read(path, session.call.isSecret(path) ? { act: args.has('tosession') ? 'secret.send' : 'secret.copy' } : {});
  }
  if (destination !== undefined)
    session.call.write(
      session.path(
        call.name === 'rename-item' && sources[0] !== undefined && !/[\\/]/.test(display(destination)) ? destination : destination,
      ),
    );
  return undefined;
};

const web: Cmdlet = (call) => {
  const args = argumentsOf(
    call,
    'uri outfile method body infile headers contenttype useragent credential source destination form proxy timeoutsec websession sessionvariable',
    'usebasicparsing usedefaultcredentials skipcertificatecheck passthru resume',
  );
  const { session } = call;
  const url = args.value('uri') ?? args.value('source') ?? args.positional[0] ?? call.input;
  const uploads =
    /^(?:post|put|patch|delete)$/i.test(known(args.value('method') ?? '') ?? '') ||
    args.has('body') ||
    args.has('infile') ||
    args.has('form');
  if (url !== undefined)
    session.call.network(
      /^[a-z]+:/i.test(knownPrefix(url)) || known(url) === undefined ? url : concat('http://', url),
      uploads ? 'net.upload' : undefined,
    );
  for (const file of args.all('infile'))
    session.call.read(session.path(file), session.call.isSecret(session.path(file)) ? { act: 'secret.send' } : {});
  for (const body of args.all('body')) if (originOf(body) === 'secret') session.call.act('secret.send', display(body), 'network');
  const out = args.value('outfile') ?? args.value('destination');
  if (out !== undefined) session.call.write(session.path(out), { content: unknownFrom('download') });
  return unknownFrom('download');
};

/** `iex`: text as code. What came from the network or was decoded is never taken for read. */
const evaluate: Cmdlet = (call) => {
  const args = argumentsOf(call, 'command', '');
  const text = args.value('command') ?? args.positional[0] ?? call.input ?? '';
  return runText(call, text);
};

function runText({ session, run }: CmdletCall, text: Text): Text {
  const origin = originOf(text);
  if (origin === 'download') session.call.act('code.remote', 'downloaded code', 'execute', 'opaque');
  else if (origin === 'decoded') session.call.act('code.decoded', 'decoded text', 'execute', 'opaque');
  const source = known(text);
  if (source !== undefined) return run(source);
  if (origin !== 'download' && origin !== 'decoded') session.call.opaque('code that cannot be known');
  return anyText;
}

const blocks: Cmdlet = (call) => {
  const args = argumentsOf(
    call,
    'scriptblock computername filepath argumentlist process begin end name inputobject credential session filterscript',
    'parallel asjob',
  );
  const { session } = call;
  for (const host of args.all('computername')) session.call.network(concat('winrm://', host));
  for (const file of args.all('filepath')) session.call.start(['pwsh', '-File', file]);
  for (const code of args.blocks) call.run(code, call.input);
  for (const text of args.all('scriptblock'))
    if (args.blocks.length === 0) session.call.opaque(`code that cannot be known ${display(text)}`);
  return call.name === 'where-object' ? call.input : anyText;
};

const startProgram: Cmdlet = (call) => {
  const args = argumentsOf(
    call,
    'filepath argumentlist args verb workingdirectory credential windowstyle redirectstandardoutput redirectstandarderror redirectstandardinput',
    'wait nonewwindow passthru usenewenvironment',
  );
  const { session } = call;
  if (/^runas/i.test(known(args.value('verb') ?? '') ?? '')) session.call.act('privilege.raise', 'Start-Process -Verb RunAs');
  for (const out of args.all('redirectstandardoutput', 'redirectstandarderror')) session.call.write(session.path(out));
  const file = args.value('filepath') ?? args.positional[0];
  if (file === undefined) return undefined;
  const rest = [...args.all('argumentlist', 'args'), ...args.positional.slice(args.has('filepath') ? 0 : 1)];
  if (/^https?:/i.test(knownPrefix(file))) return undefined;
  session.call.start([
    program(session, file),
    ...rest.flatMap((text) => (known(text) === undefined ? [text] : (known(text) ?? '').split(/\s+/).filter(Boolean))),
  ]);
  return undefined;
};

/** A program's name as others know it. */
export function program(session: Session, name: Text): Text {
  const path = session.path(name);
  return typeof path === 'string' ? path.replace(/\.(?:exe|cmd|bat|com|ps1)$/i, (end) => (/ps1|bat/i.test(end) ? end : '')) : path;
}

const guards = /^(?:code|code - insiders|cursor|windsurf|electron|claude|codex|agent-policy.*)$/i;

const stopProcess: Cmdlet = (call) => {
  const args = argumentsOf(call, 'name id inputobject processname', 'force passthru whatif');
  const { session } = call;
  if (args.has('whatif')) return undefined;
  for (const name of [...args.all('name', 'processname'), ...args.positional]) {
    const text = known(name) ?? '';
    if (guards.test(text)) session.call.act('guard.bypass', `Stop-Process ${text}`);
    else if (text === '*') session.call.act('process.kill-all', 'Stop-Process *');
  }
  if (call.input !== undefined && originOf(call.input) === undefined && isListing(call.input))
    session.call.act('process.kill-all', 'Get-Process | Stop-Process');
  return undefined;
};

const processes: Cmdlet = (call) => {
  const args = argumentsOf(call, 'name id', '');
  return { pieces: [{ hole: 'text' }], many: args.positional.length === 0 && !args.has('name') && !args.has('id') };
};

const print: Cmdlet = (call) => {
  const { positional } = argumentsOf(call, 'inputobject object message foregroundcolor backgroundcolor separator', 'nonewline noenumerate');
  return positional.length === 0 ? call.input : concat(...positional.flatMap((text, i) => (i === 0 ? [text] : [' ', text])));
};

const permissions: Cmdlet = (call) => {
  const { session } = call;
  for (const target of targetsOf(call, argumentsOf(call, `${pathValues} aclobject`, 'whatif')).slice(0, 1))
    session.call.change(session.target(target), { act: 'files.permissions' });
  return undefined;
};

const cd: Cmdlet = (call) => {
  const target = argumentsOf(call, 'path literalpath', 'passthru');
  call.session.cd(target.value('path') ?? target.value('literalpath') ?? target.positional[0] ?? call.session.home);
  return undefined;
};

const table: Readonly<Record<string, Cmdlet>> = {
  'remove-item': remove,
  'clear-item': remove,
  'get-childitem': list,
  'get-item': list,
  'resolve-path': list,
  'get-content': read,
  'select-string': read,
  'import-csv': read,
  'import-clixml': read,
  'get-filehash': read,
  'set-content': write,
  'add-content': write,
  'clear-content': write,
  'out-file': write,
  'tee-object': write,
  'export-csv': write,
  'export-clixml': write,
  'set-item': write,
  'new-item': create,
  'move-item': transfer,
  'copy-item': transfer,
  'rename-item': transfer,
  'set-acl': permissions,
  'set-itemproperty': (call) => {
    targetsOf(call, argumentsOf(call, `${pathValues} name value type`, 'force'), 1).forEach((target) => {
      call.session.call.change(call.session.target(target));
    });
    return undefined;
  },
  'invoke-webrequest': web,
  'invoke-restmethod': web,
  'start-bitstransfer': web,
  'invoke-expression': evaluate,
  'invoke-command': blocks,
  'foreach-object': blocks,
  'where-object': blocks,
  'start-job': blocks,
  'start-threadjob': blocks,
  'measure-command': blocks,
  'trace-command': blocks,
  'start-process': startProgram,
  'invoke-item': startProgram,
  'stop-process': stopProcess,
  'get-process': processes,
  'write-output': print,
  'write-host': print,
  'set-location': cd,
  'push-location': cd,
  'pop-location': (call) => {
    call.session.call.state.cwds = [];
    return undefined;
  },
  'expand-archive': (call) => {
    const args = argumentsOf(call, 'path literalpath destinationpath', 'force');
    call.session.call.change(call.session.path(args.value('destinationpath') ?? args.positional[1] ?? '.'));
    return undefined;
  },
  'compress-archive': (call) => {
    const args = argumentsOf(call, 'path literalpath destinationpath compressionlevel', 'update force');
    for (const file of [...args.all('path', 'literalpath'), ...args.positional.slice(0, 1)])
      call.session.call.read(call.session.target(file), call.session.call.isSecret(call.session.path(file)) ? { act: 'secret.copy' } : {});
    const out = args.value('destinationpath') ?? args.positional[1];
    if (out !== undefined) call.session.call.write(call.session.path(out));
    return undefined;
  },
  'add-type': (call) => call.session.call.opaque('Add-Type compiles and loads code') ?? undefined,
  'import-module': (call) => {
    const [name] = argumentsOf(call, 'name', '').positional;
    const content = name === undefined ? undefined : call.session.call.content(call.session.path(name));
    if (content && originOf(content.text) === 'download') call.session.call.act('code.remote', display(name ?? ''));
    return undefined;
  },
  'set-executionpolicy': (call) => {
    const args = argumentsOf(call, 'executionpolicy scope', 'force');
    // For this process only it is what `powershell -ExecutionPolicy` does all day.
    if (!/^process$/i.test(known(args.value('scope') ?? args.positional[1] ?? '') ?? ''))
      call.session.call.act('service.change', 'Set-ExecutionPolicy');
    return undefined;
  },
  'invoke-wmimethod': processStart,
  'invoke-cimmethod': processStart,
};

function processStart(call: CmdletCall): undefined {
  call.session.call.opaque(`${call.name} starts what its arguments say`);
  return undefined;
}

/** Cmdlets that amount to something whatever they are given, by name. Source: module reference of Windows. */
const acts: readonly (readonly [RegExp, Parameters<Session['call']['act']>[0]])[] = [
  [
    /^(?:format-volume|clear-disk|initialize-disk|set-disk|(?:remove|new|resize|set)-partition|remove-virtualdisk|remove-storagepool|reset-physicaldisk|repair-volume|remove-physicaldisk|set-volume|mount-diskimage)$/,
    'disk.write',
  ],
  [/^(?:stop|restart|suspend)-computer$/, 'machine.power'],
  [/^(?:new|set|start|stop|restart|suspend|resume|remove)-service$/, 'service.change'],
  [/^(?:register|unregister|set|new|enable|disable|start|stop)-scheduled(?:task|job)\w*$/, 'service.change'],
  [
    /^(?:set|add|remove)-mppreference$|^(?:new|set|remove|enable|disable)-(?:netfirewall\w*|net(?:ip|adapter|route)\w*|localuser|windowsoptionalfeature|bitlocker\w*|psremoting|computerrestore|wsmancredssp)$|^(?:add|remove|new)-localgroup\w*$|^(?:clear|remove|limit)-eventlog$|^(?:add|remove)-(?:computer|windowscapability|windowspackage|appxpackage)$|^set-(?:date|timezone|psrepository|dnsclientserveraddress)$|^uninstall-windowsfeature$|^install-windowsfeature$/,
    'service.change',
  ],
  [/^publish-(?:module|script|psresource)$/, 'package.publish'],
  [/^(?:get-secret|get-storedcredential|unprotect-\w+|get-azaccesstoken|get-azkeyvaultsecret|get-keyvaultsecret)$/, 'secret.print'],
  [/^remove-azresourcegroup$/, 'cloud.destroy'],
  [/^remove-(?:az|ad|aws|s3|ec2|gc|vm|msol|mg|azure|spo|db)\w*$/, 'cloud.delete'],
  [/^(?:set|new|stop|start|restart|update)-(?:az|ad|aws|ec2|vm|msol|mg|azure)\w*$/, 'cloud.change'],
];

/** Runs a cmdlet by its name in lower case. False where nobody knows it, so that it is a program or a function. */
export function runCmdlet(call: CmdletCall): { readonly out: Text | undefined } | undefined {
  const known_ = table[call.name];
  if (known_) return { out: known_(call) };
  if (!/^[a-z]+-[a-z]\w*$/.test(call.name)) {
    for (const word of call.words) if (word.block !== undefined) call.run(word.block, call.input);
    return undefined;
  }
  const isDry = call.words.some((word) => /^-whatif/i.test(display(word.text)));
  const found = acts.find(([pattern]) => pattern.test(call.name));
  if (found && !isDry) call.session.call.act(found[1], call.name, kindOf(found[1]));
  for (const word of call.words) if (word.block !== undefined) call.run(word.block, call.input);
  for (const word of call.words)
    if (!word.quoted && /[\\/.]/.test(display(word.text)) && call.session.call.isSecret(call.session.path(word.text)))
      call.session.call.read(call.session.path(word.text));
  // Everything that only looks, measures or converts passes on what it got.
  if (
    /^(?:select|sort|group|measure|format|out|tee|get|convert\w*|join|split|compare|test|write|read|wait|receive|show|clear|new|set|remove|import|export|update|find|save|install|start|stop|enable|disable|use|resume|push|pop|add|resolve|trace|debug|enter|exit|register|unregister|invoke|publish|uninstall|restart|suspend|initialize|reset|resize|repair|mount|dismount|limit|unprotect|protect|complete|undo|lock|unlock|copy|move|rename|expand|compress|backup|restore|checkpoint|approve|deny|assert|block|unblock|confirm|connect|disconnect|edit|hide|merge|optimize|ping|redo|request|revoke|search|send|skip|step|submit|switch|sync|watch)-/.test(
      call.name,
    )
  ) {
    if (/^(?:invoke|enter)-/.test(call.name) && !/^invoke-(?:pester|build|psake|scriptanalyzer|formatter|sqlcmd|history)$/.test(call.name))
      call.session.call.opaque(`what ${call.name} does cannot be known`);
    return {
      out:
        call.input === undefined
          ? anyText
          : originOf(call.input) === undefined
            ? call.input
            : unknownFrom(originOf(call.input) ?? 'unknown-output'),
    };
  }
  return undefined;
}
