/** What a command was asked for, as JSON on standard output, which holds nothing else: its log is on standard error. */
export function printAnswer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** What whoever runs a command is told beside its answer, on standard error. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`)
}
