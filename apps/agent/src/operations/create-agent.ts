import { verifyMasterPassword } from '@odoo-backup/odoo'
import { JobId } from '@odoo-backup/protocol'
import { placeOfAgent } from '../config/place.ts'
import { AgentError } from '../errors.ts'
import { backupsInUse } from '../jobs/backups-in-use.ts'
import { JobData } from '../jobs/job-data.ts'
import { unknownBackup } from '../jobs/open-archive.ts'
import type { Agent } from '../operations.ts'
import { accountOperations } from './account.ts'
import { backupOperations } from './backups.ts'
import { connectionOperations } from './connection.ts'
import { databaseOperations } from './databases.ts'
import { doctor } from './doctor/doctor.ts'
import { jobOperations } from './jobs.ts'
import { missingFilesOfJobs } from './missing-files.ts'
import type { AgentParts } from './parts.ts'
import { restorePlanning } from './restore-plan.ts'
import { restoreOperations } from './restores.ts'
import { rotationOperations } from './rotation.ts'
import { settingsOperations } from './settings.ts'
import { storageTrial } from './storage-trial.ts'
import { tokenOperations } from './tokens.ts'

/** Everything that people can ask of the agent, put together from its parts. */
export function createAgent(parts: AgentParts): Agent {
  const { store, odoo, openDestination, handover, now } = parts
  const start = async (data: JobData) => JobId.parse(await (await parts.queue()).add(JobData.parse(data)))
  const { mustExist, mustNotExist, databases } = databaseOperations(odoo)
  const backups = backupOperations({
    places: parts,
    instanceId: () => store.current.instanceId,
    missingFilesOfJobs: async () => missingFilesOfJobs(await parts.queue()),
    now,
  })
  const backup = async (name: string) => {
    const found = await backups.archive(name)
    if (found.lone === true) throw unknownBackup(name)
    return found
  }
  return {
    ...backups,
    ...jobOperations(parts.queue, () => new Date()),
    ...restoreOperations({
      store,
      handover,
      start,
      backup,
      databases: { mustExist, mustNotExist, databases },
    }),
    ...restorePlanning({
      places: parts,
      odoo,
      databases: { mustExist, mustNotExist, databases },
      details: backups.backup,
      storedPassword: async name => (await store.refresh()).databases.get(name)?.encryptionPassword,
      now,
    }),
    ...rotationOperations({
      store,
      places: parts,
      start,
      inUse: async () => backupsInUse(await parts.queue()),
      now,
    }),
    ...settingsOperations({
      store,
      now,
      databaseNames: async () => (await databases().catch(() => undefined))?.map(({ name }) => name),
    }),
    ...tokenOperations(store),
    ...accountOperations(() => parts.broker()?.broker()),
    ...connectionOperations(parts.broker, openDestination, () => placeOfAgent(store.current.settings)),
    ...storageTrial(store, openDestination),
    databases,
    startBackup: async ({ database }) => {
      await mustExist(database)
      return start({ kind: 'backup', database, scheduled: false })
    },
    startDelete: async name => {
      const found = await backups.archive(name)
      if (found.pinned) {
        throw new AgentError('backup_pinned', `${name} is pinned. Unpin it first if it is to go.`)
      }
      return start({ kind: 'delete', database: found.database, backup: name })
    },
    isMasterPassword: async given => {
      await store.refresh()
      return verifyMasterPassword(odoo.settings().masterPassword, given)
    },
    doctor: () => doctor(parts),
  }
}
