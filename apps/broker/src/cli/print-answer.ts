/** What a command was asked for, as JSON on standard output, which holds nothing else: its log is on standard error. */
export function printAnswer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** An answer that is read as it is, such as a token or a sentence, on standard output. */
export function printText(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What whoever runs a command is told beside its answer, on standard error. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`)
}
