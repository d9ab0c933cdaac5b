/** `process.execve` of Node 22.15 and later, not on Windows. */
type Execve = (file: string, args: readonly string[], env: Readonly<Record<string, string>>) => never;

let blocked = false;

/** Whether a thread of this process may be waiting inside the system, so that its end has to be waited for by whoever exits. */
export function setBlocked(value: boolean): void {
  blocked = value;
}

/** Whether {@link leave} can end the process while a thread is blocked. */
export function canLeaveBlocked(): boolean {
  return execve() !== undefined;
}

/**
 * Ends the process with that code. `process.exit` waits for threads that read from a writer that neither writes nor ends, and so would wait for ever:
 * a new program in the same process ends them.
 */
export function leave(code: number): never {
  if (blocked) execve()?.(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], {});
  process.exit(code);
}

function execve(): Execve | undefined {
  if (process.platform === 'win32' || !('execve' in process) || typeof process.execve !== 'function') return undefined;
  return process.execve.bind(process) as Execve;
}
