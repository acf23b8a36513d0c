import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { type BrokerJobs, startBrokerJobs } from '../../apps/broker/src/billing/operation/broker-jobs.ts'
import { createWorkJournal } from '../../apps/broker/src/billing/operation/work-journal.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until } from './waiting.ts'

/** What the broker's work by the clock stands on does not go away, it hangs: connections stay open and nothing answers. */

let registry: TestRegistry
let wire: TcpProxy
let jobs: BrokerJobs
let runs: number
let logged: string[]
beforeEach(async () => {
  registry = await openTestRegistry(2)
  const through = new URL(registry.databaseUrl)
  wire = await startTcpProxy(Number(through.port))
  through.port = String(wire.port)
  runs = 0
  logged = []
  jobs = await startBrokerJobs({
    databaseUrl: through.href,
    journal: createWorkJournal(registry.pool, () => new Date()),
    log: createLogger({ name: 'test', destination: { write: line => void logged.push(line) } }),
    work: [
      {
        name: 'count',
        everySeconds: 1,
        run: async () => {
          runs += 1
        },
      },
    ],
  })
})
afterEach(async () => {
  wire.cut()
  wire.mend()
  await jobs.close()
  await wire.close()
  await registry.drop()
})

/** Resolves once the work was done this many times more. */
async function further(count: number): Promise<void> {
  const aim = runs + count
  await until(async () => (runs >= aim ? true : undefined))
}

test.each(['open', 'open and new'] as const)(
  'work by the clock goes on over new connections to a PostgreSQL server that vanished: %s ones fall silent',
  async which => {
    await further(2)
    const begun = performance.now()
    wire.silence(which)
    if (which === 'open and new') {
      await until(async () => (logged.some(line => /timeout.*connect/.test(line)) ? true : undefined))
      wire.mend()
    }
    await further(3)
    // Without an end of its own each query would wait for TCP to give up.
    expect(performance.now() - begun).toBeLessThan(200_000)
  },
)
