import type { DatabaseView } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { startBackup } from '../../api/calls.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { WithCommands } from '../../parts/with-commands.tsx'
import { goTo } from '../../router.ts'

/** In the place of a list without backups: that there are none, and the button that makes the first one. */
export function NoneYet(props: {
  /** Absent where nobody knows them yet. */
  databases: readonly DatabaseView[] | undefined
  wanted: string | undefined
  mayStart: boolean
}) {
  const { backups: words, dashboard, setup } = useMessages()
  const { databases = [], wanted, mayStart } = props
  const [chosen, setChosen] = useState(wanted)
  const database = databases.find(({ name }) => name === chosen) ?? databases[0]
  const start = useAction(async (name: string) => goTo('jobs', (await startBackup(name)).id))
  return (
    <div class="card stack">
      <p>{words.noneYet}</p>
      {props.databases?.length === 0 && (
        <p class="soft">
          <WithCommands text={setup.noDatabases} />
        </p>
      )}
      {mayStart && database !== undefined && (
        <div class="row row-fields row-end">
          {databases.length > 1 && (
            <Field label={words.database}>
              <select value={database.name} onChange={event => setChosen(event.currentTarget.value)}>
                {databases.map(({ name }) => (
                  <option key={name} value={name} dir="auto">
                    {name}
                  </option>
                ))}
              </select>
            </Field>
          )}
          <button
            type="button"
            class="button button-main"
            aria-disabled={start.busy}
            onClick={() => start.run(database.name)}
          >
            {dashboard.backUpNow}
          </button>
        </div>
      )}
      {start.error && <Failure error={start.error} />}
    </div>
  )
}
