/** What a warning is about: many of one kind do not crowd out those of another. */
export type WarningKind = 'missing' | 'damaged' | 'left_out' | 'other'

/** Of each kind so many are kept. */
const MOST = 50

const FURTHER: Readonly<Record<WarningKind, string>> = {
  missing:
    'More stored files are missing than are named here; the description of the backup counts all of them.',
  damaged:
    'More stored files are damaged than are named here; the description of the backup counts all of them.',
  left_out: 'More entries of the filestore were left out than are named here.',
  other: 'There were more warnings than are named here.',
}

/** What concerns all of a backup before what concerns one file. */
const KINDS: readonly WarningKind[] = ['other', 'missing', 'damaged', 'left_out']

/** Collects warnings, each once; their number is bounded, whatever a filestore holds. */
export class Warnings {
  readonly #kept: Readonly<Record<WarningKind, Set<string>>> = {
    other: new Set(),
    missing: new Set(),
    damaged: new Set(),
    left_out: new Set(),
  }
  readonly #cut = new Set<WarningKind>()

  add(kind: WarningKind, warning: string): void {
    const kept = this.#kept[kind]
    if (kept.size < MOST) kept.add(warning)
    else if (!kept.has(warning)) this.#cut.add(kind)
  }

  /** Kind by kind, each with a last sentence where some were not kept. */
  all(): string[] {
    return KINDS.flatMap(kind => [...this.#kept[kind], ...(this.#cut.has(kind) ? [FURTHER[kind]] : [])])
  }
}
