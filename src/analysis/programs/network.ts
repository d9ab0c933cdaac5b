import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { anyText, concat, display, known, knownPrefix, originOf, piecesOf, unknownFrom, type Text } from '../shell/value.ts';
import { basename } from '../paths.ts';
import { grammar, parseOptions } from './options.ts';
import type { Program } from './registry.ts';

/** Programs that reach other machines. */
export const networkPrograms = (): Readonly<Record<string, Program>> => ({
  curl,
  curlie: curl,
  wget,
  wget2: wget,
  http: httpie,
  https: httpie,
  xh: httpie,
  xhs: httpie,
  aria2c: (call) => {
    const parsed = call.parse(
      grammar(
        'd,dir= o,out= x= s= k= j= c i,input-file= header= q on-download-complete= on-download-error= on-download-start= on-bt-download-complete=',
      ),
    );
    for (const name of ['on-download-complete', 'on-download-error', 'on-download-start', 'on-bt-download-complete'])
      for (const command of parsed.values(name)) call.start([command]);
    for (const url of parsed.operands) call.network(url);
    const out = parsed.value('o') ?? (parsed.operands[0] === undefined ? undefined : basename(known(parsed.operands[0]) ?? 'download'));
    if (out !== undefined)
      call.write(parsed.value('d') === undefined ? out : concat(parsed.value('d') ?? '', '/', out), { content: unknownFrom('download') });
    return undefined;
  },
  ssh,
  autossh: ssh,
  mosh: ssh,
  sshpass: (call) => {
    const parsed = parseOptions(call.args, grammar('p= f= d= e v P= h', { stops: true }));
    return parsed.positions[0] === undefined ? undefined : call.start(call.args.slice(parsed.positions[0]));
  },
  scp: copyRemote(grammar('3 4 6 A B C p q r R s T v c= F= D= i= J= l= o= P= S= X=')),
  sftp: copyRemote(grammar('4 6 A a C f N p q r v b= B= c= D= F= i= J= l= o= P= R= s= S= X=')),
  rclone: (call) => {
    const [verb, ...rest] = call.args.filter((arg) => !/^-/.test(known(arg) ?? ''));
    const name = known(verb ?? '');
    if (name !== undefined && /^(?:delete|purge|deletefile|rmdirs?|cleanup)$/.test(name))
      for (const item of rest) {
        if ((known(item) ?? ':').includes(':')) call.act('cloud.delete', `rclone ${name}`, 'delete');
        else call.remove(item, { recursive: true });
      }
    if (name === 'sync' && rest[1] !== undefined)
      (known(rest[1]) ?? ':').includes(':')
        ? call.act('cloud.delete', 'rclone sync', 'delete')
        : call.remove(rest[1], { recursive: true, evidence: 'sync' });
    if (rest.length > 0 && rest[0] !== undefined && call.isSecret(rest[0])) call.read(rest[0], { act: 'secret.send' });
    call.network('rclone://remote', 'net.upload');
    return undefined;
  },
  nc: netcat,
  ncat: netcat,
  netcat,
  socat,
  telnet: (call) => {
    if (call.args[0]) call.network(concat('telnet://', call.args[0]));
    return { out: unknownFrom('download') };
  },
  ftp: (call) => (call.args[0] ? call.network(concat('ftp://', call.args[0])) : undefined),
  lftp: (call) => {
    for (const [i, arg] of call.args.entries())
      if (/^-[ce]$/.test(known(arg) ?? '') && /(?:^|[;\s])!|\bmirror\b.*-R|\bput\b/.test(known(call.args[i + 1] ?? '') ?? '!'))
        call.opaque('commands of lftp');
    return undefined;
  },
  ping: () => undefined,
  dig: resolver,
  nslookup: resolver,
  host: resolver,
  whois: resolver,
  traceroute: () => undefined,
  nmap: (call) => {
    for (const arg of call.args) if (/^[\w.-]+\.[\w-]+$/.test(known(arg) ?? '')) call.network(concat('tcp://', arg));
    return undefined;
  },
  mail: (call) => call.network('smtp://', 'net.upload'),
  sendmail: (call) => call.network('smtp://', 'net.upload'),
  mutt: (call) => call.network('smtp://', 'net.upload'),
  ngrok: (call) => call.network('https://ngrok.com', 'net.upload'),
  cloudflared: (call) => call.network('https://cloudflare.com'),
});

const curlOptions = grammar(
  'a,append A,user-agent= b,cookie= B,use-ascii c,cookie-jar= C,continue-at= d,data= data-ascii= data-binary= data-raw= data-urlencode= json= D,dump-header= e,referer= E,cert= key= cacert= f,fail F,form= form-string= g,globoff G,get h,help H,header= i,include I,head j J,remote-header-name k,insecure K,config= l L,location m,max-time= M n,netrc netrc-file= N,no-buffer o,output= O,remote-name remote-name-all output-dir= p P,ftp-port= q Q,quote= r,range= R s,silent S,show-error t T,upload-file= u,user= U,proxy-user= v,verbose V w,write-out= x,proxy= X,request= y= Y= z= 0 1 2 3 4 6 url= resolve= connect-to= connect-timeout= retry= retry-delay= retry-max-time= max-redirs= limit-rate= interface= unix-socket= abstract-unix-socket= compressed create-dirs http1.1 http2 http3 tlsv1.2 tlsv1.3 fail-with-body no-progress-meter progress-bar # trace= trace-ascii= stderr= proto= proto-default= ciphers= variable= oauth2-bearer= aws-sigv4= parallel Z ssl-reqd post301 location-trusted etag-save= etag-compare= url-query= dns-servers= doh-url= next : request-target= mail-from= mail-rcpt=',
);

function curl(call: Invocation): Result | undefined {
  const parsed = call.parse(curlOptions);
  const urls = [...parsed.operands, ...parsed.values('url')];
  for (const value of ['d', 'data-ascii', 'data-binary', 'data-urlencode', 'json'].flatMap((name) => parsed.values(name)))
    sendData(value, call, parsed.has('data-urlencode'));
  for (const value of [...parsed.values('data-raw'), ...parsed.values('A'), ...parsed.values('e')]) sendSecret(value, call);
  for (const value of [...parsed.values('F'), ...parsed.values('form-string'), ...parsed.values('H')]) sendNamed(value, call);
  for (const value of parsed.values('F')) sendForm(value, call);
  for (const file of parsed.values('T')) if (known(file) !== '-' && known(file) !== '.') send(file, call);
  for (const file of [...parsed.values('K'), ...parsed.values('netrc-file'), ...parsed.values('E'), ...parsed.values('key')])
    if (known(file) !== '-') call.read(file, call.isSecret(file) ? { act: 'secret.copy' } : {});
  for (const file of parsed.values('K')) runConfig(file, urls, call);
  for (const header of parsed.values('H')) if (known(header)?.startsWith('@')) send((known(header) ?? '').slice(1), call);
  for (const file of [
    ...parsed.values('c'),
    ...parsed.values('D'),
    ...parsed.values('trace'),
    ...parsed.values('trace-ascii'),
    ...parsed.values('stderr'),
    ...parsed.values('etag-save'),
  ])
    if (known(file) !== '-') call.write(file);
  const uploads = parsed.has('d', 'data-ascii', 'data-binary', 'data-raw', 'data-urlencode', 'json', 'F', 'T') && !parsed.has('G');
  for (const url of urls) judgeQuery(url, call);
  for (const url of urls) for (const one of alternatives(url)) call.network(withScheme(one), uploads ? 'net.upload' : undefined);
  if (parsed.has('unix-socket')) call.network(concat('unix://', parsed.value('unix-socket') ?? ''));
  if (/^delete$/i.test(known(parsed.value('X') ?? '') ?? '') && urls.length > 0 && !isLocal(urls))
    call.act('cloud.delete', '-X DELETE', 'network');
  const folder = parsed.value('output-dir');
  const place = (file: Text): Text => (folder === undefined ? file : concat(folder, '/', file));
  const [fileUrl] = urls.filter((url) => /^file:/i.test(known(url) ?? ''));
  if (fileUrl !== undefined) call.read((known(fileUrl) ?? '').replace(/^file:\/*/i, '/'));
  for (const file of parsed.values('o')) if (known(file) !== '-') call.write(place(file), { content: unknownFrom('download') });
  if (parsed.has('O', 'remote-name-all')) for (const url of urls) call.write(place(nameOf(url)), { content: unknownFrom('download') });
  return { out: parsed.has('o', 'O') && !parsed.values('o').some((file) => known(file) === '-') ? '' : unknownFrom('download') };
}

// A file of options, or standard input with them. Where nobody knows them, it is one that the command itself has made up or fetched.
function runConfig(file: Text, urls: readonly Text[], call: Invocation): void {
  const content = known(file) === '-' ? call.io.input : call.content(file);
  const text = known(content?.text ?? '');
  if (text === undefined) call.opaque('options of curl that cannot be known');
  const options = (text ?? '').split('\n').flatMap((line) => {
    // After one dash it is written as on the command line: `-d@file`, `-sd @file`.
    const short = /^\s*(-[^-\s]\S*)(?:\s+"?(.*?)"?)?\s*$/.exec(line);
    if (short) return /K/.test(short[1] ?? '') ? [] : [short[1] ?? '', ...(short[2] === undefined ? [] : [short[2]])];
    const option = /^\s*(?:--)?([\w-]+)(?:\s*[=:\s]\s*"?(.*?)"?)?\s*$/.exec(line);
    if (option?.[1] === undefined || /^(?:K|config)$/.test(option[1])) return [];
    return [`${option[1].length === 1 ? '-' : '--'}${option[1]}`, ...(option[2] === undefined ? [] : [option[2]])];
  });
  if (options.length > 0) call.start(['curl', ...options, ...urls]);
}

/** curl itself expands braces in URLs. */
function alternatives(url: Text): readonly Text[] {
  const text = known(url);
  const braces = text === undefined ? null : /^(.*)\{([^{}]*,[^{}]*)\}(.*)$/.exec(text);
  return braces ? (braces[2] ?? '').split(',').map((part) => `${braces[1]}${part}${braces[3]}`) : [url];
}

/** A secret in the query of an address is sent to whoever is there. */
function judgeQuery(url: Text, call: Invocation): void {
  if (originOf(url) === 'secret' && knownPrefix(url).includes('?')) call.act('secret.send', display(url), 'network');
}

function withScheme(url: Text): Text {
  const text = known(url);
  return text === undefined || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? url : `http://${text}`;
}

function isLocal(urls: readonly Text[]): boolean {
  return urls.every((url) => /^(?:https?:\/\/)?(?:localhost|127\.|0\.0\.0\.0|\[::1\])/.test(known(url) ?? ''));
}

function nameOf(url: Text): Text {
  const text = known(url);
  return text === undefined ? anyText : basename(text.replace(/[?#].*$/, '')) || 'index.html';
}

function sendSecret(text: Text, call: Invocation): void {
  if (originOf(text) === 'secret') call.act('secret.send', 'a secret of the environment', 'network');
}

/** Headers and fields that are there to say who somebody is. */
const identifying = /auth|token|key|secret|cookie|session|bearer|credential|pass|jwt|sign/i;

// `Authorization: Bearer $TOKEN` is what a token is for; `X-Build: $TOKEN` takes it away.
function sendNamed(value: Text, call: Invocation): void {
  const name = /^[^:=]*(?=[:=])/.exec(knownPrefix(value))?.[0] ?? '';
  if (!identifying.test(name)) sendSecret(value, call);
}

function sendData(value: Text, call: Invocation, encoded: boolean): void {
  const text = known(value);
  const sent = text === '@-' ? call.io.input?.text : value;
  if (sent !== undefined) sendSecret(sent, call);
  if (text === undefined) sendPattern(value, /^@/, call);
  const file = text === undefined ? undefined : (/^@(.+)$/.exec(text)?.[1] ?? (encoded ? /^[\w-]*@(.+)$/.exec(text)?.[1] : undefined));
  if (file !== undefined && file !== '-') send(file, call);
}

function sendForm(value: Text, call: Invocation): void {
  const text = known(value);
  const file = /^[^=]*=[@<]"?([^";,]+)/.exec(text ?? '')?.[1];
  if (file !== undefined && file !== '-') send(file, call);
  if (text === undefined) sendPattern(value, /^[^=]*=[@<]"?/, call);
}

// `-F f=@…` with a file that only a pattern tells.
function sendPattern(value: Text, start: RegExp, call: Invocation): void {
  const [first, ...rest] = piecesOf(value);
  const match = typeof first === 'string' ? start.exec(first) : null;
  if (!match || typeof first !== 'string') return;
  const file: Text = { pieces: [first.slice(match[0].length), ...rest].filter((piece) => piece !== ''), many: false };
  const before = call.run.effects.length;
  call.read(file);
  if (call.run.effects.slice(before).some((effect) => effect.act === 'secret.read')) call.act('secret.send', display(value), 'network');
}

function send(file: Text, call: Invocation): void {
  const content = call.content(file);
  if (content) sendSecret(content.text, call);
  call.read(file, call.isSecret(file) ? { act: 'secret.send', evidence: display(file) } : {});
}

const wgetOptions = grammar(
  'b e,execute= o,output-file= a,append-output= d q v nv i,input-file= F B,base= O,output-document= c N S T,timeout= w,wait= Q,quota= P,directory-prefix= E k K m p r,recursive l,level= L A= R= D= I= X= H np nc t,tries= U,user-agent= 4 6 header= post-data= post-file= body-data= body-file= method= user= password= ask-password no-check-certificate ca-certificate= certificate= private-key= load-cookies= save-cookies= referer= spider continue quiet no-verbose show-progress limit-rate= use-askpass= content-disposition warc-file= timestamping mirror page-requisites convert-links no-parent no-clobber retry-connrefused waitretry= read-timeout= dns-timeout= connect-timeout= progress= x nd nH cut-dirs= unlink',
);

function wget(call: Invocation): Result | undefined {
  const parsed = call.parse(wgetOptions);
  for (const file of [...parsed.values('post-file'), ...parsed.values('body-file')]) send(file, call);
  for (const command of parsed.values('use-askpass')) call.start([command]);
  for (const setting of parsed.values('e')) if (/use_askpass\s*=/.test(known(setting) ?? '')) call.opaque('a command in a setting of wget');
  for (const file of [...parsed.values('o'), ...parsed.values('a'), ...parsed.values('save-cookies')]) call.write(file);
  for (const value of [...parsed.values('post-data'), ...parsed.values('body-data'), ...parsed.values('U')]) sendSecret(value, call);
  for (const value of parsed.values('header')) sendNamed(value, call);
  const uploads = parsed.has('post-data', 'post-file', 'body-data', 'body-file');
  for (const url of parsed.operands) judgeQuery(url, call);
  for (const url of parsed.operands) call.network(withScheme(url), uploads ? 'net.upload' : undefined);
  if (/^delete$/i.test(known(parsed.value('method') ?? '') ?? '') && !isLocal(parsed.operands))
    call.act('cloud.delete', '--method=DELETE', 'network');
  const document = parsed.value('O');
  if (document !== undefined && known(document) === '-') return { out: unknownFrom('download') };
  if (parsed.has('spider')) return { out: '' };
  if (document !== undefined) call.write(document, { content: unknownFrom('download') });
  else
    for (const url of parsed.operands)
      call.write(parsed.value('P') === undefined ? nameOf(url) : concat(parsed.value('P') ?? '', '/', nameOf(url)), {
        content: unknownFrom('download'),
      });
  return { out: '' };
}

function httpie(call: Invocation): Result | undefined {
  const words = call.args.filter((arg) => !/^-/.test(known(arg) ?? ''));
  const method = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(known(words[0] ?? '') ?? '') ? words.shift() : undefined;
  const [url, ...items] = words;
  if (url !== undefined)
    call.network(
      withScheme(concat(/^:/.test(known(url) ?? '') ? 'localhost' : '', url)),
      items.length > 0 || /^(?:POST|PUT|PATCH)$/.test(known(method ?? '') ?? '') ? 'net.upload' : undefined,
    );
  if (url !== undefined && known(method ?? '') === 'DELETE' && !/^:/.test(known(url) ?? '') && !isLocal([withScheme(url)]))
    call.act('cloud.delete', 'DELETE', 'network');
  for (const item of items) {
    sendNamed(item, call);
    const file = /[@]([^@=]+)$/.exec(known(item) ?? '')?.[1];
    if (file !== undefined) send(file, call);
  }
  return { out: unknownFrom('download') };
}

const sshOptions = grammar(
  '4 6 A a B= b= C c= D= E= e= F= f G g I= i= J= K k L= l= M m= N n O= o= P= p= Q= q R= S= s T t V v W= w= X x Y y',
  { stops: true },
);

/** ssh runs the rest of its words on another machine: what would be harm here is harm there. */
function ssh(call: Invocation): Result | Outcome | undefined {
  const parsed = parseOptions(call.args, sshOptions);
  for (const option of parsed.values('o')) {
    const command = /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)[=\s]+(.*)$/i.exec(known(option) ?? '')?.[1];
    if (command !== undefined && command !== 'none') call.shell(command.replace(/%[hpr]/g, 'host'));
  }
  for (const file of parsed.values('F')) judgeSshConfig(file, call);
  const host = parsed.operands[0];
  if (host === undefined) return undefined;
  call.network(concat('ssh://', host));
  const words = call.args.slice((parsed.positions[0] ?? 0) + 1);
  // Options may follow the host.
  const rest = parseOptions(words, sshOptions);
  const command = rest.positions[0] === undefined ? [] : words.slice(rest.positions[0]);
  const text = command.length > 0 ? concat(...command.flatMap((word, i) => (i === 0 ? [word] : [' ', word]))) : call.io.input?.text;
  if (text === undefined) return undefined;
  const remote = call.state.fork();
  remote.cwds = [];
  call.run.evaluate(text, remote, { input: command.length > 0 ? call.io.input : undefined, capture: false });
  return undefined;
}

/** A configuration that this session made, or that nobody can read, may say what to start. Source: ssh_config(5). */
function judgeSshConfig(file: Text, call: Invocation): void {
  call.read(file);
  const content = call.content(file);
  const text = content && known(content.text);
  if (text === undefined) {
    if (content?.fresh || !call.isIn(file, 'workspace')) call.opaque(`what ${display(file)} makes ssh start`);
    return;
  }
  if (!content?.fresh) return;
  for (const [, command = ''] of text.matchAll(/^\s*(?:ProxyCommand|LocalCommand|KnownHostsCommand)[=\s]+(?!none\b)(.*)$/gim))
    call.shell(command);
  for (const [, command = ''] of text.matchAll(/^\s*Match\b.*\bexec\s+"?([^"\n]*)/gim)) call.shell(command);
  if (/^\s*(?:Include|PKCS11Provider|SecurityKeyProvider)\b/im.test(text)) call.opaque(`what ${display(file)} makes ssh load`);
}

function copyRemote(options: () => ReturnType<ReturnType<typeof grammar>>): Program {
  return (call) => {
    const parsed = call.parse(options);
    const isRemote = (text: Text): boolean => /^(?:scp|sftp):\/\/|^[\w.@-]+:/.test(known(text) ?? '');
    const target = parsed.operands.at(-1);
    for (const command of [...parsed.values('S'), ...parsed.values('D')]) call.shell(command);
    for (const file of parsed.values('F')) judgeSshConfig(file, call);
    for (const option of parsed.values('o')) {
      const command = /^ProxyCommand[=\s]+(.*)$/i.exec(known(option) ?? '')?.[1];
      if (command !== undefined) call.shell(command);
    }
    for (const item of parsed.operands)
      if (isRemote(item)) call.network(concat('ssh://', item), item === target ? 'net.upload' : undefined);
    for (const source of parsed.operands.slice(0, -1))
      if (!isRemote(source))
        call.read(source, call.isSecret(source) ? { act: target !== undefined && isRemote(target) ? 'secret.send' : 'secret.copy' } : {});
    if (target !== undefined && !isRemote(target) && parsed.operands.length > 1) call.write(target, { content: unknownFrom('download') });
    return undefined;
  };
}

function netcat(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar(
      'e,exec= c,sh-exec= lua-exec= l,listen p,source-port= u v n z w= k 4 6 q= s= x= X= U N C D b d h i= I= m= O= P= r S t T= V= W= proxy= ssl',
    ),
  );
  for (const program of parsed.values('e')) {
    call.shell(program);
    call.opaque('a program whose input comes from the network');
  }
  for (const program of parsed.values('c'))
    if (known(program) !== undefined && !/^\d+$/.test(known(program) ?? '')) call.opaque('a program whose input comes from the network');
  const [host, port] = parsed.operands;
  if (call.io.input && originOf(call.io.input.text) === 'secret') call.act('secret.send', 'a secret of the environment', 'network');
  if (host !== undefined && !parsed.has('l'))
    call.network(
      concat('tcp://', host, port === undefined ? '' : concat(':', port)),
      call.io.input && !parsed.has('z') ? 'net.upload' : undefined,
    );
  return { out: unknownFrom('download') };
}

function socat(call: Invocation): Result | undefined {
  for (const arg of call.args) {
    const text = known(arg);
    if (text === undefined) continue;
    const command = /^(?:EXEC|SYSTEM|SHELL):"?(.*?)"?(?:,\w.*)?$/i.exec(text)?.[1];
    if (command !== undefined) {
      call.shell(command);
      call.opaque('a program whose input comes from the network');
    }
    const host = /^(?:TCP[46]?|OPENSSL|UDP[46]?)(?:-CONNECT)?:(.*)$/i.exec(text)?.[1];
    if (host !== undefined) call.network(`tcp://${host}`);
    const file = /^(?:OPEN|CREATE|GOPEN|FILE):([^,]+)/i.exec(text)?.[1];
    if (file !== undefined) {
      call.read(file);
      if (/creat|wronly|append|trunc|^CREATE/i.test(text)) call.write(file);
    }
  }
  return { out: unknownFrom('download') };
}

/** A name that is looked up can carry what is in it to whoever answers. */
function resolver(call: Invocation): Result | undefined {
  for (const arg of call.args) if (known(arg) === undefined) call.network(concat('dns://', arg));
  return undefined;
}
