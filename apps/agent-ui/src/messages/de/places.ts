import type { RemotePlace } from '@odoo-backup/protocol'
import type { Messages } from '../en/index.ts'

function nameOf(place: RemotePlace): string {
  switch (place.kind) {
    case 'broker':
      return 'odoo-backup.sh'
    case 'broker_storage':
      return 'Speicher von odoo-backup.sh'
    case 'bucket':
      return `Bucket ${place.name}`
    case 'folder':
      return `Ordner ${place.path}`
  }
}

export const places: Messages['places'] = { nameOf, headOf: nameOf, unnamed: 'Ein Speicher' }
