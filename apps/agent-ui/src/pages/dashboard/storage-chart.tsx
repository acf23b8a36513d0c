import { usage } from '../../api/calls.ts'
import { useCatchUp } from '../../api/catch-up.ts'
import { useResource } from '../../api/resource.ts'
import { dateFormat, formatBytes } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Bars } from '../../parts/bars.tsx'
import { Failure } from '../../parts/failure.tsx'

/**
 * What lay in the storage on each of the last 30 days, as far as it still does; nothing where nothing did. `isTold`: the
 * page says already that the agent does not answer.
 */
export function StorageChart({ isTold }: { isTold: boolean }) {
  const { dashboard: words, language } = useMessages()
  const days = useResource('usage', signal => usage(30, signal), 300)
  const complains = useCatchUp(days, isTold)
  if (days.value === undefined)
    return days.error && complains ? <Failure error={days.error} onRetry={days.reload} /> : null
  const date = dateFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  if (days.value.items.every(({ sizeBytes }) => sizeBytes === 0)) return null
  return (
    <div class="card stack-tight">
      <h2>{words.storage}</h2>
      <Bars
        tall
        title={words.storageHelp}
        bars={days.value.items.map(point => ({
          label: date.format(new Date(point.day)),
          value: point.sizeBytes,
          words: formatBytes(point.sizeBytes, language),
        }))}
      />
    </div>
  )
}
