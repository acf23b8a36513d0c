import type { Condition, ConditionKind } from './conditions.ts'
import type { Channel, Told } from './memory.ts'

const KEPT_CLEARED = 200

/**
 * Notices after a look: a condition that was not there is raised once, one that lasts is left alone (its message
 * follows the facts), one that passed is cleared. Kinds that could not be judged stay as they were.
 */
export function reconcile(
  notices: readonly Told[],
  conditions: readonly Condition[],
  judged: ReadonlySet<ConditionKind>,
  { now, channels }: { readonly now: Date; readonly channels: readonly Channel[] },
): Told[] {
  const at = now.toISOString()
  const found = new Map(conditions.map(condition => [condition.id, condition]))
  const standing = notices.filter(notice => notice.clearedAt === undefined)
  const known = new Set(standing.map(notice => notice.id))
  const lasting = standing.map((notice): Told => {
    const condition = found.get(notice.id)
    if (condition !== undefined) return { ...notice, ...condition }
    // What passed before it could be told need not be told any more.
    return judged.has(notice.kind) ? { ...notice, clearedAt: at, waiting: [] } : notice
  })
  const raised = conditions
    .filter(condition => !known.has(condition.id))
    .map((condition): Told => ({ ...condition, raisedAt: at, waiting: [...channels] }))
  const cleared = notices.filter(notice => notice.clearedAt !== undefined)
  return [...raised, ...lasting, ...cleared].filter(keepFew())
}

function keepFew() {
  let cleared = 0
  return (notice: Told) => {
    if (notice.clearedAt !== undefined) cleared += 1
    return notice.clearedAt === undefined || cleared <= KEPT_CLEARED
  }
}
