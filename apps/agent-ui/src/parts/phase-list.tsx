import type { JobView, PhaseView } from '@odoo-backup/protocol'
import { isFinished } from '../api/job-events.ts'
import { formatBytes, formatCount, formatDuration } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Icon } from './icon.tsx'

/** What a job went through and how long each part took; what it is in now goes on counting. */
export function PhaseList({ job }: { job: JobView }) {
  const { jobs: words, language } = useMessages()
  const { phases } = job
  if (phases.length === 0) return null
  return (
    <ol class="phases">
      {phases.map((phase, index) => {
        const isLast = index === phases.length - 1
        const isUnderWay = isLast && !isFinished(job) && job.state === 'active'
        const isBroken = isLast && job.state !== 'completed' && !isUnderWay
        return (
          <li
            key={phase.startedAt + phase.phase}
            class={isUnderWay ? 'is-now' : isBroken ? 'is-broken' : ''}
            {...(isUnderWay ? { 'aria-current': 'step' as const } : {})}
          >
            <Icon name={isUnderWay ? 'running' : isBroken ? 'bad' : 'good'} />
            <span>{words.phases[phase.phase]}</span>
            <span class="soft small">{[...did(phase)].join(' · ')}</span>
            <span class="number">{formatDuration(secondsOf(phase))}</span>
          </li>
        )
      })}
    </ol>
  )

  function* did({ bytes, files }: PhaseView) {
    if (files !== undefined) yield words.files(files, formatCount(files, language))
    if (bytes !== undefined) yield formatBytes(bytes, language)
  }
}

function secondsOf({ startedAt, finishedAt }: PhaseView): number {
  const end = finishedAt === undefined ? Date.now() : Date.parse(finishedAt)
  return (end - Date.parse(startedAt)) / 1000
}
