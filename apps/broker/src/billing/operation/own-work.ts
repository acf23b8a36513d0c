import type { Pool } from 'pg'
import type { MailSettings } from '../../notices/mail-settings.ts'
import { type LateSamples, lateSamples, NONE_LATE } from '../../usage/late-samples.ts'
import { countsUsage, type UsageSettings } from '../../usage/usage-settings.ts'
import type { WorkJournal } from './work-journal.ts'
import { plannedWork } from './work-names.ts'
import { howWorkGoes, type WorkGoes } from './work-state.ts'

/** How the broker's own work goes: the same on every broker, since they share it. */
export interface OwnWork {
  /** The work by the clock that these settings plan. */
  goes(): Promise<readonly WorkGoes[]>
  lateSamples(): Promise<LateSamples>
  /** Whether what accounts store is counted. */
  readonly isUsageCounted: boolean
}

export function createOwnWork({
  settings,
  pool,
  journal,
  now,
}: {
  readonly settings: UsageSettings & MailSettings
  readonly pool: Pool
  readonly journal: Pick<WorkJournal, 'runs'>
  readonly now: () => Date
}): OwnWork {
  const counts = countsUsage(settings)
  const planned = plannedWork({ counts, mails: settings.BROKER_SMTP_HOST !== undefined })
  return {
    isUsageCounted: counts,
    goes: async () => howWorkGoes(planned, await journal.runs(), now()),
    lateSamples: async () => (counts ? lateSamples(pool, now()) : NONE_LATE),
  }
}
