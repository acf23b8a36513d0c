import type { JobView, Overview } from '@odoo-backup/protocol'
import type { ComponentChildren } from 'preact'
import { formatBytes, formatCount, formatMoment, formatRelative } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { placeLink } from '../../router.ts'

const TO_COME = '…'

/** The few numbers that an administrator looks for every morning; those of the storage may still be to come. */
export function Figures({
  overview,
  running,
}: {
  overview: Overview | undefined
  running: readonly JobView[]
}) {
  const { dashboard: words, places, language } = useMessages()
  const [next] = (overview?.databases ?? [])
    .flatMap(({ nextRunAt, database }) => (nextRunAt === undefined ? [] : [{ nextRunAt, database }]))
    .sort((one, other) => (one.nextRunAt < other.nextRunAt ? -1 : 1))
  return (
    <dl class="figures">
      <Figure label={words.figures.backups} href={placeLink('backups')}>
        {overview === undefined ? TO_COME : formatCount(overview.backups, language)}
      </Figure>
      <Figure
        label={words.figures.stored}
        further={overview?.places?.map(({ place, at, backups, storedBytes }) => (
          <dd class="small soft" key={place}>
            {words.storedAt(places.headOf(at), backups, formatBytes(storedBytes, language))}
          </dd>
        ))}
      >
        {overview === undefined ? TO_COME : formatBytes(overview.storedBytes, language)}
      </Figure>
      <Figure label={words.nextRun}>
        {overview === undefined ? (
          TO_COME
        ) : next === undefined ? (
          words.noSchedule
        ) : (
          <time dateTime={next.nextRunAt} title={formatMoment(next.nextRunAt, language)}>
            {formatRelative(next.nextRunAt, new Date(), language)}
          </time>
        )}
      </Figure>
      <Figure label={words.figures.running} href={placeLink('jobs')}>
        {running.length}
      </Figure>
    </dl>
  )
}

function Figure(props: {
  label: string
  href?: string
  children: ComponentChildren
  /** Of what the figure is made. */
  further?: ComponentChildren
}) {
  return (
    <div class="card figure">
      <dt class="small soft">{props.label}</dt>
      <dd class="number">
        {props.href === undefined ? props.children : <a href={props.href}>{props.children}</a>}
      </dd>
      {props.further}
    </div>
  )
}
