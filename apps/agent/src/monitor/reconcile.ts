import type { Condition } from './condition.ts'
import type { Channel, Told } from './memory.ts'

const KEPT_CLEARED = 200

/**
 * Notices after a look: a condition that was not there is raised once, unless it is postponed; one that lasts is left
 * alone (its message follows the facts), one that passed is cleared. What could not be judged stays as it was.
 * Standing ones come first.
 */
export function reconcile(
  notices: readonly Told[],
  conditions: readonly Condition[],
  isJudged: (notice: Told) => boolean,
  { now, channels }: { readonly now: Date; readonly channels: readonly Channel[] },
): Told[] {
  const at = now.toISOString()
  const found = new Map(conditions.map(condition => [condition.id, condition]))
  const standing = notices.filter(isStanding)
  const known = new Set(standing.map(notice => notice.id))
  const judged = standing.map((notice): Told => {
    const condition = found.get(notice.id)
    if (condition !== undefined) return { ...notice, ...told(condition) }
    // What passed before it could be told need not be told any more.
    return isJudged(notice) ? { ...notice, clearedAt: at, waiting: [] } : notice
  })
  const raised = conditions
    .filter(condition => condition.postponed !== true && !known.has(condition.id))
    .map((condition): Told => ({ ...told(condition), raisedAt: at, waiting: [...channels] }))
  const passed = [...judged, ...notices].filter(notice => notice.clearedAt !== undefined)
  return [...raised, ...judged.filter(isStanding), ...passed.slice(0, KEPT_CLEARED)]
}

const isStanding = (notice: Told) => notice.clearedAt === undefined

function told({ postponed: _postponed, ...condition }: Condition): Omit<Condition, 'postponed'> {
  return condition
}
