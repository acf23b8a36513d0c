import { decrypt, formatInfoName, readInfo } from '@odoo-backup/backup-format'
import type { BackupDetails, BackupView, Purpose } from '@odoo-backup/protocol'
import type { Destination, OpenDestination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import { markerKey } from '../jobs/markers.ts'
import { unknownBackup } from '../jobs/open-archive.ts'
import { backupView, type ListedBackup, type Listing, listBackups, loneView } from '../jobs/stored-backups.ts'
import type { AgentAdministration, AgentOperations } from '../operations.ts'
import { detailsOf } from './backup-details.ts'

type BackupOperations = Pick<AgentOperations, 'backups'> &
  Pick<AgentAdministration, 'loneArchives' | 'backup' | 'openBackup' | 'setPinned'>

/** Seeing what is stored, reading it, pinning it. */
export function backupOperations(openDestination: OpenDestination): BackupOperations {
  const withDestination = async <T>(
    purpose: Purpose,
    work: (destination: Destination) => Promise<T>,
  ): Promise<T> => {
    try {
      const destination = await openDestination(purpose)
      return await work(destination).finally(() => destination.close())
    } catch (error) {
      throw asAgentError(error)
    }
  }
  return {
    backups: async filter => {
      const { backups } = await withDestination(await listingPurpose(openDestination), listBackups)
      return backups
        .filter(({ database }) => filter?.database === undefined || database === filter.database)
        .flatMap(backup => backupView(backup) ?? [])
    },
    loneArchives: () =>
      withDestination('backup', async destination =>
        (await listBackups(destination)).loneArchives
          .flatMap(object => loneView(object, destination.prefix) ?? [])
          .sort((one, other) => other.takenAt.localeCompare(one.takenAt)),
      ),
    backup: name =>
      withDestination('restore', async destination => {
        const found = pairNamed(await listBackups(destination), name)
        return detailed(destination, found)
      }),
    openBackup: async (name, options = {}) => {
      const { decryptWith, signal } = options
      const given = signal === undefined ? {} : { signal }
      try {
        const destination = await openDestination('restore')
        const { archive, encrypted } = pairNamed(await listBackups(destination), name)
        const stored = await destination.storage.get(archive.key, { ifMatch: archive.etag, ...given })
        stored.once('close', () => destination.close())
        if (decryptWith === undefined || !encrypted) {
          return { body: stored, fileName: name, sizeBytes: archive.sizeBytes }
        }
        const body = decrypt(stored, { password: decryptWith, ...given })
        return { body, fileName: name.replace(/\.enc$/, '') }
      } catch (error) {
        throw asAgentError(error)
      }
    },
    setPinned: (name, pinned) =>
      withDestination(pinned ? 'backup' : 'rotate', async destination => {
        const { markers } = pairNamed(await listBackups(destination), name)
        const key = markerKey(destination.prefix, 'pin', name)
        if (pinned && !markers.pinned) await destination.storage.put(key, new Uint8Array())
        if (!pinned && markers.pinned) await destination.storage.delete([key])
      }),
  }
}

/** Every purpose may list; an instance need not have all of them. */
async function listingPurpose(openDestination: OpenDestination): Promise<Purpose> {
  try {
    ;(await openDestination('backup')).close()
    return 'backup'
  } catch (error) {
    if (error instanceof AgentError && error.code === 'purpose_refused') return 'restore'
    throw asAgentError(error)
  }
}

function pairNamed(listing: Listing, name: string): ListedBackup {
  const found = listing.backups.find(backup => backup.name === name)
  if (found === undefined) throw unknownBackup(name)
  return found
}

async function detailed(destination: Destination, backup: ListedBackup): Promise<BackupDetails> {
  const view: BackupView | undefined = backupView(backup)
  if (view === undefined) throw unknownBackup(backup.name)
  const key = destination.prefix + formatInfoName(backup)
  const chunks: Buffer[] = []
  for await (const chunk of await destination.storage.get(key)) chunks.push(Buffer.from(chunk))
  return detailsOf(view, readInfo(Buffer.concat(chunks)))
}
