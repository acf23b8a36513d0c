import type { Purpose } from '@odoo-backup/protocol'
import { markOf, nameOf, type Place } from '../config/place.ts'
import type { Destination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import { openUnlessUnconnected, type Places } from '../jobs/find-place.ts'

/** What is found in one place, or why nothing can be said of it. */
export type FoundAt<Item> =
  | { readonly place: Place; readonly items: readonly Item[] }
  | { readonly place: Place; readonly error: AgentError }

/** Looks into all places in use, at the same time; one that fails, or does not answer in time, hides no other. */
export async function lookAtEachPlace<Item>(
  places: Places,
  look: (destination: Destination) => Promise<readonly Item[]>,
  patienceMs?: number,
): Promise<FoundAt<Item>[]> {
  const inUse = places.places()
  const at = async (place: Place): Promise<readonly Item[]> => {
    const destination = await openForListing(places, place, inUse.length)
    if (destination === undefined) return []
    return look(destination).finally(() => destination.close())
  }
  return Promise.all(
    inUse.map(async place => {
      try {
        return { place, items: await within(at(place), patienceMs) }
      } catch (error) {
        return { place, error: asAgentError(error) }
      }
    }),
  )
}

/** What is found in all places in use. A place that does not answer fails it all: a list with a gap misleads. */
export async function inEachPlace<Item extends { readonly name: string }>(
  places: Places,
  look: (destination: Destination) => Promise<readonly Item[]>,
): Promise<Item[]> {
  const found = await lookAtEachPlace(places, look)
  for (const here of found) if ('error' in here) throw here.error
  return eachOnce(found)
}

/** The items of the places that answered; of one that lies in several, the first place's. */
export function eachOnce<Item extends { readonly name: string }>(found: readonly FoundAt<Item>[]): Item[] {
  const byName = new Map<string, Item>()
  for (const here of found)
    for (const item of 'items' in here ? here.items : [])
      if (!byName.has(item.name)) byName.set(item.name, item)
  return [...byName.values()]
}

/** Holds no secret. */
export function placeName(place: Place): string {
  return nameOf(markOf(place))
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

/** A network mount that is gone never answers, and never fails either. */
async function within<Value>(promise: Promise<Value>, patienceMs: number | undefined): Promise<Value> {
  if (patienceMs === undefined) return promise
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const error = new AgentError(
      'storage_unreachable',
      `It has not answered within ${Math.round(patienceMs / 1000)} seconds.`,
    )
    timer = setTimeout(() => reject(error), patienceMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
