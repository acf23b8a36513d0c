import type { RestorePlan } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { databases, planRestore, type RestoreOrder, type RestoreQuestion, restore } from '../../api/calls.ts'
import { type Resource, useResource } from '../../api/resource.ts'
import { useMessages } from '../../messages/index.ts'
import { ArchiveName } from '../../parts/archive-name.tsx'
import { CheckBox } from '../../parts/check-box.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { goTo, placeLink } from '../../router.ts'
import { useSettled } from '../../settled.ts'
import { CheckList } from './check-list.tsx'
import { Kinds } from './kinds.tsx'
import { Replacing } from './replacing.tsx'

export interface Chosen {
  readonly source: RestoreOrder['source']
  readonly title: string
  readonly detail: string
}

/** What somebody chose; what is absent is left to the agent. */
export interface Wishes {
  readonly database?: string
  readonly copy?: boolean
  readonly neutralise?: boolean
  readonly replace?: boolean
  readonly trustCode?: boolean
  readonly keepSchedules?: boolean
  readonly encryptionPassword?: string
}

/** What was said of one database holds for no other, and for none that is not to be replaced any more. */
const NOT_REPLACED: Wishes = { replace: false, keepSchedules: false }
const NEW_NAME = '[a-zA-Z0-9][a-zA-Z0-9_.\\-]+'

/** Whereto and as what. The agent looks at each change of the form and says what it would do and what forbids it. */
export function GuidedRestore({ chosen, onOther }: { chosen: Chosen; onOther?: () => void }) {
  const { restore: words } = useMessages()
  const [wishes, setWishes] = useState<Wishes>({})
  const [confirmation, setConfirmation] = useState('')
  const [masterPassword, setMasterPassword] = useState('')
  const put = (change: Wishes) => setWishes({ ...wishes, ...change })
  const question: RestoreQuestion = { source: chosen.source, ...withoutEmpty(wishes) }
  const key = JSON.stringify(question)
  const settled = useSettled(key)
  const plan = useResource(settled, signal => planRestore(question, signal))
  const present = useResource('databases', databases)
  const start = useAction(async (order: RestoreOrder) => goTo('jobs', (await restore(order)).id))

  const database = wishes.database ?? plan.value?.database ?? ''
  const taken = present.value?.items.some(({ name }) => name === database) === true
  const looking = plan.loading || settled !== key
  const confirmed = wishes.replace !== true || !taken || confirmation === database
  const ready = plan.value?.ready === true && !looking && plan.error === undefined && confirmed
  return (
    <form
      class="stack"
      onSubmit={event => {
        event.preventDefault()
        if (ready) void start.run({ ...question, database, masterPassword })
      }}
    >
      <div class="card stack-tight">
        <h2>{words.chosen}</h2>
        <p dir="auto">{chosen.title}</p>
        <p class="soft small" dir="auto">
          {chosen.source.kind === 'stored' && (
            <>
              <ArchiveName name={chosen.source.backup} /> ·{' '}
            </>
          )}
          {chosen.detail}
        </p>
        <p>
          {onOther === undefined ? (
            <a href={placeLink('restore')}>{words.change}</a>
          ) : (
            <button type="button" class="button" onClick={onOther}>
              {words.change}
            </button>
          )}
        </p>
      </div>
      <div class="card stack">
        <h2>{words.whereto}</h2>
        <Field label={words.target} help={words.targetHelp}>
          <input
            required
            pattern={NEW_NAME}
            maxLength={63}
            autocomplete="off"
            spellcheck={false}
            value={database}
            // The proposal does not come into a field that somebody is in.
            onFocus={() => {
              if (plan.value === undefined && wishes.database === undefined) put({ database: '' })
            }}
            onBlur={() => {
              if (wishes.database === '') setWishes(withoutDatabase)
            }}
            onInput={event => put({ database: event.currentTarget.value, ...NOT_REPLACED })}
          />
        </Field>
        {taken && (
          <Replacing
            database={database}
            replace={wishes.replace === true}
            keepSchedules={wishes.keepSchedules === true}
            confirmation={confirmation}
            onReplace={replace => put({ ...NOT_REPLACED, replace })}
            onKeepSchedules={keepSchedules => put({ keepSchedules })}
            onConfirmation={setConfirmation}
          />
        )}
        {plan.value?.encrypted && (
          <Field
            label={words.password}
            // Of a file the agent does not know whose it is.
            help={chosen.source.kind === 'stored' ? words.passwordHelp : undefined}
          >
            <input
              type="password"
              autocomplete="off"
              value={wishes.encryptionPassword ?? ''}
              onInput={event => put({ encryptionPassword: event.currentTarget.value })}
            />
          </Field>
        )}
        {plan.value !== undefined && <Kinds plan={plan.value} wishes={wishes} onChange={put} />}
      </div>
      <Checks plan={plan} looking={looking} wishes={wishes} onChange={put} />
      <div class="card stack">
        <Field label={words.masterPassword} help={words.masterPasswordHelp}>
          <input
            type="password"
            required
            autocomplete="current-password"
            value={masterPassword}
            onInput={event => setMasterPassword(event.currentTarget.value)}
          />
        </Field>
        {start.error && <Failure error={start.error} />}
        <div class="row">
          <button
            class={`button ${wishes.replace ? 'button-danger' : 'button-main'}`}
            type="submit"
            aria-disabled={!ready || start.busy}
          >
            {wishes.replace && taken ? words.startReplacing : words.start}
          </button>
          {!confirmed && <span class="soft">{words.typeFirst}</span>}
        </div>
      </div>
    </form>
  )
}

function Checks(props: {
  plan: Resource<RestorePlan>
  looking: boolean
  wishes: Wishes
  onChange: (change: Wishes) => void
}) {
  const { restore: words } = useMessages()
  const { plan, looking, wishes } = props
  const asksForTrust =
    wishes.trustCode === true ||
    plan.value?.checks.some(({ check, state }) => check === 'code' && state === 'fault') === true
  const isWarned = plan.value?.checks.some(({ state }) => state === 'warning') === true
  const clear = isWarned ? words.allClearButWarned : words.allClear
  return (
    <div class="card stack" aria-busy={looking}>
      <h2>{words.checksTitle}</h2>
      <p role="status" class="small soft">
        {looking ? words.looking : plan.value?.ready ? clear : words.notReady}
      </p>
      {plan.error && <Failure error={plan.error} onRetry={plan.reload} />}
      {plan.value !== undefined && (
        <div class={looking ? 'former' : ''}>
          <CheckList plan={plan.value} />
        </div>
      )}
      {asksForTrust && (
        <CheckBox
          label={words.trustCode}
          help={words.trustCodeHelp}
          checked={wishes.trustCode === true}
          onChange={checked => props.onChange({ trustCode: checked })}
        />
      )}
    </div>
  )
}

function withoutDatabase({ database: _, ...wishes }: Wishes): Wishes {
  return wishes
}

/** An emptied field is no wish. */
function withoutEmpty(wishes: Wishes): Wishes {
  const { database, encryptionPassword, replace, trustCode, keepSchedules, ...choices } = wishes
  return {
    ...choices,
    ...(database ? { database } : {}),
    ...(encryptionPassword ? { encryptionPassword } : {}),
    ...(replace ? { replace } : {}),
    ...(replace && keepSchedules ? { keepSchedules } : {}),
    ...(trustCode ? { trustCode } : {}),
  }
}
