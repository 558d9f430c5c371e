// Jest reporter: the last line of a run is one plain line for machines, "N passed, N failed[, N skipped]".
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    // A spec file that does not even load has no tests to count: it counts as one failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
    process.once('exit', () => process.stdout.write(`${line}\n`)); // after the summary of the default reporter
  }
};
