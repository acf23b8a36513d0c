import type { JobView } from '@odoo-backup/protocol'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { jobLog } from '../../api/calls.ts'
import { isFinished } from '../../api/job-events.ts'
import { useResource } from '../../api/resource.ts'
import { dateFormat } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Failure } from '../../parts/failure.tsx'

const EVERY_SECONDS = 2

/** What the job says of itself; asked for when it is opened. */
export function JobLogCard({ job }: { job: JobView }) {
  const { jobs: words } = useMessages()
  const [open, setOpen] = useState(job.state === 'failed')
  return (
    <details class="card" open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{words.log}</summary>
      {open && <Lines job={job} />}
    </details>
  )
}

function Lines({ job }: { job: JobView }) {
  const { jobs: words, app, language } = useMessages()
  const clock = dateFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const log = useResource(
    `${job.id} ${job.state}`,
    signal => jobLog(job.id, signal),
    isFinished(job) ? undefined : EVERY_SECONDS,
  )
  const box = useRef<HTMLElement>(null)
  const count = log.value?.lines.length ?? 0
  // What happened last is what is looked for.
  useLayoutEffect(() => {
    if (count > 0) box.current?.scrollTo(0, box.current.scrollHeight)
  }, [count])
  if (log.value === undefined)
    return log.error ? <Failure error={log.error} onRetry={log.reload} /> : <p class="soft">{app.loading}</p>
  const { lines, full } = log.value
  const text = () => lines.map(line => `${line.at} ${line.text}\n`).join('')
  if (lines.length === 0) return <p class="soft">{words.noLog}</p>
  return (
    <div class="stack-tight">
      {full && <p class="small soft">{words.logIsFull(lines.length)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section ref={box} class="log" aria-label={words.log} tabIndex={0}>
        {lines.map(line => (
          <div key={line.at + line.text}>
            <time dateTime={line.at}>{clock.format(new Date(line.at))}</time>{' '}
            <span dir="auto">{line.text}</span>
          </div>
        ))}
      </section>
      <div class="row">
        <CopyButton text={text} />
        <button type="button" class="button" onClick={() => download(`${job.id}.log`, text())}>
          {words.downloadLog}
        </button>
      </div>
    </div>
  )
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
