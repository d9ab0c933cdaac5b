import type { Language } from './code-source.ts';

/** What a call amounts to. */
export type Sink =
  /** Runs its text in a shell. */
  | 'shell'
  /** Starts a program with arguments. */
  | 'argv'
  | 'remove'
  | 'removeTree'
  | 'write'
  | 'read'
  /** Reads, or unpacks into, what it is given, where that is a name. */
  | 'named'
  | 'unpack'
  /** Reads or writes by its mode. */
  | 'open'
  /** A path as a value: what is done with it follows. */
  | 'path'
  /** Takes the first and makes the second. */
  | 'move'
  /** Reads the first and makes the second. */
  | 'copy'
  | 'change'
  /** Changes permissions of what follows the first argument. */
  | 'permissions'
  | 'network'
  | 'kill'
  /** Runs what it is given or what nobody can see. */
  | 'unknown';

interface Calls {
  /** Full names, aliases resolved. */
  readonly full: Readonly<Record<string, Sink>>;
  /** Names of methods, whatever they are called on. */
  readonly method?: Readonly<Record<string, Sink>>;
  /** Modules any call of which amounts to that. */
  readonly module?: Readonly<Record<string, Sink>>;
}

function words(sink: Sink, names: string): Record<string, Sink> {
  return Object.fromEntries(names.split(' ').map((name) => [name, sink]));
}

const networkModules =
  'requests httpx aiohttp urllib3 urllib.request http.client ftplib smtplib imaplib poplib telnetlib nntplib xmlrpc paramiko fabric asyncssh boto3 botocore pymysql psycopg psycopg2 asyncpg mysql pymongo redis docker kubernetes websocket websockets websocket_client socketserver http.server socket webbrowser pycurl selenium playwright';

/** Calls that start programs, change files or reach out, by language. Source: the languages' standard libraries and what is used most beside them. */
const make = (): Readonly<Record<Language, Calls>> => ({
  python: {
    full: {
      ...words(
        'shell',
        'os.system os.popen os.popen2 os.popen3 subprocess.getoutput subprocess.getstatusoutput commands.getoutput platform.popen asyncio.create_subprocess_shell',
      ),
      ...words(
        'argv',
        'subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnv os.spawnve os.spawnvp os.posix_spawn os.posix_spawnp os.startfile pty.spawn asyncio.create_subprocess_exec pexpect.spawn pexpect.run',
      ),
      ...words('removeTree', 'shutil.rmtree os.removedirs'),
      ...words('remove', 'os.remove os.unlink os.rmdir'),
      ...words('move', 'shutil.move os.rename os.renames os.replace'),
      ...words('copy', 'shutil.copy shutil.copy2 shutil.copyfile shutil.copytree os.link os.symlink'),
      ...words(
        'change',
        'os.chmod os.chown os.lchown os.truncate os.makedirs os.mkdir os.mkfifo os.mknod os.utime shutil.chown shutil.copymode shutil.copystat',
      ),
      ...words('write', 'shutil.make_archive shutil.unpack_archive'),
      ...words('open', 'open io.open codecs.open os.open gzip.open bz2.open lzma.open zipfile.ZipFile tarfile.open fileinput.input'),
      ...words('path', 'Path pathlib.Path pathlib.PosixPath'),
      ...words('kill', 'os.kill os.killpg os.abort signal.pthread_kill'),
      ...words(
        'unknown',
        'eval exec compile __import__ builtins.eval builtins.exec builtins.compile builtins.__import__ importlib.import_module importlib.reload importlib.__import__ imp.load_source runpy.run_path runpy.run_module code.interact code.InteractiveConsole code.InteractiveInterpreter pickle.load pickle.loads pickle.Unpickler marshal.loads marshal.load dill.loads cloudpickle.loads jsonpickle.decode joblib.load os.fork os.forkpty os.chdir os.fchdir os.chroot os.setuid os.dup2 globals locals sys.setprofile sys.settrace types.FunctionType types.CodeType execfile reload getattr operator.attrgetter operator.methodcaller',
      ),
      ...words(
        'named',
        'dotenv.dotenv_values dotenv.load_dotenv dotenv_values load_dotenv linecache.getlines linecache.getline netrc.netrc sqlite3.connect toml.load numpy.loadtxt numpy.genfromtxt numpy.fromfile pandas.read_csv pandas.read_json pandas.read_table pandas.read_fwf pandas.read_pickle shelve.open dbm.open mailbox.mbox plistlib.load',
      ),
      urlopen: 'network',
      urlretrieve: 'network',
    },
    // Of a reader of settings, and of an archive.
    method: { ...words('named', 'read read_file'), extractall: 'unpack' },
    module: { ...words('network', networkModules), ...words('unknown', 'ctypes cffi pty codeop multiprocessing ptrace sh plumbum') },
  },
  javascript: {
    full: {
      ...words(
        'shell',
        'child_process.exec child_process.execSync execa.command execa.commandSync execaCommand execaCommandSync shelljs.exec Bun.$',
      ),
      ...words(
        'argv',
        'child_process.spawn child_process.spawnSync child_process.execFile child_process.execFileSync child_process.fork execa execaSync execa.execa execa.execaSync Bun.spawn Bun.spawnSync Deno.run Deno.Command cluster.fork',
      ),
      ...words(
        'removeTree',
        'fs.rm fs.rmSync fs.rmdir fs.rmdirSync fs_extra.remove fs_extra.removeSync fs_extra.emptyDir fs_extra.emptyDirSync rimraf rimraf.sync rimraf.rimraf rimraf.rimrafSync del del.sync Deno.remove Deno.removeSync shelljs.rm trash',
      ),
      ...words('remove', 'fs.unlink fs.unlinkSync'),
      ...words('write', 'Bun.write Deno.writeTextFile Deno.writeTextFileSync Deno.writeFile Deno.writeFileSync Deno.create Deno.truncate'),
      ...words('read', 'Bun.file Deno.readTextFile Deno.readTextFileSync Deno.readFile Deno.readFileSync'),
      ...words('move', 'fs.rename fs.renameSync Deno.rename Deno.renameSync'),
      ...words('copy', 'fs.copyFile fs.cp fs.link fs.symlink Deno.copyFile Deno.symlink'),
      ...words('change', 'fs.chmod fs.chown fs.mkdir Deno.mkdir Deno.mkdirSync Deno.chmod Deno.chown'),
      ...words(
        'network',
        'fetch WebSocket EventSource XMLHttpRequest Deno.connect Deno.listen Deno.serve Bun.connect Bun.serve Bun.listen',
      ),
      ...words('kill', 'process.kill process.abort Deno.kill'),
      ...words(
        'unknown',
        'eval Function require import vm.runInThisContext vm.runInNewContext vm.runInContext vm.Script vm.compileFunction process.binding process._linkedBinding process.dlopen process.chdir Reflect.apply Reflect.get Reflect.construct Proxy WebAssembly.instantiate WebAssembly.compile module._load Module._load module.createRequire createRequire setTimeout.constructor Deno.dlopen inspector.open repl.start constructor.constructor',
      ),
    },
    method: {
      ...words('removeTree', 'rmSync rmdirSync removeSync emptyDirSync rimrafSync'),
      ...words('remove', 'unlinkSync'),
      ...words(
        'write',
        'writeFileSync writeFile appendFileSync appendFile createWriteStream truncateSync outputFileSync outputFile outputJsonSync writeJsonSync writeJson',
      ),
      ...words('open', 'openSync'),
      ...words('read', 'readFileSync readFile createReadStream readJsonSync readJson'),
      ...words('move', 'renameSync'),
      ...words('copy', 'copyFileSync cpSync copySync symlinkSync linkSync copyFile'),
      ...words('change', 'chmodSync chownSync lchownSync mkdirSync utimesSync mkdtempSync ensureDirSync'),
      ...words('shell', 'execSync'),
      ...words('argv', 'spawnSync execFileSync'),
      ...words('unknown', 'runInThisContext runInNewContext _load constructor __lookupGetter__'),
    },
    module: {
      ...words(
        'network',
        'net http https http2 tls dgram undici axios node_fetch got ws ssh2 superagent request nodemailer pg mysql mysql2 mongodb mongoose redis ioredis aws_sdk puppeteer playwright simple_git',
      ),
      ...words('unknown', 'worker_threads ffi_napi zx google_zx shelljs vm2'),
      child_process: 'argv',
    },
  },
  perl: {
    full: {
      ...words('shell', 'system exec qx readpipe'),
      ...words('remove', 'unlink rmdir'),
      ...words('removeTree', 'rmtree remove_tree File.Path.rmtree File.Path.remove_tree'),
      ...words('move', 'rename move File.Copy.move'),
      ...words('copy', 'copy link symlink File.Copy.copy'),
      ...words('change', 'mkdir truncate mkpath make_path'),
      ...words('permissions', 'chmod chown utime'),
      ...words('open', 'open sysopen opendir'),
      ...words(
        'network',
        'socket connect bind socketpair IO.Socket.INET.new IO.Socket.SSL.new IO.Socket.new LWP.UserAgent.new LWP.Simple.get HTTP.Tiny.new',
      ),
      ...words('kill', 'kill'),
      ...words('unknown', 'eval syscall fork require dbmopen chdir chroot'),
    },
    module: words('network', 'IO.Socket LWP HTTP.Tiny Net.SSH Net.FTP'),
  },
  ruby: {
    full: {
      ...words(
        'shell',
        'system exec spawn Kernel.system Kernel.exec Kernel.spawn Process.spawn Process.exec IO.popen popen Open3.capture2 Open3.capture2e Open3.capture3 Open3.popen2 Open3.popen3 PTY.spawn syscall',
      ),
      ...words(
        'removeTree',
        'FileUtils.rm_rf FileUtils.rm_r FileUtils.remove_dir FileUtils.remove_entry FileUtils.remove_entry_secure FileUtils.rmtree rm_rf rm_r Pathname.rmtree',
      ),
      ...words(
        'remove',
        'File.delete File.unlink FileUtils.rm FileUtils.rm_f FileUtils.rmdir FileUtils.remove Dir.rmdir Dir.delete Dir.unlink',
      ),
      ...words('write', 'File.write IO.write File.binwrite IO.binwrite FileUtils.touch'),
      ...words('read', 'File.read File.readlines File.binread File.foreach IO.read IO.readlines IO.foreach IO.binread'),
      ...words('open', 'File.open File.new open Kernel.open'),
      ...words('move', 'FileUtils.mv FileUtils.move File.rename'),
      ...words(
        'copy',
        'FileUtils.cp FileUtils.cp_r FileUtils.copy FileUtils.ln_s FileUtils.ln FileUtils.install FileUtils.ln_sf File.symlink File.link',
      ),
      ...words('permissions', 'FileUtils.chmod FileUtils.chmod_R FileUtils.chown FileUtils.chown_R File.chmod File.chown'),
      ...words('change', 'FileUtils.mkdir_p FileUtils.mkdir Dir.mkdir File.truncate'),
      ...words('network', 'TCPSocket.new TCPSocket.open UDPSocket.new Socket.tcp URI.open OpenURI.open_uri TCPServer.new'),
      ...words('kill', 'Process.kill'),
      ...words(
        'unknown',
        'eval instance_eval class_eval module_eval instance_exec binding.eval Kernel.eval send __send__ public_send const_get define_method load fork Marshal.load Fiddle Dir.chdir require_relative ObjectSpace',
      ),
    },
    method: words('unknown', 'instance_eval class_eval module_eval send __send__ public_send const_get'),
    module: words('network', 'Net.HTTP Net.FTP Net.SMTP Net.SSH Socket TCPSocket UDPSocket Faraday HTTParty RestClient Excon'),
  },
  php: {
    full: {
      ...words('shell', 'system exec shell_exec passthru popen proc_open pcntl_exec'),
      ...words('remove', 'unlink rmdir'),
      ...words('write', 'file_put_contents touch'),
      ...words('open', 'fopen'),
      ...words(
        'read',
        'file_get_contents readfile file include require include_once require_once show_source highlight_file parse_ini_file SplFileObject',
      ),
      ...words('move', 'rename'),
      ...words('copy', 'copy symlink link move_uploaded_file'),
      ...words('change', 'mkdir chmod chown chgrp'),
      ...words(
        'network',
        'fsockopen pfsockopen curl_init curl_exec stream_socket_client socket_connect mail mysqli mysqli_connect PDO SoapClient',
      ),
      ...words('kill', 'posix_kill'),
      ...words(
        'unknown',
        'eval assert create_function call_user_func call_user_func_array array_map array_filter array_walk usort preg_replace_callback pcntl_fork dl unserialize chdir ReflectionFunction ob_start register_shutdown_function',
      ),
    },
  },
  awk: { full: { system: 'shell' } },
  lua: {
    full: {
      ...words('shell', 'os.execute io.popen'),
      ...words('remove', 'os.remove'),
      ...words('move', 'os.rename'),
      ...words('open', 'io.open io.output'),
      ...words('read', 'io.lines io.input'),
      ...words('unknown', 'load loadstring dofile loadfile debug.getregistry debug.sethook package.loadlib'),
    },
    module: words('network', 'socket http'),
  },
});

let made: Readonly<Record<Language, Calls>> | undefined;

/** The same, made when a program's text is judged and no sooner: most commands have none. */
export function callsOf(language: Language): Calls {
  made ??= make();
  return made[language];
}

/** Ways to reach what has another name, and native code: with one of these nothing that is read elsewhere can be relied on. */
export const escapes: Readonly<Record<Language, RegExp | undefined>> = {
  python:
    /__(?:builtins|subclasses|globals|code|loader|mro|bases|getattribute|reduce)__|__class__\s*\.\s*__|\b(?:globals|locals|vars)\s*\(\s*\)\s*\[|\bsys\s*\.\s*modules\s*\[|\blambda\b[^:\n]{0,80}:\s*\w+\s*\.\s*system\b/,
  javascript:
    /\bprocess\s*\.\s*(?:mainModule|binding|dlopen)\b|\b(?:globalThis|global|process|window|self|fs|require|module)\s*(?:\?\.)?\[|\brequire\b(?!\s*(?:\(|\.\s*(?:resolve|main|cache)\b))|\.\s*constructor\b[^;\n]{0,40}[([]|\]\s*\(/,
  perl: /\bdo\s+["'$]|&\{|&\$|->\s*\(|\beval\b(?!\s*\{)/,
  ruby: /\bObjectSpace\b|\.\s*method\s*\(?\s*:/,
  php: /\$\w+\s*\(|\$\{|\bnew\s+\$/,
  awk: /@\w+\s*\(|@load/,
  lua: /\b_G\s*\[|\b_ENV\b/,
};
