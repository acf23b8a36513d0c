import { decrypt, formatInfoName, readInfo } from '@odoo-backup/backup-format'
import type { BackupDetails, BackupView, Purpose } from '@odoo-backup/protocol'
import type { Place } from '../config/place.ts'
import type { Destination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import { atPlaceHolding, openUnlessUnconnected, type Places } from '../jobs/find-place.ts'
import { markerKey } from '../jobs/markers.ts'
import { unknownBackup } from '../jobs/open-archive.ts'
import {
  backupView,
  compare,
  type ListedBackup,
  type Listing,
  listBackups,
  loneView,
} from '../jobs/stored-backups.ts'
import type { AgentAdministration, AgentOperations } from '../operations.ts'
import { detailsOf } from './backup-details.ts'
import { createMissingFiles } from './missing-files.ts'

type BackupOperations = Pick<AgentOperations, 'backups'> &
  Pick<AgentAdministration, 'loneArchives' | 'backup' | 'withMissingFiles' | 'openBackup' | 'setPinned'>

/** Seeing what is stored, reading it, pinning it. */
export function backupOperations(places: Places, instanceId: () => string): BackupOperations {
  const withDestination = async <T>(
    purpose: Purpose,
    name: string,
    work: (destination: Destination) => Promise<T>,
  ): Promise<T> => {
    try {
      const { openDestination } = await atPlaceHolding(places, purpose, name)
      const destination = await openDestination(purpose)
      return await work(destination).finally(() => destination.close())
    } catch (error) {
      throw asAgentError(error)
    }
  }
  return {
    backups: async filter => {
      const found = await inEachPlace(places, async destination => (await listBackups(destination)).backups)
      return newestFirst(
        found
          .filter(({ database }) => filter?.database === undefined || database === filter.database)
          .flatMap(backup => backupView(backup, instanceId()) ?? []),
      )
    },
    loneArchives: async () =>
      newestFirst(
        await inEachPlace(places, async destination =>
          (await listBackups(destination)).loneArchives.flatMap(
            object => loneView(object, destination.prefix) ?? [],
          ),
        ),
      ),
    backup: name =>
      withDestination('restore', name, async destination => {
        const found = pairNamed(await listBackups(destination), name)
        return detailed(destination, found, instanceId())
      }),
    withMissingFiles: createMissingFiles(places),
    openBackup: async (name, options = {}) => {
      const { decryptWith, signal } = options
      const given = signal === undefined ? {} : { signal }
      try {
        const { openDestination } = await atPlaceHolding(places, 'restore', name)
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
      withDestination(pinned ? 'backup' : 'rotate', name, async destination => {
        const { markers } = pairNamed(await listBackups(destination), name)
        const key = markerKey(destination.prefix, 'pin', name)
        if (pinned && !markers.pinned) await destination.storage.put(key, new Uint8Array())
        if (!pinned && markers.pinned) await destination.storage.delete([key])
      }),
  }
}

/** What is found in all places in use. A place that does not answer fails it all: a list with a gap misleads. */
async function inEachPlace<T extends { readonly name: string }>(
  places: Places,
  look: (destination: Destination) => Promise<readonly T[]>,
): Promise<T[]> {
  const inUse = places.places()
  const found = new Map<string, T>()
  try {
    for (const place of inUse) {
      const destination = await openForListing(places, place, inUse.length)
      if (destination === undefined) continue
      const here = await look(destination).finally(() => destination.close())
      for (const item of here) if (!found.has(item.name)) found.set(item.name, item)
    }
  } catch (error) {
    throw asAgentError(error)
  }
  return [...found.values()]
}

/** Every purpose may list; an instance need not have all of them. */
async function openForListing(
  { openDestination }: Places,
  place: Place,
  placesInUse: number,
): Promise<Destination | undefined> {
  const open = (purpose: Purpose) =>
    placesInUse > 1 ? openUnlessUnconnected(openDestination, purpose, place) : openDestination(purpose, place)
  try {
    return await open('backup')
  } catch (error) {
    if (error instanceof AgentError && error.code === 'purpose_refused') return open('restore')
    throw error
  }
}

function newestFirst<T extends { readonly takenAt: string; readonly name: string }>(views: T[]): T[] {
  return views.sort((one, other) => compare(other.takenAt, one.takenAt) || compare(one.name, other.name))
}

function pairNamed(listing: Listing, name: string): ListedBackup {
  const found = listing.backups.find(backup => backup.name === name)
  if (found === undefined) throw unknownBackup(name)
  return found
}

async function detailed(
  destination: Destination,
  backup: ListedBackup,
  instanceId: string,
): Promise<BackupDetails> {
  const view: BackupView | undefined = backupView(backup, instanceId)
  if (view === undefined) throw unknownBackup(backup.name)
  const key = destination.prefix + formatInfoName(backup)
  const chunks: Buffer[] = []
  for await (const chunk of await destination.storage.get(key)) chunks.push(Buffer.from(chunk))
  return detailsOf(view, readInfo(Buffer.concat(chunks)))
}
