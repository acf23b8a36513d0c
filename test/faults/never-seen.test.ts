import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ODOO_LIST_QUERY } from '@odoo-backup/odoo'
import { type DatabaseName, type JobId, NewDatabaseName, type Phase } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import type { SeenRequest } from '../fixtures/fault-proxy.ts'
import type { Gate } from '../fixtures/gate.ts'
import { type Moment, type Watched, watchAgent } from './moments.ts'
import { expectRecovered, victim } from './recovered.ts'
import { until } from './waiting.ts'

const MIB = 1024 * 1024

let watched: Watched
let instance: AgentInstance
let opened: OpenedAgent
let database: DatabaseName
let restored: NewDatabaseName
/** Names of all that jobs made for themselves, by what their data say. */
let made: Set<string>
/** Where a job is held. */
let held: Gate | undefined
beforeEach(async () => {
  watched = await watchAgent()
  instance = await agentInstance({ aws_endpoint: watched.store.url }, `db_port = ${watched.postgres.port}\n`)
  opened = await instance.open()
  database = await victim(instance, opened.agent, 40)
  restored = NewDatabaseName.parse(instance.odoo.name('_restored'))
  made = new Set([opened.store.current.settings.queue_database])
  // What pg_dump writes before it must have left it for the phase to be seen.
  await instance.odoo.rows(database, 'CREATE TABLE aaa_noise (noise text)')
  for (let count = 0; count < 6; count++)
    await instance.odoo.rows(database, 'INSERT INTO aaa_noise VALUES ($1)', [
      randomBytes(MIB).toString('base64'),
    ])
})
afterEach(async () => {
  watched.look()
  held?.open()
  await instance.close()
  await watched.close()
})

/** What Odoo lists now. */
async function listed(): Promise<string[]> {
  return instance.odoo.cluster.withMaintenance(async client => {
    const { rows } = await client.query<{ datname: string }>(ODOO_LIST_QUERY, ['template0'])
    return rows.map(({ datname }) => datname)
  })
}

/** Asks Odoo's list query over and over while `work` runs; resolves to every name that was ever seen. */
async function seenDuring(work: () => Promise<void>): Promise<ReadonlySet<string>> {
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

/** A phase of a job, and where the job is to be held in it. */
type Hold = readonly [Phase, Moment]
const says = (words: string, after?: string): Moment => ({
  what: words,
  at: 'postgres',
  words,
  before: 'request',
  ...(after === undefined ? {} : { after }),
})
const asks = (
  what: string,
  request: (request: SeenRequest) => boolean,
  { andLater = false } = {},
): Moment => ({ what, at: 'store', request, andLater, before: 'request' })
const isWindow = ({ method, path, headers }: SeenRequest) => {
  const [, start = '0', end = '0'] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? []
  return method === 'GET' && path.endsWith('.zip') && Number(end) - Number(start) > MIB
}

const BACKUP: readonly Hold[] = [
  ['snapshot', says('pg_export_snapshot')],
  ['dump', says('COPY public.res_users ')],
  // With the later ones: what is left is more than is read ahead, so that the phase lasts.
  [
    'files',
    asks('a part is sent', ({ method, query }) => method === 'PUT' && Number(query.get('partNumber')) > 1, {
      andLater: true,
    }),
  ],
  [
    'upload',
    asks('the parts are put together', ({ method, query }) => method === 'POST' && query.has('uploadId')),
  ],
  ['verify', asks('the archive is listed', ({ method, query }) => method === 'GET' && query.has('prefix'))],
]
const RESTORE: readonly Hold[] = [
  ['load', says('CREATE DATABASE')],
  ['load', says('COPY public.res_users ')],
  ['neutralise', says('INSERT INTO public.ir_mail_server')],
  ['files', asks('a window of files', isWindow)],
  ['publish', says('RENAME TO')],
  ['publish', says('COMMIT', 'IS_TEMPLATE false')],
]
const DRILL: readonly Hold[] = [
  ['load', says('CREATE DATABASE')],
  ['load', says('COPY public.res_users ')],
  ['verify', says("FROM public.ir_module_module WHERE state = 'installed'")],
  ['neutralise', says('INSERT INTO public.ir_mail_server')],
  ['done', says('DROP DATABASE')],
]

/** Notes what the job's data name. */
async function note(id: JobId): Promise<void> {
  const { data } = (await (await opened.queue.get()).job(id))?.job ?? {}
  const names =
    data?.kind === 'restore'
      ? [data.journal?.temporaryDatabase, data.journal?.replacedDatabase]
      : data?.kind === 'verify'
        ? [data.scratch]
        : []
  for (const name of names) if (name !== undefined) made.add(instance.odoo.owns(name))
}

/**
 * Holds a job in each of these phases and asks what Odoo lists; `last` may do something at the last of them. Resolves
 * to the phases in which Odoo was asked.
 */
async function heldIn(
  holds: readonly Hold[],
  start: () => Promise<JobId>,
  last: (id: JobId) => Promise<void> = async () => undefined,
): Promise<{ readonly id: JobId; readonly asked: readonly Phase[] }> {
  const asked: Phase[] = []
  let id: JobId | undefined
  for (const [index, [phase, moment]] of holds.entries()) {
    const here = watched.watchFor(moment)
    held?.open()
    id ??= await start()
    const job = id
    const early = ended(opened.agent, job).then(({ state }) => {
      throw new Error(`The job was ${state} before ${moment.what}.`)
    })
    await Promise.race([here.reached, early])
    held = here
    const at = await Promise.race([
      early,
      until(async () => {
        const found = (await opened.agent.job(job)).progress?.phase
        return found === phase ? found : undefined
      }),
    ])
    await note(job)
    const names = await listed()
    expect(names).toContain(database)
    expect([...made].filter(name => names.includes(name))).toEqual([])
    asked.push(at)
    if (index === holds.length - 1) await last(job)
  }
  watched.look()
  held?.open()
  if (id === undefined) throw new Error('There are no phases to hold the job in.')
  return { id, asked }
}

const restoring = (backup: string, replace: boolean) => () =>
  opened.agent.startRestore({
    source: { kind: 'stored', backup },
    database: restored,
    copy: true,
    neutralise: true,
    replace,
  })

const phases = (holds: readonly Hold[]) => holds.map(([phase]) => phase)

test('in no phase of backup, restore, replace and drill does Odoo see a database that the agent made for itself', async () => {
  const { agent } = opened
  const seen = await seenDuring(async () => {
    const backingUp = await heldIn(BACKUP, () => agent.startBackup({ database }))
    expect(backingUp.asked).toEqual(phases(BACKUP))
    const { state, backup = '' } = await ended(agent, backingUp.id)
    expect(state).toBe('completed')
    for (const replace of [false, true]) {
      const { id, asked } = await heldIn(RESTORE, restoring(backup, replace))
      expect(asked).toEqual(phases(RESTORE))
      expect(await ended(agent, id)).toMatchObject({ state: 'completed', attempt: 1 })
    }
    const { id, asked } = await heldIn(DRILL, () => agent.startVerify(backup))
    expect(asked).toEqual(phases(DRILL))
    expect(await ended(agent, id)).toMatchObject({ state: 'completed', attempt: 1 })
  })
  // The queue's, three hidden ones, and the one that was replaced.
  expect(made.size).toBe(5)
  expect(seen).toContain(database)
  expect(seen).toContain(restored)
  expect([...made].filter(name => seen.has(name))).toEqual([])
})

test('nor while a restore, a replace and a drill are undone, cancelled or break off', async () => {
  const { agent } = opened
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  /** It ends while it is held: what holds it is gone with it. */
  const cancel = async (id: JobId) => {
    await agent.cancel(id)
    expect(await ended(agent, id)).toMatchObject({ state: 'cancelled' })
  }
  const upTo = (holds: readonly Hold[], phase: Phase) =>
    holds.slice(0, holds.findLastIndex(hold => hold[0] === phase) + 1)
  const seen = await seenDuring(async () => {
    const ways: readonly [readonly Hold[], () => Promise<JobId>][] = [
      [upTo(RESTORE, 'load'), restoring(backup, false)],
      [upTo(RESTORE, 'files'), restoring(backup, false)],
      [upTo(DRILL, 'load'), () => agent.startVerify(backup)],
    ]
    for (const [holds, start] of ways) {
      const { asked } = await heldIn(holds, start, cancel)
      expect(asked).toEqual(phases(holds))
    }
    // PostgreSQL goes away in the very commit of a replace: the old pair is put back, then it is tried again.
    expect(await ended(agent, await restoring(backup, false)())).toMatchObject({ state: 'completed' })
    const { id } = await heldIn(RESTORE, restoring(backup, true), async () => watched.postgres.cut())
    const done = await until(() => ended(agent, id).catch(() => undefined))
    expect(done).toMatchObject({ state: 'completed' })
    expect(done.attempt).toBeGreaterThan(1)
    await note(id)
  })
  expect(made.size).toBeGreaterThanOrEqual(6)
  expect([...made].filter(name => seen.has(name))).toEqual([])
  const kept = [...made].filter(name => name.includes('_replaced_'))
  await instance.odoo.cluster.withMaintenance(async client => {
    for (const { name } of (await instance.databases()).filter(({ name }) => kept.includes(name)))
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`)
  })
  await expectRecovered(instance, opened, database)
})
