import type { Inventory } from '../../operations.ts'
import { unreachablePlaces } from '../../overview/some-inventory.ts'
import type { Principal } from '../access/sessions.ts'

/** The places that did not answer. Where they are is for those who answer for the whole server. */
export function unreachableFor(
  principal: Principal,
  inventory: Inventory,
): ReturnType<typeof unreachablePlaces> {
  const places = unreachablePlaces(inventory)
  if (principal.database === undefined) return places
  return places.map(({ keeps }) => ({
    place: 'a storage',
    code: 'storage_unreachable',
    message: 'It does not answer.',
    keeps,
  }))
}
