import { DatabaseName, type JobId, type RetentionChange } from '@odoo-backup/protocol'
import type { Frame } from '@odoo-backup/retention'
import { type DatabaseConfiguration, defaultDatabaseConfiguration } from '../config/database-settings.ts'
import type { ConfigurationStore } from '../config/store.ts'
import { withAnyPurpose } from '../credentials/any-purpose.ts'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import { atPlaceOf, type Places } from '../jobs/find-place.ts'
import type { JobData } from '../jobs/job-data.ts'
import { ownerKey, withdrawalKey } from '../jobs/markers.ts'
import { decideRetention, isOfFormer } from '../jobs/rotate.ts'
import { backupView, listBackups } from '../jobs/stored-backups.ts'
import type { AgentAdministration } from '../operations.ts'
import { retentionReason, whyItGoes } from '../wording/retention-reason.ts'

type RetentionRules = DatabaseConfiguration['retention']

/** Showing what rotation would do, starting it, and taking over what nobody owns. */
export function rotationOperations({
  store,
  places,
  start,
  inUse,
  now,
}: {
  readonly store: ConfigurationStore
  readonly places: Places
  readonly start: (data: JobData) => Promise<JobId>
  /** Names of the backups that unfinished jobs read. */
  readonly inUse: () => Promise<ReadonlySet<string>>
  readonly now: () => Date
}): Pick<AgentAdministration, 'rotationPlan' | 'startRotate' | 'adoptBackups'> {
  return {
    startRotate: async database => start({ kind: 'rotate', database: nameOf(database) }),
    adoptBackups: async given => {
      const database = nameOf(given)
      const { instanceId, settings } = await store.refresh()
      try {
        const destination = await atPlaceOf(places, database).openDestination('backup')
        try {
          const { backups } = await listBackups(destination)
          const { storage, prefix } = destination
          const adopted = backups.filter(
            backup =>
              backup.database === database &&
              (backup.markers.owners.length === 0 || isOfFormer(backup, settings.former_instance_ids)),
          )
          for (const { name, markers } of adopted) {
            await storage.put(ownerKey(prefix, instanceId, name), new Uint8Array())
            for (const former of markers.owners)
              await storage.put(withdrawalKey(prefix, former, name), new Uint8Array())
          }
          return adopted.length
        } finally {
          destination.close()
        }
      } catch (error) {
        throw asAgentError(error)
      }
    },
    rotationPlan: async (given, proposed = {}) => {
      const database = nameOf(given)
      const { databases, instanceId } = await store.refresh()
      const saved = (databases.get(database) ?? defaultDatabaseConfiguration(database)).retention
      const retention = withProposed(saved, proposed)
      try {
        const { openDestination } = atPlaceOf(places, database)
        const { result: destination } = await withAnyPurpose(purpose => openDestination(purpose))
        const listing = await listBackups(destination).finally(() => destination.close())
        const { kept, rotated } = decideRetention(listing, database, instanceId, retention, {
          now: now(),
          // While the queue is away no job reads anything; rotation, too, asks again.
          inUse: await inUse().catch(() => new Set<string>()),
        })
        return {
          database,
          kept: kept.flatMap(({ backup, reasons }) => {
            const view = backupView(backup, instanceId)
            return view === undefined
              ? []
              : [
                  {
                    backup: view,
                    reasons: reasons.map(reason => retentionReason(reason)),
                    texts: [...reasons],
                  },
                ]
          }),
          rotated: rotated.flatMap(({ backup, reasons }) => {
            const view = backupView(backup, instanceId)
            return view === undefined
              ? []
              : [{ backup: view, reason: whyItGoes(reasons), texts: [...reasons] }]
          }),
        }
      } catch (error) {
        throw asAgentError(error)
      }
    },
  }
}

function withProposed(saved: RetentionRules, proposed: RetentionChange): RetentionRules {
  const frame = (name: Frame) => proposed[name] ?? saved[name]
  return {
    hourly: frame('hourly'),
    daily: frame('daily'),
    weekly: frame('weekly'),
    monthly: frame('monthly'),
    yearly: frame('yearly'),
    keepAtLeast: proposed.keepAtLeast ?? saved.keepAtLeast,
  }
}

function nameOf(text: string): DatabaseName {
  const parsed = DatabaseName.safeParse(text)
  if (!parsed.success) throw new AgentError('invalid_request', 'This is no name of a database.')
  return parsed.data
}
