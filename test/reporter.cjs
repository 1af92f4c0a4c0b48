'use strict';
// Mocha's spec reporter, closed by the true counts alone on the last line: what CI reads.
const process = require('node:process');
const { reporters, Runner } = require('mocha');

module.exports = class CountingSpecReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures } = this.stats;
      if (passes + failures === 0) process.exitCode = 1;
      process.on('exit', () => process.stdout.write(`${passes} passed, ${failures} failed\n`));
    });
  }
};
