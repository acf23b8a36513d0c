import { ApiError } from './client.ts'

interface Revised {
  readonly revision: string
  readonly secretRevisions: Readonly<Record<string, string>>
}

export type Saved<View> =
  | { readonly kind: 'saved'; readonly view: View }
  /** Nothing was saved: these settings were changed here and meanwhile elsewhere, too. */
  | { readonly kind: 'conflict'; readonly latest: View; readonly paths: readonly string[] }

const MOST_ROUNDS = 4

/**
 * Saves a change that somebody thought of when settings stood as `base`. What was changed elsewhere meanwhile stays:
 * other settings stay by themselves, and of the same ones nothing is written before the person was asked.
 */
export async function saveChange<View extends Revised>(options: {
  readonly base: View
  readonly send: (revision: string) => Promise<View>
  readonly latest: () => Promise<View>
  /** Which settings of the change stand otherwise now than they did. */
  readonly conflicts: (base: View, latest: View) => readonly string[]
}): Promise<Saved<View>> {
  let { revision } = options.base
  for (let round = 1; ; round++) {
    try {
      return { kind: 'saved', view: await options.send(revision) }
    } catch (error) {
      const isOvertaken = error instanceof ApiError && error.code === 'settings_changed'
      if (!isOvertaken || round === MOST_ROUNDS) throw error
    }
    const latest = await options.latest()
    const paths = options.conflicts(options.base, latest)
    if (paths.length > 0) return { kind: 'conflict', latest, paths }
    revision = latest.revision
  }
}

/**
 * The members of `change` that are not the same in two states, such as `retention.daily`. A secret, which no state
 * shows, is told from another by its revision; what is shown by another name is named in `shownAs`.
 */
export function changedElsewhere(
  change: object,
  base: Revised,
  latest: Revised,
  shownAs: Readonly<Record<string, string>> = {},
): string[] {
  const compare = (wanted: object, was: Members, is: Members, group: string): string[] =>
    Object.entries(wanted).flatMap(([name, value]) => {
      const path = group + name
      if (base.secretRevisions[path] !== latest.secretRevisions[path]) return [path]
      const shown = shownAs[path] ?? name
      const [before, now] = [was[shown], is[shown]]
      if (isGroup(value) && isGroup(before) && isGroup(now))
        return compare(value, { ...before }, { ...now }, `${path}.`)
      return JSON.stringify(before) === JSON.stringify(now) ? [] : [path]
    })
  return compare(change, { ...base }, { ...latest }, '')
}

type Members = Readonly<Record<string, unknown>>

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
