import { runThread } from './audit/viewer-thread.ts';

/** The thread in which the audit viewer's index works: see `src/audit/viewer-client.ts`, which starts and ends it. */
runThread();
