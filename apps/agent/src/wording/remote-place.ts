import type { RemotePlace } from '@odoo-backup/protocol'

/** A place as its administrator knows it, in English, such as `the folder /mnt/nas`. */
export function remotePlaceName(place: RemotePlace): string {
  switch (place.kind) {
    case 'broker':
      return 'the broker'
    case 'broker_storage':
      return "the broker's storage"
    case 'bucket':
      return `the bucket ${place.name}`
    case 'folder':
      return `the folder ${place.path}`
  }
}
