import { databaseSettings } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { useMessages } from '../messages/index.ts'
import { placeLink } from '../router.ts'

/** Says of a database that no schedule backs up that it is so, with the way to change it; nothing of any other. */
export function NotBackedUp({ database }: { database: string }) {
  const { jobs: words } = useMessages()
  const known = useResource('databases/settings', databaseSettings)
  const settings = known.value?.items.find(item => item.database === database)
  if (settings === undefined || (settings.enabled && settings.schedules.length > 0)) return null
  return (
    <p>
      {words.notBackedUp} <a href={placeLink('settings', database)}>{words.setUpItsBackups}</a>
    </p>
  )
}
