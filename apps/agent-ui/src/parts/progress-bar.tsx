import type { Progress } from '@odoo-backup/protocol'
import { formatBytes, formatCount, formatDuration, wholePercent } from '../format.ts'
import { useMessages } from '../messages/index.ts'

/** How far a job is: the phase, a bar where the end is known, bytes, rate, files and time left. */
export function ProgressBar({ progress }: { progress: Progress }) {
  const messages = useMessages()
  const { jobs, language } = messages
  const number = (count: number) => formatCount(count, language)
  const facts = [
    progress.totalBytes === undefined
      ? progress.doneBytes === 0
        ? ''
        : formatBytes(progress.doneBytes, language)
      : `${formatBytes(progress.doneBytes, language)} / ${formatBytes(progress.totalBytes, language)}`,
    progress.bytesPerSecond === undefined ? '' : jobs.rate(formatBytes(progress.bytesPerSecond, language)),
    progress.filesDone === undefined || progress.filesTotal === undefined
      ? ''
      : jobs.filesOf(number(progress.filesDone), number(progress.filesTotal)),
    progress.secondsLeft === undefined ? '' : jobs.timeLeft(formatDuration(progress.secondsLeft)),
  ]
  const known = facts.filter(fact => fact !== '')
  const percent = progress.percent === undefined ? undefined : wholePercent(progress.percent)
  return (
    <div class="stack-tight">
      <div class="row row-spread">
        <span>{jobs.phases[progress.phase]}</span>
        <span class="number">{percent === undefined ? '' : `${percent}\u00a0%`}</span>
      </div>
      <div
        class="progress-bar"
        role="progressbar"
        aria-label={jobs.phases[progress.phase]}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === undefined ? {} : { 'aria-valuenow': percent })}
      >
        <span style={{ width: `${percent ?? 0}%` }} />
      </div>
      <p class="small soft number">
        {known.map((fact, index) => (
          <>
            {index > 0 && ' '}
            <span class="whole">
              {fact}
              {index < known.length - 1 && ' ·'}
            </span>
          </>
        ))}
      </p>
    </div>
  )
}
