import type { Log } from '@odoo-backup/service'
import type { BooksPrint, Heights } from './books-print.ts'
import type { BooksWitness } from './books-witness.ts'

/** What one process asks the witness, and tells it. That the witness is away fails nothing here, and is logged once. */
export interface Testimony {
  /** Whether this process has yet to compare the books with what the witness remembers. */
  isAwaited(): boolean
  /** What was heard is of other books than these may be: they are to be compared anew. */
  doubt(): void
  /** What it remembers; undefined: it does not tell now. */
  ask(): Promise<Heights | undefined>
  /** The books agree with what it remembers: from now on it is told how far they come. */
  agree(seen: Seen): Promise<void>
  /** How far the books have come, told beside what goes on; nothing before they were compared. */
  tell(seen: Seen): void
  /**
   * The books are taken as they are, in the place of all that it remembers. Where it fails, the next process takes them
   * for rolled back once more: a rest too many.
   * @returns whether it was told; false also where there is none
   */
  accept(print: BooksPrint): Promise<boolean>
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
}

interface Seen {
  readonly print: BooksPrint
  /** Whether the registry has noted that a witness was told, since it was last let run without one. */
  readonly isNoted: boolean
}

export function createTestimony({
  witness,
  noteTold,
  log,
}: {
  /** Absent: a database that was rolled back while no broker ran is not known by its rows. */
  readonly witness: BooksWitness | undefined
  /** Notes in the registry that a witness was told, so that it runs without one no longer. */
  readonly noteTold: () => Promise<void>
  readonly log: Log
}): Testimony {
  let isHeard = witness === undefined
  let isSilent = false
  let isDeaf = false
  let next: Seen | undefined
  let telling: Promise<void> | undefined

  async function tellAll(to: BooksWitness): Promise<void> {
    for (let seen = next; seen !== undefined; seen = next) {
      next = undefined
      try {
        await to.saw(seen.print.heights)
        // Afterwards: what was noted and never told would be taken for forgotten.
        if (!seen.isNoted) await noteTold()
        isDeaf = false
      } catch (error) {
        // The next look tells it again.
        if (!isDeaf)
          log.warn({ err: error }, 'how far the books have come could not be told to their witness')
        isDeaf = true
      }
    }
  }

  function tell(seen: Seen): void {
    if (witness === undefined || !isHeard) return
    next = seen
    telling ??= tellAll(witness).finally(() => {
      telling = undefined
    })
  }

  const settled = async () => telling

  return {
    isAwaited: () => !isHeard,
    doubt() {
      isHeard = witness === undefined
    },
    async ask() {
      try {
        const remembered = await witness?.highest()
        isSilent = false
        return remembered
      } catch (error) {
        if (!isSilent)
          log.warn(
            { err: error },
            'whether the registry was rolled back is not known yet: its witness does not tell',
          )
        isSilent = true
        return undefined
      }
    },
    async agree(seen) {
      isHeard = true
      tell(seen)
      await settled()
    },
    tell,
    async accept({ heights }) {
      if (witness === undefined) return false
      await settled()
      try {
        await witness.accept(heights)
        isHeard = true
        return true
      } catch (error) {
        log.warn({ err: error }, 'that the books are taken as they are could not be told to their witness')
        return false
      }
    },
    settled,
  }
}
