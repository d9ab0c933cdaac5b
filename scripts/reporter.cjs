// Mocha's own "spec", which also leaves its counts where scripts/run.mjs adds them up.
const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.AGENT_POLICY_COUNTS;
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      if (file) appendFileSync(file, `${JSON.stringify({ passes, failures: failures + pending })}\n`);
    });
  }
};
