/** Prints `N passed, N failed` after everything else, for people and machines that read only the last line. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const brokenSuites = results.numRuntimeErrorTestSuites
    this.line = `${results.numPassedTests} passed, ${results.numFailedTests + brokenSuites} failed`
    process.on('exit', () => process.stdout.write(`${this.line}\n`))
  }
}
