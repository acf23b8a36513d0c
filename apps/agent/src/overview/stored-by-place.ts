import type { BackupView, StoredAt } from '@odoo-backup/protocol'
import type { Inventory } from '../operations.ts'
import { remotePlaceName } from '../wording/remote-place.ts'

/** How much lies in each place that answered, the fullest first. */
export function storedByPlace(
  backups: readonly Pick<BackupView, 'name' | 'sizeBytes'>[],
  placeOf: Inventory['placeOf'],
): StoredAt[] {
  const places = new Map<string, StoredAt>()
  for (const { name, sizeBytes } of backups) {
    const at = placeOf(name)
    if (at === undefined) continue
    const place = remotePlaceName(at)
    const before = places.get(place) ?? { place, at, backups: 0, storedBytes: 0 }
    places.set(place, { ...before, backups: before.backups + 1, storedBytes: before.storedBytes + sizeBytes })
  }
  return [...places.values()].sort((one, other) => other.storedBytes - one.storedBytes)
}
