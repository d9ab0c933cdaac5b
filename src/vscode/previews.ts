import { homedir } from 'node:os';
import type { ApprovalRequest } from '../approval/messages.ts';
import type { Preview } from '../model/preview.ts';

/** Longest that a preview may take, in milliseconds. */
const timeLimit = 4000;

/** What requests would change: found out once for each, in this process and not in the one that the agent waits for. */
export class Previews {
  readonly #found = new WeakMap<ApprovalRequest, Promise<Preview>>();
  readonly #folder: string;

  /** `folder`: where our bundles lie. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The preview, or nothing where it is not there in time. Absent for what is no command and no deletion. */
  async within(request: ApprovalRequest, milliseconds: number): Promise<Preview | undefined> {
    const found = this.#start(request);
    if (found === undefined) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), milliseconds);
    });
    try {
      return await Promise.race([found, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #start(request: ApprovalRequest): Promise<Preview> | undefined {
    if (!request.actions.some(({ kind }) => kind === 'bash' || kind === 'delete')) return undefined;
    const known = this.#found.get(request);
    if (known !== undefined) return known;
    const found = this.#find(request);
    this.#found.set(request, found);
    return found;
  }

  async #find(request: ApprovalRequest): Promise<Preview> {
    const [{ analyze }, { callOf }, { diskWorld }, { previewOf }] = await Promise.all([
      import('../analysis/analyze.ts'),
      import('../gateway/call-of.ts'),
      import('../platform/disk-world.ts'),
      import('../preview/preview.ts'),
    ]);
    const call = callOf(request, homedir());
    return previewOf(call, analyze(call, diskWorld({ env: process.env })), { timeLimit, dryRun: { folder: this.#folder } });
  }
}
