import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { until } from '../../../../test/faults/waiting.ts'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { OpenedAgent } from '../open-agent.ts'

let instance: AgentInstance
let opened: OpenedAgent
let database: DatabaseName
beforeEach(async () => {
  instance = await agentInstance()
  database = DatabaseName.parse(await instance.odoo.createSample())
  opened = await instance.open()
})
afterEach(() => instance.close())

const orders = async () => (await opened.queue.get()).standingOrders()
const backups = async () => (await opened.agent.jobs()).filter(({ kind }) => kind === 'backup')

/** What an administrator does with an editor while the agent runs. */
async function edit(change: (text: string) => string): Promise<void> {
  await writeFile(instance.configurationFile, change(await readFile(instance.configurationFile, 'utf8')))
}

test('a schedule that is written into the file by hand makes backups by itself, and none once it is switched off', async () => {
  expect(await orders()).toEqual([])
  await edit(text => `${text}\n[database:${database}]\nodoo_backup_sh_schedule_night = cron * * * * * *\n`)
  // Of many at once, as where the machine is slow, some are left out.
  const done = await until(async () => (await backups()).find(({ state }) => state === 'completed'))
  expect(done).toMatchObject({ database })
  expect((await opened.agent.backups({ database })).map(({ name }) => name)).toContain(done.backup)
  const data = (await (await opened.queue.get()).job(done.id))?.job.data
  expect(data).toMatchObject({ kind: 'backup', scheduled: true })

  await edit(text => text.replace('odoo_backup_sh_schedule_night', 'odoo_backup_sh_enabled = False\n$&'))
  await until(async () => ((await orders()).length === 0 ? true : undefined))
  for (const { id } of await backups()) await ended(opened.agent, id)
  const made = (await backups()).length
  await edit(text => text.replace('odoo_backup_sh_enabled = False\n', ''))
  await until(async () => ((await backups()).length > made ? true : undefined))
})

test('the next run of a schedule is no job before its time', async () => {
  await edit(text => `${text}\n[database:${database}]\nodoo_backup_sh_schedule_yearly = cron 0 0 1 1 *\n`)
  await until(async () => ((await orders()).length === 1 ? true : undefined))
  expect(await (await opened.queue.get()).jobs()).toHaveLength(1)
  expect(await opened.agent.jobs()).toEqual([])
})

test('the number of jobs at a time follows the file', async () => {
  await edit(text => text.replace('[options]\n', '[options]\nodoo_backup_sh_parallel_jobs = 2\n'))
  const other = DatabaseName.parse(await instance.odoo.createSample())
  // Both wait for the same thing, which never comes: a lock that the test holds on a table of each.
  const holders = await Promise.all(
    [database, other].map(async name => {
      const client = await instance.odoo.cluster.connect(name)
      await client.query('BEGIN; LOCK TABLE res_users IN ACCESS EXCLUSIVE MODE')
      return client
    }),
  )
  try {
    for (const name of [database, other]) await opened.agent.startBackup({ database: name })
    await until(async () => {
      const active = (await backups()).filter(({ state }) => state === 'active')
      return active.length === 2 ? true : undefined
    })
  } finally {
    for (const client of holders) await client.end()
  }
  for (const { id } of await backups())
    expect(await ended(opened.agent, id)).toMatchObject({ state: 'completed' })
})
