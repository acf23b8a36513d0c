import { byDatabase } from '../overview/overview.ts'
import type { Remembered } from './collect-facts.ts'
import type { Facts } from './facts.ts'
import { lastGoodOf } from './last-good.ts'
import type { Memory } from './memory.ts'

type Moments = Pick<Memory, 'watchedSince' | 'lastGood' | 'accountSince' | 'silentSince'>

/** What earlier looks noted, as facts. A beginning after now was noted while the clock was ahead: it counts as now. */
export function momentsOf(memory: Moments & Pick<Memory, 'undelivered'>, now: Date): Remembered {
  const begun = (noted: string | undefined) =>
    noted === undefined ? undefined : new Date(Math.min(Date.parse(noted), now.getTime()))
  return {
    watchedSince: database => begun(memory.watchedSince[database]) ?? now,
    accountSince: folder => begun(memory.accountSince[folder]) ?? now,
    silentSince: place => begun(memory.silentSince[place]),
    undelivered: memory.undelivered,
    lastGood: database => {
      const noted = memory.lastGood[database]
      return noted === undefined ? undefined : new Date(noted)
    },
  }
}

/** What is to be remembered after a look. */
export function momentsAfter(before: Moments, facts: Facts): Moments {
  const databases = (facts.settings ?? []).map(({ database }) => database)
  const watched = new Set([...Object.keys(before.watchedSince), ...databases])
  const backups = byDatabase(facts.backups)
  const jobs = byDatabase(facts.jobs ?? [])
  const folder = facts.connection?.state === 'connected' ? facts.connection.folder : undefined
  const places = facts.silences?.map(({ place }) => place) ?? Object.keys(before.silentSince)
  return {
    watchedSince: moments(watched, facts.watchedSince),
    lastGood: moments(new Set([...Object.keys(before.lastGood), ...backups.keys(), ...databases]), database =>
      lastGoodOf(facts, database, ofName(backups, database), ofName(jobs, database)),
    ),
    accountSince: {
      ...before.accountSince,
      ...moments(folder === undefined ? [] : [folder], () => facts.accountSince),
    },
    silentSince: moments(places, place => facts.silentSince(place) ?? facts.now),
  }
}

function ofName<Item>(groups: ReadonlyMap<string, readonly Item[]>, name: string): readonly Item[] {
  return groups.get(name) ?? []
}

function moments(
  names: Iterable<string>,
  momentOf: (name: string) => Date | undefined,
): Record<string, string> {
  const noted: Record<string, string> = {}
  for (const name of names) {
    const at = momentOf(name)?.toISOString()
    if (at !== undefined) noted[name] = at
  }
  return noted
}
