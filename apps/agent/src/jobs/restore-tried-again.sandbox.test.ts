import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { withDatabaseLock } from '@odoo-backup/odoo'
import { DatabaseName, JobId, NewDatabaseName } from '@odoo-backup/protocol'
import { until } from '../../../../test/faults/waiting.ts'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import { createScheduleSwitch } from '../config/schedule-switch.ts'
import type { OpenedAgent } from '../open-agent.ts'
import { JobData } from './job-data.ts'
import { createJobJournal } from './job-journal.ts'

let instance: AgentInstance
let opened: OpenedAgent
let database: DatabaseName
let backup: string
beforeEach(async () => {
  // No attempt comes by itself.
  instance = await agentInstance({ retry_seconds: '3600' })
  database = DatabaseName.parse(await instance.odoo.createSample())
  opened = await instance.open()
  await opened.agent.changeDatabaseSettings(database, {
    schedules: [{ kind: 'every', every: 1, unit: 'months', timeZone: 'UTC' }],
  })
  const made = await ended(opened.agent, await opened.agent.startBackup({ database }))
  backup = made.backup ?? ''
})
afterEach(() => instance.close())

const isEnabled = async () =>
  (await opened.agent.databaseSettings()).find(found => found.database === database)?.enabled

/** The standing orders that are taken out of the queue from now on. */
async function removedOrders(): Promise<string[]> {
  const queue = await opened.queue.get()
  const removed: string[] = []
  const remove = queue.removeStandingOrder.bind(queue)
  queue.removeStandingOrder = async id => {
    removed.push(id)
    return remove(id)
  }
  return removed
}

async function inLine(restore: JobId): Promise<void> {
  for await (const { state, phases } of opened.agent.follow(restore))
    if (state === 'waiting' && phases.length > 0) return
}

test('between two attempts to replace a live database its schedules are on, and the backup that waited is made', async () => {
  const { agent } = opened
  const queue = await opened.queue.get()
  await until(async () => ((await queue.standingOrders()).length === 1 ? true : undefined))
  const removed = await removedOrders()
  // Odoo's role cannot end it, so that the database cannot be renamed.
  const session = await instance.odoo.superuser(database)
  try {
    const begun = await withDatabaseLock(instance.odoo.cluster, database, async () => {
      const restore = await agent.startRestore({
        source: { kind: 'stored', backup },
        database: NewDatabaseName.parse(database),
        replace: true,
      })
      await inLine(restore)
      const waiting = JobId.parse(await queue.add({ kind: 'backup', database, scheduled: true }))
      return { restore, waiting }
    })
    const made = await ended(agent, begun.waiting)
    expect(made).toMatchObject({ state: 'completed', attempt: 1 })
    expect((await agent.backups({ database })).map(({ name }) => name)).toContain(made.backup)
    const tried = (await queue.job(begun.restore))?.job
    expect(tried).toMatchObject({ attemptsMade: 1, failedReason: expect.stringContaining('database_busy') })
    expect(await isEnabled()).toBe(true)
    // Put again, it would leave out what was due in the meantime.
    expect(removed).toEqual([])

    await session.end()
    await queue.hurry(begun.restore)
    const done = await ended(agent, begun.restore)
    expect(done).toMatchObject({ state: 'completed', attempt: 2 })
    expect(done.warnings.map(({ text }) => text.code)).toEqual(
      expect.arrayContaining(['replaced_kept', 'schedules_off']),
    )
    expect(await isEnabled()).toBe(false)
    await until(async () => ((await queue.standingOrders()).length === 0 ? true : undefined))
  } finally {
    await session.end()
  }
})

test('a scheduled backup that comes before a restore which was cut off while publishing is made where the original is there yet', async () => {
  const { agent, store } = opened
  const queue = await opened.queue.get()
  const session = await instance.odoo.superuser(database)
  try {
    const restore = await agent.startRestore({
      source: { kind: 'stored', backup },
      database: NewDatabaseName.parse(database),
      replace: true,
    })
    const tried = await until(async () => {
      const found = (await queue.job(restore))?.job
      return found?.attemptsMade === 1 ? found : undefined
    })
    const { data } = tried
    if (data.kind !== 'restore' || data.journal === undefined) throw new Error('nothing was begun')
    const journal = createJobJournal(instance.configurationFile, () => undefined)
    /** What a process that was killed then leaves behind. */
    const cutOff = async (step: 'publishing' | 'published') => {
      await createScheduleSwitch(store).off(database)
      const left = { ...data, schedulesOff: true, journal: { ...data.journal, step } }
      await journal.keep(restore, JobData.parse(left))
      await instance.odoo.cluster.withMaintenance(client =>
        client.query(`ALTER DATABASE "${database}" ALLOW_CONNECTIONS ${step === 'published'}`),
      )
    }
    const scheduledBackup = async () =>
      ended(agent, JobId.parse(await queue.add({ kind: 'backup', database, scheduled: true })))
    await cutOff('published')
    expect(await scheduledBackup()).toMatchObject({ state: 'cancelled', attempt: 1 })
    await cutOff('publishing')
    expect(await scheduledBackup()).toMatchObject({ state: 'completed', attempt: 1 })

    await session.end()
    await queue.hurry(restore)
    expect(await ended(agent, restore)).toMatchObject({ state: 'completed', attempt: 2 })
  } finally {
    await session.end()
  }
})
