import type { RemotePlace } from '@odoo-backup/protocol'

function nameOf(place: RemotePlace): string {
  switch (place.kind) {
    case 'broker':
      return 'odoo-backup.sh'
    case 'broker_storage':
      return 'the storage of odoo-backup.sh'
    case 'bucket':
      return `the bucket ${place.name}`
    case 'folder':
      return `the folder ${place.path}`
  }
}

/** The name at the head of a line, where it begins as a sentence does; the product's stays as it is written. */
function headOf(place: RemotePlace): string {
  const name = nameOf(place)
  return place.kind === 'broker' ? name : name.charAt(0).toUpperCase() + name.slice(1)
}

/** Where backups lie. */
export const places = {
  nameOf,
  headOf,
  /** At the head of a line, for those who may not know which. */
  unnamed: 'A storage',
} as const
