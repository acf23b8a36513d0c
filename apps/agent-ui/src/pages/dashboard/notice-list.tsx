import type { Notice } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { notices } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { NoticeWords } from './notice-words.tsx'

const TONES: Readonly<Record<Notice['severity'], string>> = {
  error: 'edge-bad',
  warning: 'edge-warn',
  info: 'edge-good',
}

/** What the agent has to tell. One that was put away stays so until it is raised anew, on this screen alone. */
export function NoticeList() {
  const { dashboard: words, language } = useMessages()
  const list = useResource('notices', notices, 20)
  const [away, setAway] = useState<ReadonlySet<string>>(new Set())
  const standing = (list.value?.items ?? []).filter(
    notice => notice.clearedAt === undefined && !away.has(keyOf(notice)),
  )
  if (list.error) return <Failure error={list.error} onRetry={list.reload} />
  if (standing.length === 0) return null
  return (
    <section class="stack" aria-labelledby="notices">
      <h2 id="notices">{words.notices}</h2>
      {standing.map(notice => (
        <div key={keyOf(notice)} class={`card notice ${TONES[notice.severity]}`}>
          <div class="stack-tight">
            {notice.database !== undefined && <strong dir="auto">{notice.database}</strong>}
            <NoticeWords notice={notice} />
            <p class="small soft">{formatMoment(notice.raisedAt, language)}</p>
          </div>
          <button
            type="button"
            class="button button-plain"
            onClick={() => setAway(new Set([...away, keyOf(notice)]))}
          >
            {words.putAway}
          </button>
        </div>
      ))}
    </section>
  )
}

function keyOf({ id, raisedAt }: Notice): string {
  return `${id} ${raisedAt}`
}
