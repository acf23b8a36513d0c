import type { WarningText } from '@odoo-backup/protocol'

/** Warnings, each once, in the order in which they came. */
export class WarningSet implements Iterable<WarningText> {
  readonly #byContent = new Map<string, WarningText>()

  get size(): number {
    return this.#byContent.size
  }

  add(warning: WarningText): void {
    this.#byContent.set(JSON.stringify(warning), warning)
  }

  has(warning: WarningText): boolean {
    return this.#byContent.has(JSON.stringify(warning))
  }

  [Symbol.iterator](): Iterator<WarningText> {
    return this.#byContent.values()
  }
}
