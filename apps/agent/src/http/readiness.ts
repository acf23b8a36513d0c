import type { HealthCheck } from '@odoo-backup/service'
import type { OpenedAgent } from '../open-agent.ts'

/** What `/readyz` looks at. Everyone may read the answer: it names neither servers nor settings. */
export function readinessChecks({
  odoo,
  queue,
  store,
}: Pick<OpenedAgent, 'odoo' | 'queue' | 'store'>): Readonly<Record<string, HealthCheck>> {
  return {
    postgres: async () => {
      await (await odoo.cluster()).withMaintenance(client => client.query('SELECT 1'))
      return { state: 'ok' }
    },
    queue: async () => {
      await (await queue.get()).liveWorkers()
      return { state: 'ok' }
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
