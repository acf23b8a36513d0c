/** A sequence that can be looked at one item ahead, to be read in runs of a kind. */
export class Lookahead<T> {
  readonly #source: AsyncIterator<T>
  #next: Promise<IteratorResult<T, unknown>> | undefined

  constructor(source: AsyncIterable<T>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async ended(): Promise<boolean> {
    return (await this.#peek()).done === true
  }

  /** The next item; undefined at the end. */
  async take(): Promise<T | undefined> {
    const result = await this.#peek()
    if (result.done) return undefined
    this.#next = undefined
    return result.value
  }

  /** The following items as long as they please; the first that does not stays. */
  async *takeWhile(pleases: (item: T) => boolean): AsyncGenerator<T> {
    for (;;) {
      const result = await this.#peek()
      if (result.done || !pleases(result.value)) return
      this.#next = undefined
      yield result.value
    }
  }

  async stop(): Promise<void> {
    await this.#source.return?.()
  }

  #peek(): Promise<IteratorResult<T, unknown>> {
    this.#next ??= this.#source.next()
    return this.#next
  }
}
