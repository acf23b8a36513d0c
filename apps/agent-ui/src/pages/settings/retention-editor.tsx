import type { RetentionLimit, RetentionSettings } from '@odoo-backup/protocol'
import { useMessages } from '../../messages/index.ts'
import { Field } from '../../parts/field.tsx'

const FRAMES = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

/** How many backups of each frame stay, and how many of the newest in any case. */
export function RetentionEditor(props: {
  retention: RetentionSettings
  onChange: (retention: RetentionSettings) => void
}) {
  const { settings: words } = useMessages()
  const { retention, onChange } = props
  return (
    <>
      <p class="small soft">{words.retentionHelp}</p>
      <div class="limits">
        {FRAMES.map(frame => (
          <LimitField
            key={frame}
            label={words[frame]}
            unit={count => words.units[frame](count)}
            limit={retention[frame]}
            onChange={limit => onChange({ ...retention, [frame]: limit })}
          />
        ))}
        <Field
          label={words.keepAtLeast}
          help={words.keepAtLeastHelp}
          unit={words.units.keepAtLeast(retention.keepAtLeast)}
        >
          <input
            type="number"
            min={0}
            max={1_000_000}
            value={retention.keepAtLeast}
            onInput={event =>
              onChange({ ...retention, keepAtLeast: wholeFrom(event.currentTarget.valueAsNumber) })
            }
          />
        </Field>
      </div>
    </>
  )
}

function LimitField(props: {
  label: string
  unit: (count: number) => string
  limit: RetentionLimit
  onChange: (limit: RetentionLimit) => void
}) {
  const { settings: words } = useMessages()
  const { label, limit } = props
  return (
    <div class="limit">
      <Field label={label} unit={props.unit(typeof limit === 'number' ? limit : 0)}>
        <input
          type="number"
          min={0}
          max={1_000_000}
          disabled={limit === 'all'}
          value={limit === 'all' ? '' : limit === 'off' ? 0 : limit}
          onInput={event => {
            const count = wholeFrom(event.currentTarget.valueAsNumber)
            props.onChange(count === 0 ? 'off' : count)
          }}
        />
      </Field>
      <label class="choice">
        <input
          type="checkbox"
          checked={limit === 'all'}
          aria-label={`${label}: ${words.allOfThem}`}
          onChange={event => props.onChange(event.currentTarget.checked ? 'all' : 'off')}
        />
        <span aria-hidden="true">{words.allOfThem}</span>
      </label>
    </div>
  )
}

function wholeFrom(typed: number): number {
  return typed >= 1 ? Math.min(Math.floor(typed), 1_000_000) : 0
}
