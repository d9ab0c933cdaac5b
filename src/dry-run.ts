/** The thread in which a command is tried out: see preview/dry-run.ts. Nothing of it is loaded before something is to be tried out. */
import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from './preview/simulate.ts';
import type { DryRunJob } from './preview/dry-run.ts';

simulate(workerData as DryRunJob).then((answer) => parentPort?.postMessage(answer));
