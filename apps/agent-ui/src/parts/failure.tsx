import type { FailureView } from '@odoo-backup/protocol'
import { type ApiError, NOT_SIGNED_IN } from '../api/client.ts'
import { type Messages, useMessages } from '../messages/index.ts'
import { beginningOf } from '../messages/sentence.ts'
import { placeLink } from '../router.ts'
import { WithCommands } from './with-commands.tsx'

/** Where the page knows better than the agent what to say to somebody who sits before it. */
const OWN_WORDS: Readonly<Record<string, (failures: Messages['failures']) => string>> = {
  offline: failures => failures.offline,
  outcome_unknown: failures => failures.outcomeUnknown,
  [NOT_SIGNED_IN]: failures => failures.signedOut,
  session_storage_blocked: failures => failures.nothingKept,
  // Its words are those of a service that somebody else runs.
  internal_error: failures => failures.unknown,
}

/** What went wrong and what to do, with the way on where there is one. */
export function Failure({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  const { failures, app, jobs } = useMessages()
  // What is wrong with a field stands beside it; the agent's own sentence names members of its API.
  const isOfFields = (error.problem?.fields ?? []).length > 0
  const ofPage = OWN_WORDS[error.code]?.(failures) ?? (isOfFields ? failures.inForm : undefined)
  const { authLink, rechargeLink } = error.problem ?? {}
  // The agent gives this link only to those who may connect it; the set-up brings them back, the bare link would not.
  const asksForStorage = error.code === 'login_required' && authLink !== undefined
  const leads = !asksForStorage && authLink !== undefined && isWebAddress(authLink)
  const pays = rechargeLink !== undefined && isWebAddress(rechargeLink)
  return (
    <div class="card tone-bad stack-tight" role="alert">
      {ofPage === undefined ? <FailureWords failure={error} /> : <LongText text={ofPage} />}
      {isOfFields && (
        <details>
          <summary>{failures.technical}</summary>
          <p class="small" lang="en">
            {error.message}
          </p>
        </details>
      )}
      {(leads || pays || asksForStorage || onRetry !== undefined) && (
        <div class="row">
          {leads && (
            <a class="button button-main" href={authLink}>
              {failures.login}
            </a>
          )}
          {asksForStorage && (
            <a class="button button-main" href={placeLink('setup')}>
              {jobs.connectStorage}
            </a>
          )}
          {pays && (
            <a class="button button-main" href={rechargeLink} target="_blank" rel="noreferrer">
              {failures.recharge}
            </a>
          )}
          {onRetry !== undefined && (
            <button type="button" class="button" onClick={onRetry}>
              {app.retry}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

/** A failure in the reader's language as far as its code is known, and the agent's own words. */
export function FailureWords({ failure, most = SHORT }: { failure: FailureView; most?: number }) {
  const { failures } = useMessages()
  const { code, message } = failure
  const own = failures.ofCode(code)
  if (own === '') return <LongText text={message || failures.unknown} most={most} />
  return <Words own={own} others={failures.saysAll(code) ? '' : message} most={most} />
}

/** What the page says, and below it what others said of it, mostly in English, of which `most` is shown at once. */
export function Words({
  own,
  others = '',
  most = SHORT,
}: {
  own: string
  others?: string | undefined
  most?: number
}) {
  return (
    <>
      <LongText text={own} most={WHOLE} />
      {others !== '' && (
        <div class="small" lang="en">
          <LongText text={others} most={most} />
        </div>
      )}
    </>
  )
}

/** Only such addresses become links: a `javascript:` one would run as ours. */
function isWebAddress(address: string): boolean {
  return /^https?:\/\//i.test(address)
}

const SHORT = 400
/** Sentences of the page itself are read to their end; only names in them may be without one. */
const WHOLE = 1000

/** Text of any length: a long one is folded, so that an error of ten thousand lines does not bury the page. */
export function LongText({ text, most = SHORT }: { text: string; most?: number }) {
  const { failures } = useMessages()
  if (text.length <= most)
    return (
      <p dir="auto">
        <WithCommands text={text} />
      </p>
    )
  return (
    <>
      <p dir="auto">{beginningOf(text, most)} …</p>
      <details>
        <summary>{failures.technical}</summary>
        <pre class="small" style={{ whiteSpace: 'pre-wrap', maxHeight: '20rem', overflow: 'auto' }}>
          {text}
        </pre>
      </details>
    </>
  )
}
