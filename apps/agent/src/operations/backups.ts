import { decrypt, formatInfoName, readInfo } from '@odoo-backup/backup-format'
import type { BackupDetails, BackupView, Purpose, RemotePlace } from '@odoo-backup/protocol'
import { markOf, remotePlaceOf } from '../config/place.ts'
import type { Destination } from '../credentials/destination.ts'
import { asAgentError } from '../jobs/failure.ts'
import { atPlaceHolding, type Places } from '../jobs/find-place.ts'
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
import type {
  AgentAdministration,
  AgentOperations,
  Inventory,
  InventoryOptions,
  PastListing,
} from '../operations.ts'
import { detailsOf } from './backup-details.ts'
import { eachOnce, type FoundAt, type Patience, placeLooks, placeName } from './each-place.ts'
import { createMissingFiles } from './missing-files.ts'

type BackupOperations = Pick<AgentOperations, 'backups'> &
  Pick<
    AgentAdministration,
    | 'inventory'
    | 'lastListing'
    | 'archive'
    | 'loneArchives'
    | 'backup'
    | 'withMissingFiles'
    | 'openBackup'
    | 'setPinned'
  >

/** So long a place may take to list all it holds before it counts as away. */
const PATIENT: Patience = { patienceMs: 120_000, ifLateMs: 120_000 }
/** The same where somebody waits, and there are other places to tell of. */
const HURRIED: Patience = { patienceMs: 20_000, ifLateMs: 1_000 }

/** A listing that has not ended yet. */
interface UnderWay {
  readonly of: string
  readonly at: Date
  readonly hurried: boolean
  readonly inventory: Promise<Inventory>
}

/** Seeing what is stored, reading it, pinning it. */
export function backupOperations({
  places,
  instanceId,
  missingFilesOfJobs,
  now,
}: {
  readonly places: Places
  readonly instanceId: () => string
  readonly missingFilesOfJobs: () => Promise<ReadonlyMap<string, number>>
  readonly now: () => Date
}): BackupOperations {
  let last: (PastListing & { readonly of: string }) | undefined
  const where = () => JSON.stringify(places.places())
  const looks = placeLooks(places, async destination => {
    const { backups, loneArchives, markers } = await listBackups(destination, { toLookAt: true })
    return [
      ...backups.flatMap(backup => backupView(backup, instanceId()) ?? []),
      ...loneArchives.flatMap(object => loneView(object, destination.prefix, markers, instanceId()) ?? []),
    ]
  })
  let underWay: UnderWay | undefined
  const inventory = ({ patient = false, begunAfter }: InventoryOptions = {}): Promise<Inventory> => {
    const [of, at] = [where(), now()]
    const hurried = !patient && places.places().length > 1
    const shared = underWay
    if (
      shared !== undefined &&
      begunAfter !== undefined &&
      shared.at > begunAfter &&
      shared.of === of &&
      shared.hurried === hurried
    )
      return shared.inventory
    const begun = { of, at, hurried, inventory: listAnew(of, at, hurried) }
    underWay = begun
    const end = () => {
      if (underWay === begun) underWay = undefined
    }
    begun.inventory.then(end, end)
    return begun.inventory
  }
  const listAnew = async (of: string, at: Date, hurried: boolean): Promise<Inventory> => {
    const found = await looks.look(hurried ? HURRIED : PATIENT)
    const [backups, loneArchives] = pairsAndHalves(eachOnce(found))
    const all = { backups, loneArchives, placeOf: placeFinder(found), ...answersOf(found, places) }
    if (all.unreachable.length === 0 && (last === undefined || at >= last.at))
      last = { inventory: all, at, of }
    return all
  }
  /** A place that does not answer fails it all: a list with a gap misleads. */
  const everything = async () => {
    const all = await inventory({ patient: true })
    for (const { error } of all.unreachable) throw error
    return all
  }
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
    backups: async filter =>
      (await everything()).backups.filter(
        ({ database }) => filter?.database === undefined || database === filter.database,
      ),
    inventory,
    lastListing: () => (last?.of === where() ? last : undefined),
    archive: async name => {
      const { backups, loneArchives, unreachable } = await inventory()
      const found = [...backups, ...loneArchives].find(view => view.name === name)
      if (found !== undefined) return found
      // Where a place is silent nobody knows that none holds it.
      throw unreachable[0]?.error ?? unknownBackup(name)
    },
    loneArchives: async () => (await everything()).loneArchives,
    backup: name =>
      withDestination('restore', name, async destination => {
        const found = pairNamed(await listBackups(destination), name)
        return detailed(destination, found, instanceId())
      }),
    withMissingFiles: createMissingFiles(places, looks.isAway, missingFilesOfJobs),
    openBackup: async (name, options = {}) => {
      const { decryptWith, signal } = options
      const given = signal === undefined ? {} : { signal }
      try {
        const { openDestination } = await atPlaceHolding(places, 'restore', name)
        const destination = await openDestination('restore')
        const { archive, encrypted, stored } = await storedArchive(destination, name, given)
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

/** The stored bytes; the destination is closed when they end, or when there are none. */
async function storedArchive(destination: Destination, name: string, options: { signal?: AbortSignal }) {
  try {
    const { archive, encrypted } = pairNamed(await listBackups(destination), name)
    const stored = await destination.storage.get(archive.key, { ifMatch: archive.etag, ...options })
    stored.once('close', () => destination.close())
    return { archive, encrypted, stored }
  } catch (error) {
    destination.close()
    throw error
  }
}

function pairsAndHalves(views: readonly BackupView[]): [BackupView[], BackupView[]] {
  const of = (lone: boolean) => newestFirst(views.filter(view => (view.lone === true) === lone))
  return [of(false), of(true)]
}

/** As `eachOnce`: of a backup that lies in several places, the first counts. */
function placeFinder(found: readonly FoundAt<BackupView>[]): Inventory['placeOf'] {
  const places = new Map<string, RemotePlace>()
  for (const here of found.toReversed())
    for (const { name } of 'items' in here ? here.items : [])
      places.set(name, remotePlaceOf(markOf(here.place)))
  return name => places.get(name)
}

function answersOf(
  found: readonly FoundAt<BackupView>[],
  places: Places,
): Pick<Inventory, 'answered' | 'unreachable'> {
  const keptAt = (database: string) => JSON.stringify(places.places(database)[0])
  const unreachable = found.flatMap(here =>
    'items' in here
      ? []
      : {
          place: placeName(here.place),
          at: remotePlaceOf(markOf(here.place)),
          error: here.error,
          keeps: (database: string) => keptAt(database) === JSON.stringify(here.place),
        },
  )
  return { unreachable, answered: found.length - unreachable.length }
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
