import type { DatabaseName } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeDatabaseSettings, databaseSettings, databases } from '../../api/calls.ts'
import { ApiError } from '../../api/client.ts'
import { useResource } from '../../api/resource.ts'
import { formatBytes } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { WithCommands } from '../../parts/with-commands.tsx'

export interface ChosenDatabases {
  readonly all: readonly DatabaseName[]
  /** Those of them that no schedule backs up yet. */
  readonly unplanned: readonly DatabaseName[]
}

/**
 * Which databases are backed up: all of Odoo's, unless some are left out, which is noted so that nobody is warned of
 * them. Those that have a schedule keep it.
 */
export function ChooseDatabases({ onDone }: { onDone: (chosen: ChosenDatabases) => void }) {
  const { setup: words, app, language } = useMessages()
  const known = useResource('databases', async signal => {
    const [found, settings] = await Promise.all([databases(signal), databaseSettings(signal)])
    const planned = settings.items.filter(item => item.schedules.length > 0).map(item => item.database)
    return { found: found.items, planned: new Set<string>(planned) }
  })
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const leave = useAction(async () => {
    if (known.value === undefined) return
    const { found, planned } = known.value
    const names = found.map(({ name }) => name)
    for (const name of names) {
      if (left.has(name) && !planned.has(name)) await leaveOut(name)
    }
    const all = names.filter(name => !left.has(name))
    onDone({ all, unplanned: all.filter(name => !planned.has(name)) })
  })
  if (known.error) return <Failure error={known.error} onRetry={known.reload} />
  if (known.value === undefined) return <p class="soft">{app.loading}</p>
  const { found, planned } = known.value
  return (
    <form
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        void leave.run()
      }}
    >
      <p>{found.length === 0 ? <WithCommands text={words.noDatabases} /> : words.databasesIntro}</p>
      {found.map(item => (
        <label key={item.name} class="choice">
          <input
            type="checkbox"
            checked={!left.has(item.name)}
            onChange={event => {
              const next = new Set(left)
              if (event.currentTarget.checked) next.delete(item.name)
              else next.add(item.name)
              setLeft(next)
            }}
          />
          <span>
            <bdi>{item.name}</bdi>
            <br />
            <span class="small soft">
              {formatBytes(item.sizeBytes, language)}
              {item.odooVersion === undefined ? '' : ` · Odoo ${item.odooVersion}`}
              {planned.has(item.name) ? ` · ${words.planned}` : ''}
            </span>
          </span>
        </label>
      ))}
      {[...left].some(name => !planned.has(name)) && <p class="card tone-warn">{words.leftOut}</p>}
      {leave.error && <Failure error={leave.error} />}
      <div class="row">
        {found.length === 0 && (
          <button type="button" class="button" onClick={known.reload}>
            {app.retry}
          </button>
        )}
        <button
          class="button button-main"
          type="submit"
          aria-disabled={leave.busy}
          disabled={left.size >= found.length}
        >
          {app.next}
        </button>
      </div>
    </form>
  )
}

/** One that was dropped meanwhile needs no leaving out. */
async function leaveOut(name: DatabaseName): Promise<void> {
  await changeDatabaseSettings(name, { enabled: false, drills: [] }).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 'database_unknown')) throw error
  })
}
