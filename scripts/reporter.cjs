// Mocha's own "spec", which also leaves its counts where scripts/run.mjs adds them up.
const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.AGENT_POLICY_COUNTS;
    const retried = [];
    runner.on('retry', (test, error) => retried.push(`${test.fullTitle()}: ${error?.message ?? error}`));
    runner.once('end', () => {
      for (const line of retried) console.log(`needed a second try: ${line}`);
      const { passes, failures, pending } = this.stats;
      if (file) appendFileSync(file, `${JSON.stringify({ passes, failures: failures + pending })}\n`);
    });
  }
};
