import type { Purpose } from '@odoo-backup/protocol'
import { markOf, nameOf, type Place } from '../config/place.ts'
import { withAnyPurpose } from '../credentials/any-purpose.ts'
import type { Destination } from '../credentials/destination.ts'
import type { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import { openUnlessUnconnected, type Places } from '../jobs/find-place.ts'
import { within } from '../jobs/patience.ts'

/** What is found in one place, or why nothing can be said of it. */
export type FoundAt<Item> =
  | { readonly place: Place; readonly items: readonly Item[] }
  | { readonly place: Place; readonly error: AgentError }

export interface PlaceLooks<Item> {
  /** Looks into all places in use, at the same time; one that fails, or does not answer in time, hides no other. */
  look(patience: Patience): Promise<FoundAt<Item>[]>
  /** Whether a place did not answer when it was last looked into. */
  isAway(place: Place): boolean
}

/** How long a place may take, milliseconds. */
export interface Patience {
  readonly patienceMs: number
  /** The same where it let others wait for too long already, and has not answered yet. */
  readonly ifLateMs: number
}

/**
 * Looks of one kind, `into`, at all places. A look that a place never answers holds a thread of the process for ever
 * where it is a folder: it is not begun again while one is under way, but its answer is taken when it comes.
 */
export function placeLooks<Item>(
  places: Places,
  into: (destination: Destination) => Promise<readonly Item[]>,
): PlaceLooks<Item> {
  const late = new Map<string, Promise<readonly Item[]>>()
  const away = new Set<string>()
  // What was given last is asked for first: each refusal of another purpose is a question to the broker.
  const given = new Map<string, Purpose>()

  const begin = async (place: Place, placesInUse: number): Promise<readonly Item[]> => {
    const { openDestination } = places
    const key = JSON.stringify(place)
    const { result: destination, purpose } = await withAnyPurpose(
      async wanted =>
        placesInUse > 1
          ? openUnlessUnconnected(openDestination, wanted, place)
          : openDestination(wanted, place),
      given.get(key),
    )
    given.set(key, purpose)
    if (destination === undefined) return []
    return into(destination).finally(() => destination.close())
  }

  const lookAt = async (place: Place, placesInUse: number, patience: Patience): Promise<FoundAt<Item>> => {
    const key = JSON.stringify(place)
    const lagging = late.get(key)
    const looking = lagging ?? begin(place, placesInUse)
    let underWay = true
    const end = () => {
      underWay = false
      if (late.get(key) === looking) late.delete(key)
    }
    looking.then(end, end)
    try {
      const items = await within(looking, lagging === undefined ? patience.patienceMs : patience.ifLateMs)
      away.delete(key)
      return { place, items }
    } catch (error) {
      away.add(key)
      if (underWay) late.set(key, looking)
      return { place, error: asAgentError(error) }
    }
  }

  return {
    look: patience => {
      const inUse = places.places()
      return Promise.all(inUse.map(place => lookAt(place, inUse.length, patience)))
    },
    isAway: place => away.has(JSON.stringify(place)),
  }
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
