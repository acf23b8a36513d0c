import { type RestoreCheck, type RestoreCheckText, type RestorePlan, sentenceOf } from '@odoo-backup/protocol'
import { useId, useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { databases, planRestore, type RestoreOrder, type RestoreQuestion, restore } from '../../api/calls.ts'
import { type Resource, useResource } from '../../api/resource.ts'
import { useMessages } from '../../messages/index.ts'
import { causeOf } from '../../messages/sentence.ts'
import { ArchiveName } from '../../parts/archive-name.tsx'
import { CheckBox } from '../../parts/check-box.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { goTo, placeLink } from '../../router.ts'
import { useSettled } from '../../settled.ts'
import { CheckList } from './check-list.tsx'
import { Kinds } from './kinds.tsx'
import { Replacing } from './replacing.tsx'
import { CHECKS_HEADING, type WhyNotYet, WhyNotYetLine } from './why-not-yet.tsx'

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
  const { restore: words, restoreChecks, failures } = useMessages()
  const whyId = useId()
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
  const faults = (plan.value?.checks ?? []).filter(({ state }) => state === 'fault')
  const why = whyNotYet({ plan, looking, confirmed, faults })
  /** What is wrong with what stands in a field, as far as that was looked at. */
  const faultOf = (of: RestoreCheck['check']) => {
    const fault = looking ? undefined : faults.find(({ check }) => check === of)
    if (fault === undefined) return undefined
    const sentence = sentenceOf<RestoreCheckText>(restoreChecks, fault.text)
    return `${sentence} ${causeOf(failures, fault.text)}`.trim()
  }
  return (
    <form
      class="stack"
      onSubmit={event => {
        event.preventDefault()
        if (why === undefined) void start.run({ ...question, database, masterPassword })
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
            <a class="button" href={placeLink('restore')}>
              {words.change}
            </a>
          ) : (
            <button type="button" class="button" onClick={onOther}>
              {words.change}
            </button>
          )}
        </p>
      </div>
      <div class="card stack">
        <h2>{words.whereto}</h2>
        <Field
          label={words.target}
          help={words.targetHelp}
          // Of a name that is taken the box below tells.
          error={taken ? undefined : faultOf('name')}
        >
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
            error={faultOf('password')}
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
            aria-disabled={why !== undefined || start.busy}
            aria-describedby={whyId}
          >
            {wishes.replace && taken ? words.startReplacing : words.start}
          </button>
          <WhyNotYetLine id={whyId} why={why} />
        </div>
      </div>
    </form>
  )
}

function whyNotYet(of: {
  plan: Resource<RestorePlan>
  looking: boolean
  confirmed: boolean
  faults: readonly RestoreCheck[]
}): WhyNotYet | undefined {
  if (of.looking) return { code: 'looking' }
  if (of.plan.error !== undefined || of.plan.value === undefined) return { code: 'not_looked' }
  if (!of.plan.value.ready) return { code: 'faults', checks: of.faults.map(({ check }) => check) }
  return of.confirmed ? undefined : { code: 'name_not_typed' }
}

const TONES = {
  looking: '',
  clear: 'tone-good',
  warned: 'tone-warn',
  faulty: 'tone-bad',
  not_looked: 'tone-bad',
} as const
const ICONS = { looking: 'running', clear: 'good', warned: 'warn', faulty: 'bad', not_looked: 'bad' } as const

function verdictOf({ value, error }: Resource<RestorePlan>): keyof typeof TONES {
  if (error !== undefined || value === undefined) return 'not_looked'
  if (!value.ready) return 'faulty'
  return value.checks.some(({ state }) => state === 'warning') ? 'warned' : 'clear'
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
  const verdict = looking ? 'looking' : verdictOf(plan)
  return (
    <div class="card stack" aria-busy={looking}>
      <h2 id={CHECKS_HEADING} tabIndex={-1}>
        {words.checksTitle}
      </h2>
      <p role="status" class={`card check ${TONES[verdict]}`}>
        <Icon name={ICONS[verdict]} />
        <span>{words.verdicts[verdict]}</span>
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
