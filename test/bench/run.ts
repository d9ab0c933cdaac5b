// Measures what the product promises about its speed and size, in one run on one machine; ends with 1 where a budget is missed.
import { benchAnalysis } from './analysis.bench.ts';
import { benchArguments } from './arguments-bench.ts';
import { benchAudit } from './audit-bench.ts';
import { benchBatch } from './batch-bench.ts';
import { benchHook } from './hook-bench.ts';
import { benchLongLog } from './long-log-bench.ts';
import { benchMcp } from './mcp-bench.ts';
import { benchPolicy } from './policy-bench.ts';
import { benchSession } from './session-bench.ts';
import { type Figure, isMet } from './statistics.ts';
import { benchTerminal } from './terminal-bench.ts';
import { benchViewer } from './viewer-bench.ts';

const benches: Readonly<Record<string, () => readonly Figure[] | Promise<readonly Figure[]>>> = {
  analysis: benchAnalysis,
  arguments: benchArguments,
  policy: benchPolicy,
  hook: benchHook,
  batch: benchBatch,
  audit: benchAudit,
  'long-log': benchLongLog,
  session: benchSession,
  mcp: benchMcp,
  terminal: benchTerminal,
  viewer: benchViewer,
};
/** `npm run bench -- hook viewer` measures these only. */
const wanted = process.argv.slice(2);
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) figures.push(...(await bench()));
}
const show = (value: number) => (Number.isFinite(value) ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : 'failed');
console.log(`node ${process.version}, ${process.platform} ${process.arch}\n`);
console.log(`${'what'.padEnd(50)} ${'figure'.padStart(12)} ${'budget'.padStart(13)}  verdict  how`);
for (const figure of figures) {
  const { what, how, value, unit, budget, best } = figure;
  const limit = `${best === 'low' ? '≤' : '≥'} ${show(budget)} ${unit}`;
  console.log(
    `${what.padEnd(50)} ${`${show(value)} ${unit}`.padStart(12)} ${limit.padStart(13)}  ${isMet(figure) ? 'met    ' : 'MISSED '}  ${how}`,
  );
}
process.exitCode = figures.every(isMet) ? 0 : 1;
