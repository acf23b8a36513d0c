import { afterEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface } from '../fixtures/agent-surface.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
let instance: AgentInstance
let surface: AgentSurface
afterEach(async () => {
  await surface.close()
  await instance.close()
  await broker.close()
})

test('an instance whose account does not let it rotate is told so once; its nights fail not, and all backups stay', async () => {
  broker = await runBroker()
  instance = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  let now = Date.now()
  const opened = await instance.open({ now: () => new Date(now) })
  const { agent } = opened
  surface = await agentSurface(instance, opened)
  const asked = await agent.connect()
  if (asked.state !== 'login_required') throw new Error('The agent was connected already.')
  const user = await newOdooComUser()
  const { code = '' } = await approve(new HttpBrowser(), asked.authLink, user, ['backup', 'restore'])
  expect(await agent.connect({ code })).toMatchObject({ state: 'connected' })
  const database = DatabaseName.parse(await instance.odoo.createSample())
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })

  const names: string[] = []
  for (let night = 0; night < 3; night += 1) {
    const made = await ended(agent, await agent.startBackup({ database }))
    expect(made).toMatchObject({ state: 'completed' })
    names.push(made.backup ?? '')
    for (const { id } of await agent.jobs())
      expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
    await surface.monitor.look()
    now += 86_400_000
  }
  const rotations = (await agent.jobs()).filter(({ kind }) => kind === 'rotate')
  expect(rotations).toHaveLength(3)
  for (const { warnings } of rotations)
    expect(warnings).toMatchObject([{ text: { code: 'rotation_refused' } }])
  expect((await agent.backups()).map(({ name }) => name)).toEqual(names.toReversed())
  const { body } = await surface.api('GET', '/notices')
  expect(body.items.map((notice: { id: string }) => notice.id)).toEqual(['rotation_refused'])
})
