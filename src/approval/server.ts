import type { Directories } from '../platform/directories.ts';
import type { ApprovalAnswer, ApprovalRequest } from './messages.ts';

/** What a window brings to answer questions. */
export interface ApprovalServerOptions {
  readonly directories: Directories;
  /** Absolute paths of the folders open in this window. */
  readonly workspaceFolders: readonly string[];
  /** Whether the window has the focus now. */
  readonly focused?: boolean;
  /**
   * Puts the question to the person. Rejecting, or answering after `signal` is aborted (the call gave up, or its deadline passed), is a deny.
   */
  readonly onRequest: (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;
  /** Told of every peer that breaks the protocol, in one sentence. */
  readonly onProblem?: (message: string) => void;
}

/** A window that can be asked. */
export interface ApprovalServer {
  readonly socket: string;
  /** Says that the folders or the focus changed. */
  update(change: { readonly workspaceFolders?: readonly string[]; readonly focused?: boolean }): void;
  /** Stops listening, ends what is pending with deny, and removes socket and registration. */
  dispose(): Promise<void>;
}

/** Listens for questions and registers the window. Rejects where no private socket can be made. */
export function startApprovalServer(_options: ApprovalServerOptions): Promise<ApprovalServer> {
  return Promise.reject(new Error('not here'));
}
