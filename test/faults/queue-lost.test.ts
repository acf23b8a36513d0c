import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type DatabaseName, type JobId, type JobKind, NewDatabaseName } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { type OwnRedis, startOwnRedis } from '../fixtures/own-servers.ts'
import { killAt, openWithPatience, setSilence } from './kill-at.ts'
import { type Moment, type Watched, watchAgent } from './moments.ts'
import { expectRecovered, victim } from './recovered.ts'
import { until } from './waiting.ts'

let redis: OwnRedis
let watched: Watched
let instance: AgentInstance
let database: DatabaseName
/** Of the backup, and of the database as it went on after it. */
let backup: { readonly name: string; readonly whole: object }
let later: object
beforeEach(async () => {
  redis = await startOwnRedis()
  watched = await watchAgent()
  instance = await agentInstance(
    { aws_endpoint: watched.store.url, queue: redis.url },
    `db_port = ${watched.postgres.port}\n`,
  )
  const opened = await instance.open()
  database = await victim(instance, opened.agent, 8)
  await opened.agent.changeDatabaseSettings(database, {
    encrypted: true,
    encryptionPassword: 'kept elsewhere too',
    passwordKeptElsewhere: true,
  })
  const { backup: name = '' } = await ended(opened.agent, await opened.agent.startBackup({ database }))
  backup = { name, whole: await instance.fingerprint(database) }
  await instance.odoo.rows(database, "INSERT INTO res_users (login) VALUES ('who came later')")
  later = await instance.fingerprint(database)
  await opened.close()
})
afterEach(async () => {
  watched.look()
  await redis.start()
  await instance.close()
  await watched.close()
  await redis.close()
})

const replacing =
  (keepSchedules: boolean) =>
  (agent: Agent): Promise<JobId> =>
    agent.startRestore({
      source: { kind: 'stored', backup: backup.name },
      database: NewDatabaseName.parse(database),
      copy: false,
      neutralise: false,
      replace: true,
      keepSchedules,
    })

/** Kills the service at this moment of a job, loses everything that the queue kept, and starts the agent again. */
async function loseQueueAt(kind: JobKind, moment: Moment, start: (agent: Agent) => Promise<JobId>) {
  // A worker that is killed is missed soon.
  await setSilence(instance.configurationFile, 2)
  const asking = await instance.open({ worker: 'never' })
  await killAt(instance, watched, asking.agent, moment, kind, () => start(asking.agent))
  await asking.close()
  await redis.stop('crash')
  await redis.forgetAll()
  await redis.start()
  const warnings: string[] = []
  const opened = await openWithPatience(instance, { warn: message => warnings.push(message) })
  const noted = join(`${instance.configurationFile}.d`, 'jobs')
  await until(async () => ((await readdir(noted)).length === 0 ? true : undefined))
  expect(await opened.agent.jobs()).toEqual([])
  expect(warnings.filter(warning => warning.startsWith('The queue lost the job'))).toHaveLength(1)
  return opened
}

test.each<[string, Moment]>([
  [
    'while the backup is loaded',
    { what: 'a table is filled', at: 'postgres', words: 'COPY public.', before: 'request' },
  ],
  [
    'when the original is closed and its files are moved',
    { what: 'it gets its name', at: 'postgres', words: 'RENAME TO', before: 'request' },
  ],
])('the queue is lost with a restore that replaces, %s: the old pair is back', async (_when, moment) => {
  const opened = await loseQueueAt('restore', moment, replacing(false))
  expect((await instance.databases()).map(({ name }) => name)).toEqual([database])
  expect(await instance.fingerprint(database)).toEqual(later)
  await expectRecovered(instance, opened, database)
})

test('the queue is lost with a restore that replaces, right after its commit: the new pair is whole, the old one is kept', async () => {
  const commit: Moment = {
    what: 'the commit',
    at: 'postgres',
    words: 'COMMIT',
    after: 'IS_TEMPLATE false',
    before: 'answer',
  }
  const opened = await loseQueueAt('restore', commit, replacing(true))
  const kept = (await instance.databases()).map(({ name }) => name).filter(name => name !== database)
  expect(kept).toEqual([expect.stringContaining(`${database}_replaced_`)])
  // It is kept out of sight until somebody wants it back.
  await instance.odoo.cluster.withMaintenance(client =>
    client.query(`ALTER DATABASE ${instance.odoo.owns(kept[0] ?? '')} ALLOW_CONNECTIONS true`),
  )
  expect(await instance.fingerprint(database)).toEqual(backup.whole)
  expect(await instance.fingerprint(kept[0] ?? '')).toEqual(later)
  await expectRecovered(instance, opened, database)
})

test('the queue is lost with a drill: nothing of its scratch database and of the decrypted archive is left', async () => {
  const opened = await loseQueueAt(
    'verify',
    { what: 'a table is filled', at: 'postgres', words: 'COPY public.', before: 'request' },
    agent => agent.startVerify(backup.name),
  )
  await expectRecovered(instance, opened, database)
})

test('the queue is lost with a backup in the middle of its upload: nothing of it stays open or stored', async () => {
  const opened = await loseQueueAt(
    'backup',
    {
      what: 'a part is sent',
      at: 'store',
      request: ({ method, query }) => method === 'PUT' && query.has('partNumber'),
      before: 'answer',
    },
    agent => agent.startBackup({ database }),
  )
  expect((await opened.agent.backups()).map(({ name }) => name)).toEqual([backup.name])
  await expectRecovered(instance, opened, database)
})
