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

/** Where backups lie. */
export const places = {
  nameOf,
  /** For those who may not know which. */
  unnamed: 'a storage',
} as const
