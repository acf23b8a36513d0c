import type { WarningText } from '@odoo-backup/protocol'
import { WarningSet } from '../warning-set.ts'

/** What a warning is about: many of one kind do not crowd out those of another. */
export type WarningKind = Extract<WarningText, { code: 'more' }>['kind']

/** Of each kind so many are kept. */
const MOST = 50

/** What concerns all of a backup before what concerns one file. */
const KINDS: readonly WarningKind[] = ['other', 'missing', 'damaged', 'left_out']

/** Collects warnings, each once; their number is bounded, whatever a filestore holds. */
export class Warnings {
  readonly #kept: Readonly<Record<WarningKind, WarningSet>> = {
    other: new WarningSet(),
    missing: new WarningSet(),
    damaged: new WarningSet(),
    left_out: new WarningSet(),
  }
  readonly #cut = new Set<WarningKind>()

  add(kind: WarningKind, warning: WarningText): void {
    const kept = this.#kept[kind]
    if (kept.size < MOST) kept.add(warning)
    else if (!kept.has(warning)) this.#cut.add(kind)
  }

  /** Kind by kind, each with a last one that says so where some were not kept. */
  all(): WarningText[] {
    return KINDS.flatMap(kind => [
      ...this.#kept[kind],
      ...(this.#cut.has(kind) ? [{ code: 'more' as const, kind }] : []),
    ])
  }
}
