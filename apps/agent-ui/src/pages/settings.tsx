import type { DatabaseSettings } from '@odoo-backup/protocol'
import { databaseSettings, settings, type Who } from '../api/calls.ts'
import { saysTheSame, useCatchUp } from '../api/catch-up.ts'
import type { ApiError } from '../api/client.ts'
import { useResource } from '../api/resource.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { NotThere } from '../parts/not-there.tsx'
import { WithCommands } from '../parts/with-commands.tsx'
import { placeLink } from '../router.ts'
import { DatabaseForm } from './settings/database-form.tsx'
import { NoticeForm } from './settings/notice-form.tsx'
import { StorageForm } from './settings/storage-form.tsx'
import { TokenList } from './settings/token-list.tsx'

/** Everything that can be set: a database at a time, and the agent as a whole. */
export function SettingsPage({ database, who }: { database: string | undefined; who: Who }) {
  const { settings: words, app } = useMessages()
  const all = useResource('settings', databaseSettings)
  if (who.role !== 'administer')
    return (
      <section class="stack">
        <h1>{words.title}</h1>
        <p class="card">{words.notYours}</p>
      </section>
    )
  const known = all.value?.items
  const chosen = known?.find(item => item.database === database)
  if (database !== undefined && known !== undefined && chosen === undefined)
    return <NotThere what="database" />
  return (
    <section class="stack">
      {database === undefined ? (
        <h1>{words.title}</h1>
      ) : (
        <>
          <p>
            <a href={placeLink('settings')}>{words.title}</a>
          </p>
          <h1>
            {words.settingsOf} <bdi>{database}</bdi>
          </h1>
        </>
      )}
      {all.error && <Failure error={all.error} onRetry={all.reload} />}
      {known === undefined && all.error === undefined && <p class="soft">{app.loading}</p>}
      {chosen !== undefined && <DatabaseForm settings={chosen} mayMove={who.database === undefined} />}
      {database === undefined && (
        <>
          {known !== undefined && (
            <div class="card stack">
              <h2>{words.databases}</h2>
              {known.length === 0 && (
                <p class="soft">
                  <WithCommands text={words.noDatabases} />
                </p>
              )}
              <ul class="plain-list">
                {known.map(item => (
                  <li key={item.database} class="row">
                    <a href={placeLink('settings', item.database)}>
                      <bdi>{item.database}</bdi>
                    </a>
                    <Planned of={item} />
                    {item.encrypted && <span class="badge">{words.encrypted}</span>}
                  </li>
                ))}
              </ul>
            </div>
          )}
          {who.database === undefined && (
            <>
              <OfServer told={all.error} />
              <TokenList databases={known?.map(item => item.database) ?? []} told={all.error} />
            </>
          )}
        </>
      )}
    </section>
  )
}

/** Whether schedules back a database up: "left out" where the overview takes it for that too. */
function Planned({ of: { enabled, schedules, drills } }: { of: DatabaseSettings }) {
  const { settings: words } = useMessages()
  if (enabled) return schedules.length === 0 ? <span class="badge tone-warn">{words.byHand}</span> : null
  return schedules.length + drills.length === 0 ? (
    <span class="badge">{words.leftOut}</span>
  ) : (
    <span class="badge tone-warn">{words.paused}</span>
  )
}

/** Where backups and notices go; asked for once, so that what keeps both away is told once. */
function OfServer({ told }: { told: ApiError | undefined }) {
  const found = useResource('agent-settings', settings)
  const complains = useCatchUp(found, saysTheSame(told, found.error))
  if (found.error) return complains ? <Failure error={found.error} onRetry={found.reload} /> : null
  if (found.value === undefined) return null
  return (
    <>
      <StorageForm current={found.value} />
      <NoticeForm settings={found.value} />
    </>
  )
}
