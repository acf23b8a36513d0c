/** What a command was asked for, as JSON on standard output, which holds nothing else: its log is on standard error. */
export function printAnswer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
