import type { Invocation, Result } from '../shell/invocation.ts';
import { checkVariable } from './environment.ts';
import { either, type Outcome } from '../shell/outcome.ts';
import { concat, display, known, piecesOf, type Text } from '../shell/value.ts';
import { grammar, parseOptions, type Grammar } from './options.ts';
import type { Program } from './registry.ts';
import { absorb } from '../shell/state-join.ts';

/** Programs that start another with what is left of their arguments. Source: their manuals. */
export const wrapperPrograms = (): Readonly<Record<string, Program>> => ({
  env,
  sudo: privileged(
    grammar(
      'A b,background C= c= D,chdir= E,preserve-env? e,edit g,group= H h host= i,login K k l n p,prompt= P R,chroot= r,role= S,stdin s,shell T= t,type= U,other-user= u,user= V v B N',
      { stops: true },
    ),
  ),
  doas: privileged(grammar('C= L a= n s,shell u=', { stops: true })),
  pkexec: privileged(grammar('user= disable-internal-agent keep-cwd', { stops: true })),
  gosu: afterOne,
  'su-exec': afterOne,
  runas: afterOne,
  run0: privileged(grammar('u,user= g,group= D,chdir= setenv= nice= slice= unit= background= machine= pty pipe', { stops: true })),
  timeout: after(grammar('f,foreground p,preserve-status k,kill-after= s,signal= v,verbose', { stops: true }), 1),
  gtimeout: after(grammar('foreground preserve-status k,kill-after= s,signal= v', { stops: true }), 1),
  nice: after(grammar('n,adjustment= 0 1 2 3 4 5 6 7 8 9', { stops: true }), 0),
  ionice: after(grammar('c,class= n,classdata= p,pid= t,ignore P= u=', { stops: true }), 0),
  chrt: after(grammar('b f i m o r v R a T= P= D= p', { stops: true }), 1),
  taskset: after(grammar('a p c,cpu-list', { stops: true }), 1),
  numactl: after(grammar('i,interleave= N,cpunodebind= C,physcpubind= m,membind= l p,preferred= H s', { stops: true }), 0),
  nohup: after(grammar('', { stops: true }), 0),
  stdbuf: after(grammar('i,input= o,output= e,error=', { stops: true }), 0),
  setsid: after(grammar('c,ctty f,fork w,wait', { stops: true }), 0),
  time: after(grammar('a,append f,format= o,output= p,portability v,verbose q', { stops: true }), 0),
  unbuffer: after(grammar('p', { stops: true }), 0),
  catchsegv: after(grammar('', { stops: true }), 0),
  proxychains: after(grammar('q f=', { stops: true }), 0),
  proxychains4: after(grammar('q f=', { stops: true }), 0),
  torsocks: after(grammar('', { stops: true }), 0),
  tsocks: after(grammar('', { stops: true }), 0),
  dotenv: after(grammar('e= c? f,file= o', { stops: true }), 0),
  'cross-env': env,
  'cross-env-shell': joinedShell(grammar('', { stops: true }), 0),
  'env-cmd': after(grammar('f,file= e= r= x', { stops: true }), 0),
  direnv: (call) =>
    call.word(0) === 'exec'
      ? call.start(call.args.slice(2))
      : call.word(0) === 'allow' || call.word(0) === 'permit'
        ? call.opaque('an environment file that is run')
        : { out: { pieces: [{ hole: 'text', origin: 'generated' }], many: false } },
  firejail: after(grammar('', { stops: true }), 0),
  bwrap,
  unshare: after(
    grammar(
      'm,mount? u,uts? i,ipc? n,net? p,pid? U,user? C,cgroup? T,time? f,fork r,map-root-user c mount-proc? R,root= w,wd= S= G= propagation= setgroups= map-user= map-group= kill-child?',
      { stops: true },
    ),
    0,
  ),
  nsenter: privileged(
    grammar(
      't,target= m,mount? u,uts? i,ipc? n,net? p,pid? U,user? C,cgroup? T,time? r,root? w,wd? F,no-fork Z a,all S= G= preserve-credentials',
      { stops: true },
    ),
  ),
  chroot: (call) => {
    const parsed = call.parse(grammar('groups= userspec= skip-chdir', { stops: true }));
    call.act('privilege.raise', 'chroot');
    return tail(call, parsed.positions[0], 1);
  },
  setpriv: after(
    grammar(
      'reuid= regid= init-groups clear-groups keep-groups groups= inh-caps= ambient-caps= bounding-set= securebits= pdeathsig= reset-env nnp no-new-privs',
      { stops: true },
    ),
    0,
  ),
  capsh: (call) => joinShell(call, call.args.slice(call.args.findIndex((arg) => known(arg) === '--') + 1)),
  wsl: linux,
  'wsl.exe': linux,
  'systemd-run': scheduled(
    grammar(
      'u,unit= p,property= scope user system slice= r,remain-after-exit send-sighup d,same-dir t,pty P,pipe q,quiet G,collect no-block wait S,shell uid= gid= nice= working-directory= E,setenv= on-active= on-boot= on-calendar= on-unit-active= timer-property= description= service-type= M,machine=',
      { stops: true },
    ),
    0,
  ),
  systemd_run: after(grammar('', { stops: true }), 0),
  'systemd-inhibit': after(grammar('what= who= why= mode= list', { stops: true }), 0),
  dbus_run_session: after(grammar('', { stops: true }), 0),
  'dbus-run-session': after(grammar('config-file= dbus-daemon=', { stops: true }), 0),
  'xvfb-run': after(
    grammar('a,auto-servernum e,error-file= f,auth-file= l n,server-num= p,xauth-protocol= s,server-args= w,wait=', { stops: true }),
    0,
  ),
  flock: flockCommand,
  strace: after(
    grammar('a= b= c C d D e= E= f ff F h i I= k n N= o,output= O= p,attach= P= q r s= S= t T tt u,user= U= v V w x X= y z Z', {
      stops: true,
    }),
    0,
  ),
  ltrace: after(grammar('a= b c C d= e= f F= h i l= L n= o= p= r s= S t T u= V x=', { stops: true }), 0),
  gdb: (call) => debuggerCode(call),
  lldb: (call) => debuggerCode(call),
  valgrind: after(grammar('q v', { stops: true }), 0),
  perf: (call) => (/^(?:record|stat|trace)$/.test(call.word(0) ?? '') ? lastCommand(call) : undefined),
  hyperfine: eachText(
    grammar(
      'w,warmup= r,runs= m,min-runs= M,max-runs= p,prepare= c,cleanup= s,setup= S,shell= N i n,command-name= L= P= D= export-json= export-markdown= export-csv= show-output style=',
    ),
  ),
  entr: after(grammar('a c d n p r s z', { stops: true }), 0),
  watchexec: after(grammar('e,exts= w,watch= r c i,ignore= d,debounce= n s,signal= f,filter= shell=', { stops: true }), 0),
  nodemon: afterDashes,
  'wait-on': () => undefined,
  'start-server-and-test': () => undefined,
  watch: joinedShell(grammar('b c d,differences? e g n,interval= p q= t,no-title x,exec w beep color errexit chgexit', { stops: true }), 0),
  script: scriptCommand,
  expect: (call) => call.opaque('code of expect'),
  su: switchUser,
  runuser: switchUser,
  newgrp: (call) => (call.io.input ? call.shell(call.io.input.text) : undefined),
  sg: (call) => (call.args.at(-1) === undefined ? undefined : call.shell(call.args.at(-1) ?? '')),
  busybox: applet,
  toybox: applet,
  'ld.so': loader,
  'ld-linux-x86-64.so.2': loader,
  'ld-linux.so.2': loader,
  'ld-linux-aarch64.so.1': loader,
  'ld-musl-x86_64.so.1': loader,
  'ld-linux-armhf.so.3': loader,
  exec: (call) => call.start(call.args),
  command: (call) => call.start(call.args),
  builtin: (call) => call.start(call.args),
  eval: (call) => call.run.evaluate(joined(call.args), call.state, call.io),
  concurrently: eachText(
    grammar(
      'n,names= k,kill-others kill-others-on-fail c,prefix-colors= p,prefix= r,raw s,success= m,max-processes= g i hide= restart-tries= restart-after=',
    ),
  ),
  at: batchJob,
  batch: batchJob,
});

/** Starts what is left after the options and `skip` operands. */
function after(options: () => Grammar, skip: number): Program {
  return (call) => {
    const parsed = parseOptions(call.args, options);
    for (const file of parsed.values('o')) if (call.name === 'strace' || call.name === 'time') call.write(file);
    return tail(call, parsed.positions[0], skip);
  };
}

/** `systemd-run`: a program now, or with a timer one that runs again and again. */
function scheduled(options: () => Grammar, skip: number): Program {
  return (call) => {
    if (call.args.some((arg) => /^--(?:on-|timer-property)/.test(known(arg) ?? ''))) call.act('service.change', 'systemd-run with a timer');
    return after(options, skip)(call);
  };
}

/** `wsl`: a Linux shell gets the words that follow. */
function linux(call: Invocation): Outcome | undefined {
  const first = parseOptions(call.args, linuxOptions).positions[0];
  return first === undefined ? undefined : call.shell(joined(call.args.slice(first)));
}

const linuxOptions = grammar('d,distribution= u,user= e,exec cd= system shell-type=', { stops: true });

/** Each operand is a whole command. */
function eachText(options: () => Grammar): Program {
  return (call) => {
    for (const command of parseOptions(call.args, options).operands) {
      const [, manager, script] = /^(npm|yarn|pnpm|bun):([\w:*.-]+)$/.exec(known(command) ?? '') ?? [];
      if (manager === undefined || script === undefined) call.shell(command);
      else for (const name of scriptsFitting(script, call)) call.start([manager, 'run', name]);
    }
    return undefined;
  };
}

// `npm:build:*` are the scripts of the project whose names fit.
function scriptsFitting(pattern: string, call: Invocation): readonly string[] {
  if (!pattern.includes('*')) return [pattern];
  const names = [...(known(call.content('package.json')?.text ?? '') ?? '').matchAll(/"([\w:.-]+)"\s*:/g)].map((match) => match[1] ?? '');
  const [start = '', end = ''] = pattern.split('*');
  return [...new Set(names)].filter((name) => name.startsWith(start) && name.endsWith(end) && name.length >= start.length + end.length);
}

function tail(call: Invocation, first: number | undefined, skip: number): Outcome | undefined {
  if (first === undefined) return undefined;
  const words = call.args.slice(first + skip);
  return words.length === 0 ? undefined : call.start(words);
}

function afterOne(call: Invocation): Outcome | undefined {
  call.act('privilege.raise', call.name);
  return call.args.length > 1 ? call.start(call.args.slice(1)) : undefined;
}

function afterDashes(call: Invocation): Outcome | undefined {
  const at = call.args.findIndex((arg) => /^(?:--exec|-x)$/.test(known(arg) ?? ''));
  return at >= 0 && call.args[at + 1] !== undefined ? call.shell(call.args[at + 1] ?? '') : undefined;
}

function lastCommand(call: Invocation): Outcome | undefined {
  const dashes = call.args.findIndex((arg) => known(arg) === '--');
  if (dashes >= 0) return call.start(call.args.slice(dashes + 1));
  const parsed = call.parse(grammar('e= g o= F= p= a r= d i v a', { stops: true }), call.args.slice(1));
  return tail(call, parsed.positions[0] === undefined ? undefined : parsed.positions[0] + 1, 0);
}

function joined(words: readonly Text[]): Text {
  return concat(...words.flatMap((word, i) => (i === 0 ? [word] : [' ', word])));
}

function joinShell(call: Invocation, words: readonly Text[]): Outcome | undefined {
  const at = words.findIndex((word) => known(word) === '-c');
  return at >= 0 && words[at + 1] !== undefined
    ? call.shell(words[at + 1] ?? '')
    : words.length > 0
      ? call.shell(joined(words))
      : undefined;
}

function joinedShell(options: () => Grammar, skip: number): Program {
  return (call) => {
    const parsed = parseOptions(call.args, options);
    const first = parsed.positions[0];
    if (first === undefined) return undefined;
    const words = call.args.slice(first + skip);
    return parsed.has('x') ? call.start(words) : call.shell(joined(words));
  };
}

/** `env`: variables, `-S` with a whole command in a string, `-C` with a folder. */
function env(call: Invocation): Result | Outcome | undefined {
  // The words of `-S` stand where it stood, and options may be among them.
  let args = call.args;
  let parsed = parseOptions(args, envOptions);
  for (let i = 0; i < 8 && parsed.has('S'); i++) {
    const split = known(parsed.value('S') ?? '');
    if (split === undefined) {
      call.opaque('a command that cannot be known');
      return undefined;
    }
    const at = args.findIndex((arg) => /^(?:-[^-=]*S|--s)/.test(known(arg) ?? ''));
    if (at < 0) break;
    const isAttached = /^(?:--s[^=]*=|-[^-=S]*S.)/.test(known(args[at] ?? '') ?? '');
    args = [...args.slice(0, at), ...splitString(split), ...args.slice(at + (isAttached ? 1 : 2))];
    parsed = parseOptions(args, envOptions);
  }
  const words: readonly Text[] = parsed.positions[0] === undefined ? [] : args.slice(parsed.positions[0]);
  const state = call.state.fork();
  if (parsed.has('i')) for (const name of [...state.variables.keys()]) state.unset(name);
  for (const name of parsed.values('u')) state.set(known(name) ?? '', undefined);
  const folder = parsed.value('C');
  if (folder !== undefined)
    state.cwds =
      known(folder) === undefined
        ? []
        : state.cwds.map((cwd) => ((known(folder) ?? '').startsWith('/') ? (known(folder) ?? '') : `${cwd}/${known(folder)}`));
  let i = 0;
  for (; i < words.length; i++) {
    const assignment = splitAssignment(words[i] ?? '');
    if (!assignment) {
      if (!/^BASH_FUNC_[^=]*=/.test(display(words[i] ?? ''))) break;
      call.opaque('a function given to a shell by its environment');
      continue;
    }
    state.set(assignment.name, assignment.value, true);
    checkVariable(assignment.name, assignment.value, state, call.run);
  }
  const command = words.slice(i);
  if (command.length === 0) {
    // Printing the environment prints the tokens in it.
    if (!parsed.has('i')) call.act('secret.print', 'the environment', 'read');
    return undefined;
  }
  const outcome = call.start(command, { state });
  absorb(call.state, state);
  return either(call.state, outcome.out);
}

const envOptions = grammar(
  'i,ignore-environment 0,null u,unset= C,chdir= S,split-string= v,debug block-signal? default-signal? ignore-signal? list-signal-handling a,argv0= P=',
  { stops: true },
);

function splitAssignment(word: Text): { readonly name: string; readonly value: Text } | undefined {
  const [first, ...rest] = piecesOf(word);
  const match = typeof first === 'string' ? /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(first) : null;
  if (!match) return undefined;
  return {
    name: match[1] ?? '',
    value: rest.length === 0 ? (match[2] ?? '') : { pieces: [match[2] ?? '', ...rest].filter((piece) => piece !== ''), many: false },
  };
}

function splitString(text: string): string[] {
  return [...text.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? match[3] ?? '',
  );
}

function privileged(options: () => Grammar): Program {
  return (call) => {
    const parsed = parseOptions(call.args, options);
    call.act('privilege.raise', call.name);
    let first = parsed.positions[0];
    if (parsed.has('e')) {
      for (const file of parsed.operands) call.write(file);
      return undefined;
    }
    // `sudo NAME=value command`.
    while (first !== undefined && splitAssignment(call.args[first] ?? '')) {
      const assignment = splitAssignment(call.args[first] ?? '');
      if (assignment) checkVariable(assignment.name, assignment.value, call.state, call.run);
      first += 1;
    }
    const words = first === undefined ? [] : call.args.slice(first);
    if (words.length === 0) {
      // `sudo -s` with a pipe runs what comes through it.
      if (parsed.has('s', 'i') && call.io.input) return call.shell(call.io.input.text);
      return undefined;
    }
    return parsed.has('s', 'i') ? call.shell(joined(words)) : call.start(words);
  };
}

function switchUser(call: Invocation): Result | Outcome | undefined {
  const parsed = parseOptions(
    call.args,
    grammar('c,command= session-command= f,fast g,group= G,supp-group= l,login m,p,preserve-environment P,pty s,shell= w= u,user='),
  );
  call.act('privilege.raise', call.name);
  const command = parsed.value('c') ?? parsed.value('session-command');
  if (command !== undefined) return call.shell(command);
  if (parsed.has('u')) return tail(call, parsed.positions[0], 0);
  return call.io.input ? call.shell(call.io.input.text) : undefined;
}

function applet(call: Invocation): Outcome | undefined {
  const words = call.args.filter((arg, i) => i > 0 || !/^--(?:list|help|install)/.test(known(arg) ?? ''));
  return words.length === 0 ? undefined : call.start(words);
}

/** The dynamic loader runs the program it is given: a way around every list of names. */
function loader(call: Invocation): Outcome | undefined {
  const parsed = parseOptions(
    call.args,
    grammar('library-path= preload= argv0= inhibit-rpath= audit= list verify inhibit-cache', { stops: true }),
  );
  for (const library of [...parsed.values('preload'), ...parsed.values('audit')]) call.opaque(`code loaded from ${display(library)}`);
  return tail(call, parsed.positions[0], 0);
}

function flockCommand(call: Invocation): Outcome | undefined {
  const parsed = parseOptions(
    call.args,
    grammar('s,shared x,e,exclusive u,unlock n,nb,nonblock w,wait,timeout= o,close F,no-fork E,conflict-exit-code= verbose', {
      stops: true,
    }),
  );
  const first = parsed.positions[0];
  if (first === undefined) return undefined;
  const lock = call.args[first] ?? '';
  if (!/^\d+$/.test(known(lock) ?? '') && !call.isFolder(lock)) call.change(lock);
  const next = known(call.args[first + 1] ?? '');
  const text = call.args[first + 2];
  return next !== undefined && /^(?:-c|--c[a-z]*)$/.test(next) && text !== undefined ? call.shell(text) : tail(call, first, 1);
}

function scriptCommand(call: Invocation): Outcome | undefined {
  const parsed = parseOptions(
    call.args,
    grammar('a,append E,echo= e,return f,flush force I,log-in= O,log-out= B,log-io= T,log-timing= m= o= q,quiet t,timing? c,command='),
  );
  for (const file of parsed.operands.slice(0, 1)) call.write(file);
  const command = parsed.value('c');
  if (command !== undefined) return call.shell(command);
  // BSD's `script file command …`.
  return parsed.operands.length > 1 ? call.start(parsed.operands.slice(1)) : undefined;
}

function bwrap(call: Invocation): Outcome | undefined {
  const dashes = call.args.findIndex((arg) => known(arg) === '--');
  if (dashes >= 0) return call.start(call.args.slice(dashes + 1));
  const values: Readonly<Record<string, number>> = {
    '--bind': 2,
    '--ro-bind': 2,
    '--dev-bind': 2,
    '--bind-try': 2,
    '--ro-bind-try': 2,
    '--symlink': 2,
    '--setenv': 2,
    '--file': 2,
    '--bind-data': 2,
    '--ro-bind-data': 2,
    '--dev': 1,
    '--proc': 1,
    '--tmpfs': 1,
    '--dir': 1,
    '--chdir': 1,
    '--unsetenv': 1,
    '--uid': 1,
    '--gid': 1,
    '--hostname': 1,
    '--lock-file': 1,
    '--remount-ro': 1,
    '--seccomp': 1,
    '--args': 1,
    '--perms': 1,
    '--size': 1,
    '--cap-add': 1,
    '--cap-drop': 1,
  };
  let i = 0;
  while (i < call.args.length && (known(call.args[i] ?? '') ?? '').startsWith('--'))
    i += 1 + (values[known(call.args[i] ?? '') ?? ''] ?? 0);
  return i < call.args.length ? call.start(call.args.slice(i)) : undefined;
}

function debuggerCode(call: Invocation): undefined {
  const program = call.args.findIndex((arg) => /^--?args$/.test(known(arg) ?? ''));
  if (program >= 0 && call.args.length > program + 1) call.start(call.args.slice(program + 1));
  for (const [i, arg] of call.args.entries()) {
    if (!/^-?-(?:ex|eval-command|iex|o|one-line)$/.test(known(arg) ?? '')) continue;
    const code = known(call.args[i + 1] ?? '') ?? '';
    const shell = /^\s*(?:shell|!|platform shell)\s*(.*)$/.exec(code);
    if (shell) call.shell(shell[1] ?? '');
    else if (known(call.args[i + 1] ?? '') === undefined || /system\s*\(|python|call/.test(code)) call.opaque('debugger code');
  }
  return undefined;
}

function batchJob(call: Invocation): Result | undefined {
  call.act('service.change', call.name);
  if (call.io.input) call.shell(call.io.input.text);
  const parsed = call.parse(grammar('f= q= m M l d r v c t= b V'));
  for (const file of parsed.values('f')) {
    call.read(file);
    const content = call.content(file);
    if (content) call.shell(content.text);
  }
  return undefined;
}
