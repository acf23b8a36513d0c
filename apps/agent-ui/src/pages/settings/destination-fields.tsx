import type { DatabaseSettings } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { tryDestination } from '../../api/calls.ts'
import type { ApiError } from '../../api/client.ts'
import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
import { Failure } from '../../parts/failure.tsx'
import { useFaultAt } from '../../parts/field-faults.ts'
import { InSight } from '../../parts/in-sight.tsx'
import { type DestinationDraft, movesTo, NO_PLACE } from './database-draft.ts'
import { destinationChangeOf } from './storage-draft.ts'
import { StorageFields } from './storage-fields.tsx'

/** Where the backups of one database go: with those of all, or to a place of its own, which can be tried. */
export function DestinationFields(props: {
  base: DatabaseSettings
  draft: DestinationDraft
  /** What was wrong with it when it was to be saved. */
  error: ApiError | undefined
  onChange: (draft: DestinationDraft) => void
}) {
  const { settings: words, storage } = useMessages()
  const { base, draft } = props
  const [tried, setTried] = useState(false)
  const put = (change: Partial<DestinationDraft>) => {
    setTried(false)
    props.onChange({ ...draft, ...change })
  }
  const attempt = useAction(async () => {
    setTried(false)
    await tryDestination(base.database, destinationChangeOf(draft.place))
    setTried(true)
  })
  const faultAt = useFaultAt(props.error ?? attempt.error)
  const { kind } = draft.place
  const moves = movesTo(base, draft)
  return (
    <fieldset class="stack">
      <legend>{words.destination}</legend>
      <CheckBox
        label={words.apart}
        help={words.apartHelp}
        checked={draft.apart}
        onChange={checked => put({ apart: checked })}
      />
      {draft.apart && (
        <StorageFields
          current={base.destination ?? NO_PLACE}
          draft={draft.place}
          anew={moves}
          faultAt={name => faultAt(`destination.${name}`)}
          onChange={place => put({ place })}
        />
      )}
      {draft.apart && kind === 'broker' && <p class="small soft">{words.apartBroker}</p>}
      {moves && <p class="card tone-warn">{words.apartMoves}</p>}
      {attempt.error && (
        <InSight>
          <Failure error={attempt.error} />
        </InSight>
      )}
      {draft.apart && kind !== 'broker' && moves && (
        <div class="row">
          <button
            type="button"
            class="button"
            aria-disabled={attempt.busy}
            onClick={event => {
              if (!attempt.busy && event.currentTarget.form?.reportValidity()) void attempt.run()
            }}
          >
            {storage.test}
          </button>
          <span role="status">{attempt.busy ? storage.trying : tried ? storage.testOk[kind] : ''}</span>
        </div>
      )}
    </fieldset>
  )
}
