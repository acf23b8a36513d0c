import { databaseSettings } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { placeLink } from '../router.ts'
import { DatabaseForm } from './settings/database-form.tsx'
import { NoticeForm } from './settings/notice-form.tsx'
import { StorageForm } from './settings/storage-form.tsx'
import { TokenList } from './settings/token-list.tsx'

/** Everything that can be set: a database at a time, and the agent as a whole. */
export function SettingsPage({ database }: { database: string | undefined }) {
  const { settings: words, app } = useMessages()
  const all = useResource('settings', databaseSettings)
  const chosen = all.value?.items.find(item => item.database === database)
  return (
    <section class="stack">
      <h1>{words.title}</h1>
      {all.error && <Failure error={all.error} onRetry={all.reload} />}
      {chosen !== undefined ? (
        <>
          <p>
            <a href={placeLink('settings')}>{app.back}</a>
          </p>
          <DatabaseForm key={chosen.database} settings={chosen} onSaved={all.reload} />
        </>
      ) : (
        <>
          <div class="card stack">
            <h2>{words.databases}</h2>
            <ul class="stack-tight" style={{ margin: 0, paddingInlineStart: '1.2rem' }}>
              {all.value?.items.map(item => (
                <li key={item.database}>
                  <a href={placeLink('settings', item.database)}>
                    <bdi>{item.database}</bdi>
                  </a>
                </li>
              ))}
            </ul>
          </div>
          <StorageForm />
          <NoticeForm />
          <TokenList />
        </>
      )}
    </section>
  )
}
