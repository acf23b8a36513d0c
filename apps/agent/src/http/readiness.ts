import type { Notice } from '@odoo-backup/protocol'
import type { HealthCheck } from '@odoo-backup/service'
import type { OpenedAgent } from '../open-agent.ts'
import type { NoticeBoard } from './api/context.ts'

const UNDELIVERED: ReadonlySet<Notice['kind']> = new Set(['notice_undelivered', 'ping_undelivered'])

/** What `/readyz` looks at. Everyone may read the answer: it names neither servers nor settings. */
export function readinessChecks({
  odoo,
  queue,
  store,
  notices,
}: Pick<OpenedAgent, 'odoo' | 'queue' | 'store'> & {
  readonly notices: Pick<NoticeBoard, 'list'>
}): Readonly<Record<string, HealthCheck>> {
  return {
    postgres: async () => {
      await (await odoo.cluster()).withMaintenance(client => client.query('SELECT 1'))
      return { state: 'ok' }
    },
    queue: async () => {
      await (await queue.get()).liveWorkers()
      return { state: 'ok' }
    },
    notices: async () => {
      const standing = (await notices.list()).filter(({ clearedAt }) => clearedAt === undefined)
      if (!standing.some(({ kind }) => UNDELIVERED.has(kind))) return { state: 'ok' }
      return { state: 'degraded', detail: 'Notices or pings cannot be delivered; a notice says why.' }
    },
    configuration: async () => {
      await store.refreshForWork()
      if (store.faults.length === 0) return { state: 'ok' }
      return {
        state: 'degraded',
        detail: 'The configuration file has faults; what it said before them is in force.',
      }
    },
  }
}
