import { afterEach, expect, test } from '@jest/globals'
import { withDatabaseLock } from '@odoo-backup/odoo'
import { NewDatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { expectRecovered, victim } from './recovered.ts'
import { until } from './waiting.ts'

let instance: AgentInstance
afterEach(() => instance.close())

test('a run that was taken for dead and publishes all the same is believed by the run that waited for it', async () => {
  instance = await agentInstance()
  const opened = await instance.open()
  const { agent } = opened
  const database = await victim(instance, agent, 1)
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
  const id = await withDatabaseLock(instance.odoo.cluster, name, async () => {
    const started = await agent.startRestore({
      source: { kind: 'stored', backup },
      database: name,
      copy: false,
      neutralise: false,
    })
    await until(async () => ((await agent.job(started)).progress?.phase === 'waiting' ? true : undefined))
    // The first run, whose lock this is: it publishes, and has noted so before.
    await instance.odoo.createSample({ name })
    const [{ oid } = { oid: 0 }] = await instance.odoo.rows<{ oid: number }>(
      name,
      'SELECT oid FROM pg_database WHERE datname = current_database()',
    )
    const job = (await (await opened.queue.get()).job(started))?.job
    if (job?.data.kind !== 'restore') throw new Error('the job is not in the queue')
    const temporaryDatabase = 'odoo_backup_restore_0123456789abcdef'
    await job.updateData({
      ...job.data,
      journal: {
        step: 'publishing',
        id: '0123456789abcdef',
        database: name,
        temporaryDatabase,
        databaseOid: oid,
      },
    })
    return started
  })
  const before = await instance.fingerprint(name)
  expect(await ended(agent, id)).toMatchObject({ state: 'completed', attempt: 1 })
  expect(await instance.fingerprint(name)).toEqual(before)
  await expectRecovered(instance, opened, database)
})
