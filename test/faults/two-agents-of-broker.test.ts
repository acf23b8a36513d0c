import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { emptyFolder } from '../fixtures/accounts-store.ts'
import { type AgentInstance, agentInstance, ended, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { goingJobs, until } from './waiting.ts'

let broker: RunningBroker
let user: Awaited<ReturnType<typeof newOdooComUser>>
let one: AgentInstance
let other: AgentInstance
let database: DatabaseName
beforeEach(async () => {
  broker = await runBroker()
  user = await newOdooComUser()
  one = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  other = await agentInstance({ ...NO_BUCKET, broker_url: broker.url }, '', { beside: one })
  database = DatabaseName.parse(await one.odoo.createSample())
})
afterEach(async () => {
  await other.close()
  await one.close()
  await broker.close()
  await emptyFolder(user.id)
})

/** Opens an agent and binds it to the account, as a log-in does. */
async function connected(instance: AgentInstance): Promise<OpenedAgent> {
  const opened = await instance.open()
  const asked = await opened.agent.connect()
  if (asked.state !== 'login_required') throw new Error('The agent was connected already.')
  const { code } = await approve(new HttpBrowser(), asked.authLink, user)
  await opened.agent.connect({ ...(code === undefined ? {} : { code }) })
  return opened
}

/** Two backups; nothing goes on when they are made. */
async function backUpTwice(agent: Agent): Promise<[string, string]> {
  const backUp = async () => {
    const made = await ended(agent, await agent.startBackup({ database }))
    expect(made).toMatchObject({ state: 'completed' })
    return made.backup ?? ''
  }
  const made: [string, string] = [await backUp(), await backUp()]
  // The rotation that follows a backup must not go by the limits that come later.
  await until(async () => ((await goingJobs(agent)).length === 0 ? true : undefined))
  return made
}

test('of two servers of one account with a database of the same name neither rotates what the other made', async () => {
  const [{ agent: first }, { agent: second }] = [await connected(one), await connected(other)]
  const names = async (agent: Agent) => (await agent.backups()).map(({ name }) => name).sort()
  const rotate = async (agent: Agent) => {
    await agent.changeDatabaseSettings(database, { retention: { daily: 1 } })
    expect(await ended(agent, await agent.startRotate(database))).toMatchObject({
      state: 'completed',
      warnings: [],
    })
  }
  const ours = await backUpTwice(first)
  const theirs = await backUpTwice(second)
  expect(await names(first)).toEqual([...ours, ...theirs].sort())
  expect((await first.rotationPlan(database)).kept.map(({ backup }) => backup.name).sort()).toEqual(ours)

  await rotate(first)
  expect(await names(second)).toEqual([ours[1], ...theirs].sort())
  await rotate(second)
  expect(await names(first)).toEqual([ours[1], theirs[1]].sort())
})
