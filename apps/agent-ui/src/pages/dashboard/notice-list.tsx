import type { AccountView, Notice } from '@odoo-backup/protocol'
import { useEffect, useState } from 'preact/hooks'
import type { notices } from '../../api/calls.ts'
import { useCatchUp } from '../../api/catch-up.ts'
import type { Resource } from '../../api/resource.ts'
import { formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { useRecharge } from '../../parts/recharge.ts'
import { worstFirst } from './notice-order.ts'
import { NoticeWords } from './notice-words.tsx'

const TONES: Readonly<Record<Notice['severity'], string>> = {
  error: 'edge-bad',
  warning: 'edge-warn',
  info: 'edge-good',
}

/** After a weekend without the agent each database has its notice; they must not bury the databases. */
const FEW = 5

/** Nothing is refused for want of credit then. */
const PAYING: ReadonlySet<string> = new Set(['trial', 'paid', 'grace'])

/** What the agent has to tell. One that was put away stays so until it is raised anew, on this screen alone. */
export function NoticeList(props: {
  list: Resource<Awaited<ReturnType<typeof notices>>>
  /** What the account said last, where it is known. */
  account: AccountView | undefined
  /** The page says already that the agent does not answer. */
  isTold: boolean
}) {
  const { dashboard: words } = useMessages()
  const { account, list } = props
  const { value, reload } = list
  const complains = useCatchUp(list, props.isTold)
  const [away, setAway] = useState<ReadonlySet<string>>(new Set())
  const [showsAll, setShowsAll] = useState(false)
  const [overtaken, setOvertaken] = useState<typeof value>()
  // The account knows of a payment first; what was listed before its answer is asked for anew.
  useEffect(() => {
    if (account?.credit === undefined || !PAYING.has(account.credit.state)) return
    setOvertaken(value)
    reload()
  }, [account])
  const isOver = ({ text }: Notice) =>
    value !== undefined && value === overtaken && text?.code === 'credit_lacking'
  const standing = worstFirst(value?.items ?? []).filter(
    notice => notice.clearedAt === undefined && !away.has(keyOf(notice)) && !isOver(notice),
  )
  const shown = showsAll ? standing : standing.slice(0, FEW)
  if (list.error) return complains ? <Failure error={list.error} onRetry={reload} /> : null
  if (standing.length === 0) return null
  return (
    <section class="stack" aria-labelledby="notices">
      <h2 id="notices">{words.notices}</h2>
      {shown.map(notice => (
        <NoticeCard
          key={keyOf(notice)}
          notice={notice}
          mayPay={account?.connected === true}
          onPutAway={() => setAway(new Set([...away, keyOf(notice)]))}
        />
      ))}
      {shown.length < standing.length && (
        <div>
          <button type="button" class="button" onClick={() => setShowsAll(true)}>
            {words.showAllNotices(standing.length)}
          </button>
        </div>
      )}
    </section>
  )
}

function NoticeCard(props: { notice: Notice; mayPay: boolean; onPutAway: () => void }) {
  const { dashboard: words, language } = useMessages()
  const { notice } = props
  const recharge = useRecharge()
  const isOfCredit = notice.text?.code === 'credit_lacking' || notice.text?.code === 'credit_running_out'
  return (
    <div class={`card notice ${TONES[notice.severity]}`}>
      <div class="stack-tight">
        {notice.database !== undefined && <strong dir="auto">{notice.database}</strong>}
        <NoticeWords notice={notice} />
        <p class="small soft">{formatMoment(notice.raisedAt, language)}</p>
        {recharge.error && <Failure error={recharge.error} />}
      </div>
      <div class="row">
        {isOfCredit && props.mayPay && (
          <button
            type="button"
            class="button button-main"
            aria-disabled={recharge.busy}
            onClick={() => recharge.run()}
          >
            {words.recharge}
          </button>
        )}
        <button type="button" class="button button-plain" onClick={props.onPutAway}>
          {words.putAway}
        </button>
      </div>
    </div>
  )
}

function keyOf({ id, raisedAt }: Notice): string {
  return `${id} ${raisedAt}`
}
