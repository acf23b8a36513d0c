import type { BackupView, StoredAt } from '@odoo-backup/protocol'
import type { Inventory } from '../operations.ts'

/** How much lies in each place that answered, the fullest first. */
export function storedByPlace(
  backups: readonly Pick<BackupView, 'name' | 'sizeBytes'>[],
  placeOf: Inventory['placeOf'],
): StoredAt[] {
  const places = new Map<string, StoredAt>()
  for (const { name, sizeBytes } of backups) {
    const place = placeOf(name)
    if (place === undefined) continue
    const before = places.get(place) ?? { place, backups: 0, storedBytes: 0 }
    places.set(place, { place, backups: before.backups + 1, storedBytes: before.storedBytes + sizeBytes })
  }
  return [...places.values()].sort((one, other) => other.storedBytes - one.storedBytes)
}
