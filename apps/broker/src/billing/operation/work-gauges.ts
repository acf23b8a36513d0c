import type { Metrics } from '@odoo-backup/service'
import type { LateCount } from '../../usage/late-samples.ts'
import type { OwnWork } from './own-work.ts'
import type { WorkGoes } from './work-state.ts'

/** Figures by which an operator's alarm sees work by the clock that fails or does not come, and storage that is not counted. */
export function addWorkGauges(
  metrics: Pick<Metrics, 'gauge'>,
  {
    ownWork,
    now,
    onFailure,
  }: {
    readonly ownWork: Pick<OwnWork, 'goes' | 'lateSamples'>
    readonly now: () => Date
    readonly onFailure: (error: unknown) => void
  },
): void {
  const secondsSince = (at: Date) => Math.max(0, (now().getTime() - at.getTime()) / 1000)
  // The figures of one look at `/metrics` are read at once.
  const [goes, lateSamples] = [shared(ownWork.goes), shared(ownWork.lateSamples)]
  const byWork = (figure: (of: WorkGoes) => number | undefined) => async () => {
    const figures: Record<string, number> = {}
    for (const work of await goes()) {
      const found = figure(work)
      if (found !== undefined) figures[work.name] = found
    }
    return figures
  }
  metrics.gauge({
    name: 'scheduled_work_failures',
    help: 'Runs of a work by the clock that failed in a row, since it was last done.',
    label: 'work',
    read: byWork(({ failures }) => failures),
    onFailure,
  })
  metrics.gauge({
    name: 'scheduled_work_done_seconds',
    help: 'How long ago a work by the clock was last done by any broker; absent where it never was.',
    label: 'work',
    read: byWork(({ doneAt }) => (doneAt === undefined ? undefined : secondsSince(doneAt))),
    onFailure,
  })
  metrics.gauge({
    name: 'scheduled_work_late',
    help: 'Whether no run of a work by the clock has ended in due time, or one lasts for more than a day.',
    label: 'work',
    read: byWork(({ state }) => (state === 'late' || state === 'hanging' ? 1 : 0)),
    onFailure,
  })
  const byCounted = (figure: (of: LateCount) => number) => async () => {
    const { before, never } = await lateSamples()
    return { before: figure(before), never: figure(never) }
  }
  metrics.gauge({
    name: 'late_samples',
    help: 'Accounts whose storage was not counted since yesterday began, by whether it was before.',
    label: 'counted',
    read: byCounted(({ accounts }) => accounts),
    onFailure,
  })
  metrics.gauge({
    name: 'late_sample_oldest_seconds',
    help: 'How long ago the one that waits longest was last counted, or came; 0 where none waits.',
    label: 'counted',
    read: byCounted(({ since }) => (since === undefined ? 0 : secondsSince(since))),
    onFailure,
  })
}

/** The same answer for all who ask before it is there. */
function shared<Answer>(read: () => Promise<Answer>): () => Promise<Answer> {
  let coming: Promise<Answer> | undefined
  return () => {
    coming ??= read().finally(() => {
      coming = undefined
    })
    return coming
  }
}
