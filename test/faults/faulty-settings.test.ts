import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { DatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { startAgentProcess } from './agent-process.ts'
import { expectRecovered, victim } from './recovered.ts'
import { until } from './waiting.ts'

let instance: AgentInstance
beforeEach(async () => {
  instance = await agentInstance()
})
afterEach(() => instance.close())

/** Writes into the section of a database as somebody does in an editor. */
async function edit(database: DatabaseName, change: (line: string) => string): Promise<void> {
  const text = await readFile(instance.configurationFile, 'utf8')
  const head = `[database:${database}]\n`
  expect(text).toContain(head)
  await writeFile(instance.configurationFile, text.replace(head, change(head)))
}

test('the service starts where the settings of one database are faulty: that one is refused, the others are backed up', async () => {
  const first = await instance.open({ worker: 'never' })
  const spoiled = await victim(instance, first.agent, 1)
  const other = await victim(instance, first.agent, 1)
  await first.agent.changeDatabaseSettings(spoiled, {
    encrypted: true,
    encryptionPassword: 'kept elsewhere too',
    passwordKeptElsewhere: true,
  })
  await first.close()
  const fault = 'odoo_backup_sh_daily_rotation = limitted\n'
  await edit(spoiled, head => head + fault)

  const service = await startAgentProcess(instance.configurationFile)
  try {
    const opened = await instance.open({ worker: 'never' })
    const { agent } = opened
    expect(await agent.configurationFaults()).toEqual([
      {
        database: spoiled,
        effect: 'database_left_out',
        message: expect.stringMatching(/is not backed up until[\s\S]*odoo_backup_sh_daily_rotation/),
      },
    ])
    // Nothing of it is stored by other rules than its own: not unencrypted, above all.
    expect(await ended(agent, await agent.startBackup({ database: spoiled }))).toMatchObject({
      state: 'failed',
      attempt: 1,
      failure: {
        code: 'configuration_invalid',
        message: expect.stringContaining('odoo_backup_sh_daily_rotation'),
      },
    })
    expect(await ended(agent, await agent.startRotate(spoiled))).toMatchObject({ state: 'failed' })
    expect(await ended(agent, await agent.startBackup({ database: other }))).toMatchObject({
      state: 'completed',
    })
    const orders = async () =>
      (await (await opened.queue.get()).standingOrders()).map(({ data }) => data.database)
    await until(async () => ((await orders()).includes(other) ? true : undefined))
    expect(await orders()).toEqual([other])

    const text = await readFile(instance.configurationFile, 'utf8')
    await writeFile(instance.configurationFile, text.replace(fault, ''))
    await until(async () => ((await orders()).includes(spoiled) ? true : undefined))
    await expectRecovered(instance, opened, spoiled)
    expect((await agent.backups()).find(({ database }) => database === spoiled)?.encrypted).toBe(true)
  } finally {
    await service.kill()
  }
})

test('the configuration file vanishes while the service runs: jobs say so and go on when it is back, and nothing takes its place', async () => {
  const opened = await instance.open()
  const { agent } = opened
  const database = await victim(instance, agent, 1)
  const aside = join(instance.folder, 'aside.conf')
  await rename(instance.configurationFile, aside)

  const id = await agent.startBackup({ database })
  await until(async () =>
    (await agent.job(id))?.failure?.code === 'configuration_missing' ? true : undefined,
  )
  expect((await agent.configurationFaults())[0]?.message).toMatch(/is gone.*Put it back/)
  await expect(agent.changeSettings({ limits: { parallelJobs: 2 } })).rejects.toMatchObject({
    code: 'configuration_missing',
  })
  await expect(instance.open({ worker: 'never' })).rejects.toMatchObject({ code: 'configuration_missing' })
  expect(await readdir(instance.folder)).not.toContain('agent.conf')

  await rename(aside, instance.configurationFile)
  expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
  await expectRecovered(instance, opened, database)
})
