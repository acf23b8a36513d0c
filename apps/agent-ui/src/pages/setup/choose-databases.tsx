import { useState } from 'preact/hooks'
import { databases } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { formatBytes } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'

/** Which databases are backed up: all of Odoo's, unless some are left out. */
export function ChooseDatabases({ onDone }: { onDone: (names: readonly string[]) => void }) {
  const { setup: words, app, language } = useMessages()
  const known = useResource('databases', databases)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  if (known.error) return <Failure error={known.error} onRetry={known.reload} />
  if (known.value === undefined) return <p class="soft">{app.loading}</p>
  const chosen = known.value.items.map(({ name }) => name).filter(name => !left.has(name))
  return (
    <form
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        onDone(chosen)
      }}
    >
      {known.value.items.length === 0 && <p>{words.noDatabases}</p>}
      {known.value.items.map(item => (
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
            </span>
          </span>
        </label>
      ))}
      <div>
        <button class="button button-main" type="submit" disabled={chosen.length === 0}>
          {app.next}
        </button>
      </div>
    </form>
  )
}
