import type { BackupView, JobId, RestoreRequest } from '@odoo-backup/protocol'
import type { ConfigurationStore } from '../config/store.ts'
import { AgentError } from '../errors.ts'
import type { Handover } from '../jobs/handover.ts'
import type { JobData } from '../jobs/job-data.ts'
import { localArchive } from '../jobs/local-archive.ts'
import type { AgentAdministration, AgentOperations } from '../operations.ts'
import type { DatabaseOperations } from './databases.ts'
import { circumstancesOf, isCopyFor, restoreReason } from './restore-default.ts'

export interface RestoreDependencies {
  readonly store: ConfigurationStore
  readonly databases: DatabaseOperations
  readonly handover: Handover
  readonly start: (data: JobData) => Promise<JobId>
  /** The complete backup of that name; rejects with `backup_unknown`. */
  readonly backup: (name: string) => Promise<BackupView>
}

/** Starting restores and drills. What can be refused is refused before anything is queued. */
export function restoreOperations(
  dependencies: RestoreDependencies,
): Pick<AgentOperations, 'startRestore'> & Pick<AgentAdministration, 'startVerify'> {
  const { store, databases, handover, start, backup } = dependencies
  const storedPassword = async (database: string) =>
    (await store.refresh()).databases.get(database)?.encryptionPassword
  const withPassword = async (password: string | undefined, encrypted: boolean, known: boolean) => {
    if (encrypted && password === undefined && !known) {
      throw new AgentError('encryption_password_required', 'This backup is encrypted: give its password.')
    }
    return encrypted && password !== undefined ? { handover: await handover.give(password) } : {}
  }
  /** As `restoreReason` has it, by the backup's owners and the databases that are here now. */
  const isCopy = async ({ source, database, replace }: RestoreRequest) => {
    const found = source.kind === 'stored' ? await backup(source.backup) : undefined
    const present = (await databases.databases()).map(({ name }) => name)
    const replaced = replace === true ? database : undefined
    return isCopyFor(restoreReason(circumstancesOf(found, { present, replaced })))
  }
  return {
    startRestore: async (request, secrets = {}) => {
      const { source, database } = request
      const parts = request.parts ?? 'all'
      if (request.replace !== true && parts !== 'filestore') await databases.mustNotExist(database)
      const password = secrets.encryptionPassword
      const given =
        source.kind === 'stored'
          ? await backup(source.backup).then(async found =>
              withPassword(password, found.encrypted, (await storedPassword(found.database)) !== undefined),
            )
          : await localArchive(source.path).then(({ kind }) => withPassword(password, kind.encrypted, false))
      const copy = request.copy ?? (await isCopy(request))
      return start({
        kind: 'restore',
        database,
        source,
        copy,
        // Two databases that are live would both send the mails and charge the cards of one.
        neutralise: request.neutralise ?? copy,
        replace: request.replace ?? false,
        parts,
        trustCode: request.trustCode ?? false,
        keepSchedules: request.keepSchedules ?? false,
        ...given,
      })
    },
    startVerify: async (name, options = {}) => {
      const found = await backup(name)
      const known = (await storedPassword(found.database)) !== undefined
      const given = await withPassword(options.encryptionPassword, found.encrypted, known)
      return start({
        kind: 'verify',
        database: found.database,
        backup: name,
        scheduled: false,
        trustCode: options.trustCode ?? false,
        ...given,
      })
    },
  }
}
