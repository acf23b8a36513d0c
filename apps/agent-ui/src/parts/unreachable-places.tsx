import type { UnreachablePlace } from '@odoo-backup/protocol'
import { useMessages } from '../messages/index.ts'
import { Words } from './failure.tsx'

/** Which places for backups did not answer, and why; nothing where all did. */
export function UnreachablePlaces({ places }: { places: readonly UnreachablePlace[] }) {
  const { places: names, failures } = useMessages()
  if (places.length === 0) return null
  return (
    <ul class="worries" dir="auto">
      {places.map(({ place, at, code, message }) => {
        const name = at === undefined ? names.unnamed : names.headOf(at)
        const own = failures.ofCode(code)
        return (
          <li key={place}>
            {own === '' ? (
              <>
                {name}: <span class="small">{message}</span>
              </>
            ) : (
              <Words own={`${name}: ${own}`} others={message} />
            )}
          </li>
        )
      })}
    </ul>
  )
}
