import { usage } from '../../api/calls.ts'
import { useCatchUp } from '../../api/catch-up.ts'
import { useResource } from '../../api/resource.ts'
import { dateFormat, formatBytes } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Bars } from '../../parts/bars.tsx'
import { Failure } from '../../parts/failure.tsx'

const DAYS = 30

/**
 * What lay in the storage on each of the last 30 days, as far as it still does; nothing where nothing did. What stands
 * below keeps its place when the answer comes. `isTold`: the page says already that the agent does not answer.
 */
export function StorageChart(props: {
  /** What lies there now, of which the chart will tell as well. */
  storedBytes: number
  isTold: boolean
}) {
  const { dashboard: words, language } = useMessages()
  const days = useResource('usage', signal => usage(DAYS, signal), 300)
  const complains = useCatchUp(days, props.isTold)
  if (days.value === undefined) {
    if (days.error && complains) return <Failure error={days.error} onRetry={days.reload} />
    // What failed is not to come, until it is asked for again.
    const isToCome = days.error === undefined || days.loading
    return isToCome && props.storedBytes > 0 ? <ChartToCome storedBytes={props.storedBytes} /> : null
  }
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

/** As high as the chart will be. */
function ChartToCome({ storedBytes }: { storedBytes: number }) {
  const { dashboard: words, language } = useMessages()
  const today = { label: '…', value: storedBytes, words: formatBytes(storedBytes, language) }
  return (
    <div class="card stack-tight" aria-busy="true">
      <h2>{words.storage}</h2>
      <div class="unseen">
        <Bars tall title={words.storageHelp} bars={[today]} />
      </div>
    </div>
  )
}
