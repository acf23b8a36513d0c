import type { Schedule } from '@odoo-backup/protocol'
import { useMemo } from 'preact/hooks'
import { previewSchedules } from '../../api/calls.ts'
import { type Resource, useResource } from '../../api/resource.ts'
import { formatMoment, timeZoneName } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { FailureWords } from '../../parts/failure.tsx'
import { type FaultAt, useFaultAt } from '../../parts/field-faults.ts'
import { useSettled } from '../../settled.ts'

export interface Upcoming {
  readonly found: Resource<{ readonly nextRuns: readonly string[] }>
  /** What is wrong with a schedule as it stands in the form, such as `0` or `0.at`: to be said at its field. */
  readonly faultAt: FaultAt
}

/** When the schedules as they stand in the form would run; asked for when the typing pauses. */
export function useUpcoming(schedules: readonly Schedule[]): Upcoming {
  const key = JSON.stringify(schedules)
  const wanted = useSettled(useMemo(() => schedules, [key]))
  const found = useResource(JSON.stringify(wanted), async signal =>
    wanted.length === 0 ? { nextRuns: [] } : previewSchedules(wanted, signal),
  )
  const faultAt = useFaultAt(found.error)
  return { found, faultAt: path => faultAt(`schedules.${path}`) }
}

/** The next runs, or why they could not be worked out, other than for what is said at a field. */
export function NextRuns({ upcoming: { found } }: { upcoming: Upcoming }) {
  const { settings: words, language } = useMessages()
  if (found.error?.problem?.fields !== undefined) return null
  if (found.error)
    return (
      <div class="small field-error" role="alert">
        <FailureWords failure={found.error} />
      </div>
    )
  if (found.value === undefined || found.value.nextRuns.length === 0) return null
  const { nextRuns } = found.value
  return (
    <div class="small soft" role="status">
      {words.nextRuns(timeZoneName(language))}:
      <ul class="next-runs">
        {nextRuns.map(run => (
          <li key={run} class="whole">
            {formatMoment(run, language)}
          </li>
        ))}
      </ul>
    </div>
  )
}
