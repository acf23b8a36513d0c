import type { JobView } from '@odoo-backup/protocol'
import { useAction } from '../../api/action.ts'
import { tryAgain, type Who } from '../../api/calls.ts'
import { formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'

/** When a job whose last try failed goes on by itself, and how it does so at once: far from where it is cancelled. */
export function NextTry(props: {
  job: JobView
  who: Who
  /** Nothing else has to be done before. */
  isAtHand: boolean
  /** The button has done its work and goes. */
  onTried: () => void
}) {
  const { jobs: words, language } = useMessages()
  const { id, triesAgainAt } = props.job
  const now = useAction(async () => {
    await tryAgain(id)
    props.onTried()
  })
  return (
    <div class="stack-tight">
      <p>
        {triesAgainAt === undefined
          ? words.triesInTurn
          : words.triesAgain(formatMoment(triesAgainAt, language))}
      </p>
      {triesAgainAt !== undefined && props.who.role !== 'look' && (
        <div class="row">
          <button
            type="button"
            class={`button ${props.isAtHand ? 'button-main' : ''}`}
            aria-disabled={now.busy}
            onClick={() => now.run()}
          >
            {words.tryNow}
          </button>
        </div>
      )}
      {now.error && <Failure error={now.error} />}
    </div>
  )
}
