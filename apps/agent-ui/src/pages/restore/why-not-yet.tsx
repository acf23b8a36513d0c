import type { RestoreCheck } from '@odoo-backup/protocol'
import { type Messages, useMessages } from '../../messages/index.ts'

/** The heading of the checks, to which it leads from the button. */
export const CHECKS_HEADING = 'restore-checks'

/** Why the button does not begin a restore, said beside it: what it says is far from there on a phone. */
export type WhyNotYet =
  | { readonly code: 'looking' | 'not_looked' | 'name_not_typed' }
  | { readonly code: 'faults'; readonly checks: readonly RestoreCheck['check'][] }

/** @param id by which the button is described */
export function WhyNotYetLine({ id, why }: { id: string; why: WhyNotYet | undefined }) {
  const { restore: words } = useMessages()
  const isFault = why?.code === 'faults' || why?.code === 'not_looked'
  return (
    <>
      <span id={id} class={isFault ? 'field-error' : 'soft'}>
        {why !== undefined && sentence(words, why)}
      </span>
      {isFault && (
        <button
          type="button"
          class="button button-plain"
          onClick={() => document.getElementById(CHECKS_HEADING)?.focus()}
        >
          {words.toChecks}
        </button>
      )}
    </>
  )
}

function sentence(words: Messages['restore'], why: WhyNotYet): string {
  switch (why.code) {
    case 'looking':
      return words.verdicts.looking
    case 'not_looked':
      return words.notLooked
    case 'name_not_typed':
      return words.typeFirst
    case 'faults':
      return words.notReadyFor([...new Set(why.checks)].map(check => words.checks[check]))
  }
}
