import { databaseSettings } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { useMessages } from '../../messages/index.ts'
import { Field } from '../../parts/field.tsx'
import { useWaitedFor } from '../../parts/waited-for.ts'
import { placeLink } from '../../router.ts'

const TO_COME = '…'
/** From then on the page says what it waits for. */
const SLOW_MS = 4000
/** As a rule the overview is there sooner: the agent has no second question to answer then. */
const SOON_MS = 300

/** The place of the verdict while the agent lists what is stored, which takes seconds where there is much of it. */
export function BannerToCome() {
  const { dashboard: words } = useMessages()
  const isSlow = useWaitedFor(SLOW_MS)
  return (
    <div class="verdict" role="status">
      <span class="icon" aria-hidden="true" />
      <div class="stack-tight">
        <strong>{words.looking}</strong>
        <span class="soft">{isSlow ? words.slow : words.lookingDetail}</span>
        <span class="small">{TO_COME}</span>
      </div>
    </div>
  )
}

/**
 * The databases, which are known before it is known how they stand; each as high as its card will be. Above `few`
 * there will be a filter, and `most` are shown.
 */
export function DatabasesToCome({ few, most }: { few: number; most: number }) {
  const { dashboard: words } = useMessages()
  const isWorthAsking = useWaitedFor(SOON_MS)
  const known = useResource(`databases/settings ${isWorthAsking}`, async signal =>
    isWorthAsking ? (await databaseSettings(signal)).items : [],
  )
  const items = known.value ?? []
  return (
    <section class="stack" aria-labelledby="databases" aria-busy="true">
      <div class="row row-spread row-fields">
        <h2 id="databases">{words.databases}</h2>
        {items.length > few && (
          <Field label={words.filter}>
            <input type="search" disabled />
          </Field>
        )}
      </div>
      <div class="grid">
        {items.slice(0, most).map(({ database }) => (
          <CardToCome key={database} database={database} />
        ))}
      </div>
    </section>
  )
}

function CardToCome({ database }: { database: string }) {
  const { dashboard: words } = useMessages()
  return (
    <article class="card stack card-to-come edge-none">
      <h3 class="row">
        <span class="icon" aria-hidden="true" />
        <a href={placeLink('backups', undefined, { database })}>
          <bdi>{database}</bdi>
        </a>
      </h3>
      <dl class="facts small">
        {[words.lastBackup, words.lastVerified, words.nextRun, words.storedHere].map(label => (
          <>
            <dt>{label}</dt>
            <dd>{TO_COME}</dd>
          </>
        ))}
      </dl>
    </article>
  )
}
