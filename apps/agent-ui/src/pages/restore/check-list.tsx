import {
  othersWords,
  type RestoreCheck,
  type RestoreCheckText,
  type RestorePlan,
  sentenceOf,
} from '@odoo-backup/protocol'
import { formatBytes } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { causeOf } from '../../messages/sentence.ts'
import { Icon } from '../../parts/icon.tsx'
import { WithLongNames } from '../../parts/with-commands.tsx'

const ICONS = { ok: 'good', warning: 'warn', fault: 'bad' } as const

/** What was looked at before anything is begun, what speaks against it first. */
export function CheckList({ plan }: { plan: RestorePlan }) {
  const { restore: words, restoreChecks, failures, language } = useMessages()
  const rank = (check: RestoreCheck) => ['fault', 'warning', 'ok'].indexOf(check.state)
  const bytes = (plan.dumpBytes ?? 0) + (plan.filesBytes ?? 0)
  const facts = [
    plan.original === undefined ? '' : words.of(plan.original),
    plan.odooVersion === undefined ? '' : `Odoo ${plan.odooVersion}`,
    plan.postgresVersion === undefined ? '' : `PostgreSQL ${plan.postgresVersion}`,
    bytes === 0 ? '' : words.unpacked(formatBytes(bytes, language)),
  ]
  return (
    <div class="stack">
      <p class="small soft" dir="auto">
        {facts.filter(fact => fact !== '').join(' · ')}
      </p>
      <ul class="plain-list">
        {plan.checks
          .toSorted((one, other) => rank(one) - rank(other))
          .map(({ check, state, message, text }) => (
            <li key={`${check} ${message}`} class={`check check-${state}`}>
              <Icon name={ICONS[state]} />
              <span class="lines">
                <span>
                  <strong>{words.checks[check]}</strong>
                  <span class="visually-hidden">: {words.checkStates[state]}</span>
                </span>
                <span dir="auto">
                  <WithLongNames text={sentenceOf<RestoreCheckText>(restoreChecks, text)} />{' '}
                  {causeOf(failures, text)}
                </span>
                <Others words={othersWords(text)} />
              </span>
            </li>
          ))}
      </ul>
    </div>
  )
}

/** The agent's own words, which are English. */
function Others({ words }: { words: string | undefined }) {
  if (words === undefined) return null
  return (
    <span class="small" dir="auto" lang="en">
      {words}
    </span>
  )
}
