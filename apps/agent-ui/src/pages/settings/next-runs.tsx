import type { Schedule } from '@odoo-backup/protocol'
import { previewSchedules } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { formatMoment, timeZoneName } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { FailureWords } from '../../parts/failure.tsx'
import { useSettled } from '../../settled.ts'

/** When the schedules as they stand in the form would run; what is wrong with them is said in their place. */
export function NextRuns({ schedules }: { schedules: readonly Schedule[] }) {
  const { settings: words, language } = useMessages()
  const wanted = useSettled(schedules)
  const preview = useResource(JSON.stringify(wanted), signal => previewSchedules(wanted, signal))
  if (preview.error)
    return (
      <div class="small field-error" role="alert">
        <FailureWords failure={preview.error} />
      </div>
    )
  if (preview.value === undefined || preview.value.nextRuns.length === 0) return null
  const { nextRuns } = preview.value
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
