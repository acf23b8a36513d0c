import { parseBackupName } from '@odoo-backup/backup-format'
import type { Purpose } from '@odoo-backup/protocol'
import type { Place } from '../config/place.ts'
import type { Destination, OpenDestination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { ownersPrefix } from './markers.ts'
import { within } from './patience.ts'

/** So long a place may take to say whether it holds one archive. */
const PATIENCE_MS = 30_000

export interface Places {
  readonly openDestination: OpenDestination
  /** All places in use, that of database `first` (else the agent's own) before the others. */
  readonly places: (first?: string) => readonly [Place, ...Place[]]
}

/** The same dependencies, whose every destination is the given place unless another one is named. */
export function atPlace<T extends Places>(dependencies: T, place: Place): T {
  const { openDestination } = dependencies
  return {
    ...dependencies,
    openDestination: (purpose: Purpose, other = place) => openDestination(purpose, other),
  }
}

/** The same, at the place where this database's backups go. */
export function atPlaceOf<T extends Places>(dependencies: T, database: string): T {
  return atPlace(dependencies, dependencies.places(database)[0])
}

/**
 * The same, at the place that holds an archive: a database may have gone to another place since. Where none holds
 * it, at the place of the database that it is named after. A place that is away is no obstacle to what lies in
 * another one, but then nobody knows that none holds it: its error is thrown.
 */
export async function atPlaceHolding<T extends Places>(
  dependencies: T,
  purpose: Purpose,
  archive: string,
): Promise<T> {
  const places = dependencies.places(parseBackupName(archive)?.database)
  if (places.length === 1) return atPlace(dependencies, places[0])
  const errors: unknown[] = []
  for (const place of places) {
    try {
      const look = async () => {
        const destination = await openUnlessUnconnected(dependencies.openDestination, purpose, place)
        return destination !== undefined && holds(destination, archive).finally(() => destination.close())
      }
      if (await within(look(), PATIENCE_MS)) return atPlace(dependencies, place)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
  return atPlace(dependencies, places[0])
}

/** Nothing can lie with a broker that no account was ever connected to: where there are other places, it is none. */
export async function openUnlessUnconnected(
  openDestination: OpenDestination,
  purpose: Purpose,
  place: Place,
): Promise<Destination | undefined> {
  try {
    return await openDestination(purpose, place)
  } catch (error) {
    if (place.kind === 'broker' && error instanceof AgentError && error.code === 'login_required') {
      return undefined
    }
    throw error
  }
}

async function holds({ storage, prefix }: Destination, archive: string): Promise<boolean> {
  for await (const { key } of storage.list(prefix + archive)) if (key === prefix + archive) return true
  for await (const _ of storage.list(ownersPrefix(prefix, archive))) return true
  return false
}
