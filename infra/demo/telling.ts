/** What the demo says while it goes, and the summary of it. */
export class Telling {
  readonly #write: (line: string) => void
  readonly #summary: { what: string; fact: string; seconds: number }[] = []

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  say(line: string): void {
    this.#write(line)
  }

  /** Announces a step, runs it, and keeps the fact that it returns, with its time, for the summary. */
  async step<T>(what: string, work: () => Promise<{ fact: string; result: T }>): Promise<T> {
    this.#write(`\n▶ ${what}`)
    const began = performance.now()
    const { fact, result } = await work()
    const seconds = (performance.now() - began) / 1_000
    this.#summary.push({ what, fact, seconds })
    this.#write(`  ✓ ${fact} (${seconds.toFixed(1)} s)`)
    return result
  }

  summary(): void {
    const width = Math.max(...this.#summary.map(({ what }) => what.length))
    this.#write('\nSummary')
    for (const { what, fact, seconds } of this.#summary)
      this.#write(`  ${what.padEnd(width)}  ${`${seconds.toFixed(1)} s`.padStart(7)}  ${fact}`)
  }
}
