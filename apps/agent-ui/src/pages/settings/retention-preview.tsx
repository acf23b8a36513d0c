import {
  type DatabaseSettings,
  type RetentionReason,
  type RetentionSettings,
  type RotationPlan,
  sentenceOf,
} from '@odoo-backup/protocol'
import { previewRotation } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { useSettled } from '../../settled.ts'
import { retentionChange } from './database-draft.ts'

/** What the limits as they stand in the form would keep and delete; asked again when they change or were saved. */
export function RetentionPreview({
  base,
  retention,
}: {
  base: DatabaseSettings
  retention: RetentionSettings
}) {
  const { settings: words } = useMessages()
  const { database } = base
  const wanted = useSettled(retention)
  const plan = useResource(JSON.stringify([database, wanted, base.retention]), signal =>
    previewRotation(database, wanted, signal),
  )
  if (plan.error) return <Failure error={plan.error} onRetry={plan.reload} />
  if (plan.value === undefined) return <p class="small soft">{words.previewLoading}</p>
  const { kept, rotated } = plan.value
  const unsaved = retentionChange(base.retention, retention) !== undefined
  const stale = plan.loading || wanted !== retention
  return (
    <div class={`stack-tight ${stale ? 'former' : ''}`} aria-busy={stale}>
      <p role="status" class={rotated.length > 0 && unsaved ? 'card tone-warn' : ''}>
        {stale ? words.previewLoading : words.previewText(kept.length, rotated.length)}{' '}
        {unsaved ? words.previewUnsaved : ''}
      </p>
      <Listed title={words.previewGone} items={rotated} separator="; " />
      <Listed title={words.previewKept} items={kept} separator=", " />
    </div>
  )
}

interface ListedProps {
  title: string
  items: readonly Pick<RotationPlan['kept'][number], 'backup' | 'texts'>[]
  /** Between the reasons of one backup. */
  separator: string
}

function Listed({ title, items, separator }: ListedProps) {
  const { retentionReasons, language } = useMessages()
  if (items.length === 0) return null
  return (
    <details>
      <summary>{`${title} (${items.length})`}</summary>
      <ul class="plain-list small">
        {items.map(({ backup, texts }) => (
          <li key={backup.name}>
            {formatMoment(backup.takenAt, language)}{' '}
            <span class="soft">
              {texts.map(text => sentenceOf<RetentionReason>(retentionReasons, text)).join(separator)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
