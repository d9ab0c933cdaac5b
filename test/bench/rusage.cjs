// Preloaded into hook and empty script alike: on exit, writes the process's own CPU time in milliseconds to the file named.
const { writeFileSync } = require('node:fs');
process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.BENCH_RUSAGE, String((userCPUTime + systemCPUTime) / 1000));
});
