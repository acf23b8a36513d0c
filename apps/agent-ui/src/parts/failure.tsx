import { type ApiError, NOT_SIGNED_IN } from '../api/client.ts'
import { type Messages, useMessages } from '../messages/index.ts'

/** Where the page knows better than the agent what to say to somebody who sits before it. */
const OWN_WORDS: Readonly<Record<string, (failures: Messages['failures']) => string>> = {
  offline: failures => failures.offline,
  [NOT_SIGNED_IN]: failures => failures.signedOut,
  session_storage_blocked: failures => failures.nothingKept,
}

/** What went wrong and what to do, with the way on where there is one. */
export function Failure({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  const { failures, app } = useMessages()
  const own = OWN_WORDS[error.code]?.(failures) ?? failures.ofCode(error.code)
  const words = own || error.message || failures.unknown
  const { authLink, rechargeLink } = error.problem ?? {}
  return (
    <div class="card tone-bad stack-tight" role="alert">
      <LongText text={words} />
      {own !== '' && error.message !== '' && !(error.code in OWN_WORDS) && (
        <div class="small" lang="en">
          <LongText text={error.message} />
        </div>
      )}
      <div class="row">
        {authLink !== undefined && isWebAddress(authLink) && (
          <a class="button button-main" href={authLink}>
            {failures.login}
          </a>
        )}
        {rechargeLink !== undefined && isWebAddress(rechargeLink) && (
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
    </div>
  )
}

/** Only such addresses become links: a `javascript:` one would run as ours. */
function isWebAddress(address: string): boolean {
  return /^https?:\/\//i.test(address)
}

const SHORT = 400

/** Text of any length: a long one is folded, so that an error of ten thousand lines does not bury the page. */
export function LongText({ text, most = SHORT }: { text: string; most?: number }) {
  const { failures } = useMessages()
  if (text.length <= most) return <p dir="auto">{text}</p>
  return (
    <>
      <p dir="auto">{text.slice(0, most)} …</p>
      <details>
        <summary>{failures.technical}</summary>
        <pre class="small" style={{ whiteSpace: 'pre-wrap', maxHeight: '20rem', overflow: 'auto' }}>
          {text}
        </pre>
      </details>
    </>
  )
}
