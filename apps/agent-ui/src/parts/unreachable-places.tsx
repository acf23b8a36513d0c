import type { UnreachablePlace } from '@odoo-backup/protocol'

/** Which places for backups did not answer, and why; nothing where all did. */
export function UnreachablePlaces({ places }: { places: readonly UnreachablePlace[] }) {
  if (places.length === 0) return null
  return (
    <ul class="worries" dir="auto">
      {places.map(({ place, message }) => (
        <li key={place}>
          {place}: <span class="small">{message}</span>
        </li>
      ))}
    </ul>
  )
}
