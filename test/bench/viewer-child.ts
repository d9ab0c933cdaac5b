// Opens the audit viewer's index over the log in the directory given, as an editor's window does, and prints what that took as JSON.
import { openAuditIndex } from '../../src/audit/viewer-client.ts';
import { everything, type ViewerState } from '../../src/model/viewer.ts';

const searches = ['mark-77777', '"push origin"', 'lines of code are', 'force', 'gemini mark-123', 'nobody wrote this', 'e', 'zz'];

/** Processor time of this thread in milliseconds; the Node that runs the benchmarks knows it, the oldest that is supported does not. */
function threadTime(): number {
  const { user, system } = (process as unknown as { threadCpuUsage(): NodeJS.CpuUsage }).threadCpuUsage();
  return (user + system) / 1000;
}

const index = openAuditIndex(process.argv[2] ?? '');
const states = new Set<() => void>();
index.onDidChange(() => {
  for (const look of states) look();
});
const reached = (test: (state: ViewerState) => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (!test(index.state())) return;
      states.delete(look);
      resolve();
    };
    states.add(look);
    look();
  });

const before = process.memoryUsage().rss;
const busy = threadTime();
const start = performance.now();
index.open();
await reached(({ matching }) => matching > 0);
const first = await index.rows(0, 50);
const firstRows = performance.now() - start;
await reached(({ busy }) => !busy);
const whole = performance.now() - start;

const times: number[] = [];
for (const text of searches) {
  const { epoch } = index.state();
  const begin = performance.now();
  index.setFilter({ ...everything, text });
  await reached((state) => state.epoch > epoch && !state.busy);
  times.push(performance.now() - begin);
}
const begin = performance.now();
await index.summary();
const summary = performance.now() - begin;
const caller = threadTime() - busy;
console.log(
  JSON.stringify({
    rows: first.rows.length,
    total: index.state().total,
    firstRows,
    whole,
    search: Math.max(...times),
    searches: times.length,
    summary,
    memory: (process.memoryUsage().rss - before) / 1024 / 1024,
    caller,
  }),
);
index.dispose();
