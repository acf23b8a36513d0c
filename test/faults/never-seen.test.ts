import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ODOO_LIST_QUERY } from '@odoo-backup/odoo'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { writeBigFilestore } from './big-filestore.ts'

let instance: AgentInstance
let opened: OpenedAgent
beforeEach(async () => {
  instance = await agentInstance({ bandwidth_limit: '20480' })
})
afterEach(() => instance.close())

/** Asks Odoo's own list query over and over while `work` runs; resolves to every name that was ever seen. */
async function seenDuring(work: () => Promise<void>): Promise<Set<string>> {
  const client = await instance.odoo.cluster.connect('postgres')
  const seen = new Set<string>()
  let isDone = false
  const watching = (async () => {
    while (!isDone) {
      const { rows } = await client.query<{ datname: string }>(ODOO_LIST_QUERY, ['template0'])
      for (const { datname } of rows) seen.add(datname)
    }
  })()
  try {
    await work()
  } finally {
    isDone = true
    await watching
    await client.end()
  }
  return seen
}

test('in no phase of backup, restore, replace and drill does Odoo see a database that the agent made for itself', async () => {
  const database = DatabaseName.parse(await instance.odoo.createSample())
  await writeBigFilestore(instance.odoo, database, 4)
  const restored = NewDatabaseName.parse(instance.odoo.name('_restored'))
  opened = await instance.open()
  const { agent, store } = opened
  const made: string[] = [store.current.settings.queue_database]
  const seen = await seenDuring(async () => {
    const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
    for (const replace of [false, true]) {
      const id = await agent.startRestore({
        source: { kind: 'stored', backup },
        database: restored,
        copy: true,
        neutralise: true,
        replace,
      })
      expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
      const { data } = (await (await opened.queue.get()).job(id))?.job ?? {}
      const { journal } = data?.kind === 'restore' ? data : {}
      made.push(...[journal?.temporaryDatabase, journal?.replacedDatabase].flatMap(name => name ?? []))
    }
    const drill = await agent.startVerify(backup)
    expect(await ended(agent, drill)).toMatchObject({ state: 'completed' })
    const { data } = (await (await opened.queue.get()).job(drill))?.job ?? {}
    if (data?.kind === 'verify' && data.scratch !== undefined) made.push(data.scratch)
  })
  for (const name of made) instance.odoo.owns(name)
  expect(made).toHaveLength(5)
  expect(seen.has(database)).toBe(true)
  expect(seen.has(restored)).toBe(true)
  expect(made.filter(name => seen.has(name))).toEqual([])
})
