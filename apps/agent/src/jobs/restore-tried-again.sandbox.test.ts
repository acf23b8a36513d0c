import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { withDatabaseLock } from '@odoo-backup/odoo'
import { DatabaseName, JobId, NewDatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { OpenedAgent } from '../open-agent.ts'

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

test('between two attempts to replace a live database its schedules are on, and the backup that waited is made', async () => {
  const { agent } = opened
  const queue = await opened.queue.get()
  // Odoo's role cannot end it, so that the database cannot be renamed.
  const session = await instance.odoo.superuser(database)
  try {
    const begun = await withDatabaseLock(instance.odoo.cluster, database, async () => {
      const restore = await agent.startRestore({
        source: { kind: 'stored', backup },
        database: NewDatabaseName.parse(database),
        replace: true,
      })
      for await (const { state, phases } of agent.follow(restore))
        if (state === 'waiting' && phases.length > 0) break
      const waiting = JobId.parse(await queue.add({ kind: 'backup', database, scheduled: true }))
      return { restore, waiting }
    })
    const made = await ended(agent, begun.waiting)
    expect(made).toMatchObject({ state: 'completed', attempt: 1 })
    expect((await agent.backups({ database })).map(({ name }) => name)).toContain(made.backup)
    const tried = (await queue.job(begun.restore))?.job
    expect(tried).toMatchObject({ attemptsMade: 1, failedReason: expect.stringContaining('database_busy') })
    expect(await isEnabled()).toBe(true)

    await session.end()
    await queue.hurry(begun.restore)
    const done = await ended(agent, begun.restore)
    expect(done).toMatchObject({ state: 'completed', attempt: 2 })
    expect(done.warnings.map(({ text }) => text.code)).toEqual(
      expect.arrayContaining(['replaced_kept', 'schedules_off']),
    )
    expect(await isEnabled()).toBe(false)
  } finally {
    await session.end()
  }
})
