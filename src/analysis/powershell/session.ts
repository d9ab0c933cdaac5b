import { isSecretVariable } from '../secret-names.ts';
import type { Invocation } from '../shell/invocation.ts';
import { anyText, concat, fromPieces, known, type Text } from '../shell/value.ts';

/** What PowerShell or cmd knows while a text of theirs runs: variables, and the invocation that says what happens. */
export class Session {
  readonly call: Invocation;
  readonly variables = new Map<string, Text>();
  depth = 0;
  commands = 0;

  constructor(call: Invocation) {
    this.call = call;
  }

  /** Whether one more command may be followed. */
  spend(): boolean {
    this.commands += 1;
    if (this.commands === 1000) this.call.opaque('the command does more than can be followed');
    return this.commands < 1000;
  }

  get home(): string {
    return this.call.run.stated.home;
  }

  /** Value of a variable of the environment; one that holds a secret stays a secret. */
  environment(name: string): Text {
    const upper = name.toUpperCase();
    const set = this.variables.get(`env:${upper.toLowerCase()}`);
    if (set !== undefined) return set;
    const place = places[upper];
    if (place !== undefined) return place.startsWith('~') ? this.home + place.slice(1) : place;
    if (isSecretVariable(upper)) return { pieces: [{ hole: 'text', origin: 'secret' }], many: false };
    return this.call.run.world.variable(name) ?? anyText;
  }

  /** A path as the rest of the analysis writes them. */
  path(text: Text): Text {
    const whole = known(text);
    if (whole !== undefined) {
      const plain = whole.replace(/^(?:Microsoft\.PowerShell\.Core\\)?FileSystem::/i, '').replaceAll('\\', '/');
      return /^~(?:\/|$)/.test(plain) ? this.home + plain.slice(1) : plain;
    }
    if (typeof text === 'string') return text;
    return fromPieces(
      text.pieces.map((piece) => (typeof piece === 'string' ? piece.replaceAll('\\', '/') : piece)),
      text.many,
    );
  }

  /** A pattern in a path stands for what it fits. */
  target(text: Text): Text {
    const path = this.path(text);
    const whole = known(path);
    if (whole === undefined || !/[*?]/.test(whole)) return path;
    return fromPieces(whole.split(/([*?]+)/).map((part) => (/^[*?]+$/.test(part) ? { glob: part } : part)));
  }

  cd(target: Text): void {
    const path = known(this.path(target));
    const { state } = this.call;
    if (path === undefined) state.cwds = [];
    else if (/^(?:\/|[A-Za-z]:\/)/.test(path)) state.cwds = [path];
    else state.cwds = state.cwds.map((cwd) => known(concat(cwd, '/', path)) ?? cwd);
  }
}

/** Variables of Windows that name folders, `~` being the home. */
const places: Readonly<Record<string, string>> = {
  USERPROFILE: '~',
  HOME: '~',
  HOMEPATH: '~',
  APPDATA: '~/AppData/Roaming',
  LOCALAPPDATA: '~/AppData/Local',
  ONEDRIVE: '~/OneDrive',
  TEMP: '/tmp',
  TMP: '/tmp',
  TMPDIR: '/tmp',
  SYSTEMROOT: 'C:/Windows',
  WINDIR: 'C:/Windows',
  SYSTEMDRIVE: 'C:',
  HOMEDRIVE: 'C:',
  PROGRAMFILES: 'C:/Program Files',
  'PROGRAMFILES(X86)': 'C:/Program Files (x86)',
  PROGRAMDATA: 'C:/ProgramData',
  ALLUSERSPROFILE: 'C:/ProgramData',
  COMSPEC: 'C:/Windows/System32/cmd.exe',
};
