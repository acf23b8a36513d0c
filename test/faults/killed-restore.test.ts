import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type JobId, NewDatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import type { SeenRequest } from '../fixtures/fault-proxy.ts'
import { killAt, openWithPatience, SHORT_SILENCE } from './kill-at.ts'
import { drawMoments, type Moment, randomFrom, type Watched, watchAgent } from './moments.ts'
import { expectRecovered, victim } from './recovered.ts'

const KILLS = 20
const SEED = process.env.FAULTS_SEED ?? 'restore'
const MIB = 1024 * 1024

let instance: AgentInstance
let watched: Watched
beforeEach(async () => {
  watched = await watchAgent()
  instance = await agentInstance(
    { aws_endpoint: watched.store.url, ...SHORT_SILENCE },
    `db_port = ${watched.postgres.port}\n`,
  )
})
afterEach(async () => {
  watched.look()
  await instance.close()
  await watched.close()
})

/** A window of the archive; its directory is read in small pieces before. */
const isWindow = ({ method, path, headers }: SeenRequest) => {
  const [, start = '0', end = '0'] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? []
  return method === 'GET' && path.endsWith('.zip') && Number(end) - Number(start) > MIB
}
const isDirectory = (request: SeenRequest) =>
  request.method === 'GET' && request.path.endsWith('.zip') && !isWindow(request)

const side = (random: () => number) => (random() < 0.5 ? 'request' : 'answer')
const saying =
  (what: string, words: string, after?: string) =>
  (random: () => number): Moment => {
    const before = side(random)
    return {
      what: `${before === 'request' ? 'before' : 'after'} ${what}`,
      at: 'postgres',
      words,
      before,
      ...(after === undefined ? {} : { after }),
    }
  }
const KINDS: ((random: () => number) => Moment)[] = [
  () => ({ what: 'while the archive is opened', at: 'store', request: isDirectory, before: 'request' }),
  saying('the hidden database is made', 'CREATE DATABASE'),
  saying('an extension is made in it', 'CREATE EXTENSION'),
  saying('a table is filled', 'COPY public.'),
  saying('its mail servers are put out of use', 'INSERT INTO public.ir_mail_server'),
  random => {
    const [nth, bytes] = [1 + Math.floor(random() * 2), 1 + Math.floor(random() * 8 * MIB)]
    return {
      what: `after ${bytes} bytes of window ${nth}`,
      at: 'store',
      request: isWindow,
      nth,
      before: 'answer',
      bytes,
    }
  },
  random => ({
    what: 'before a window of its files',
    at: 'store',
    request: isWindow,
    nth: 2 + Math.floor(random() * 2),
    before: 'request',
  }),
  saying('it gets its name', 'RENAME TO'),
  saying('Odoo may see it', 'IS_TEMPLATE false'),
  saying('the commit of that', 'COMMIT', 'IS_TEMPLATE false'),
]

test(`kill -9 at ${KILLS} moments of a restore: Odoo never sees a half database, and each ends well`, async () => {
  const undisturbed = await instance.open()
  const database = await victim(instance, undisturbed.agent, 20)
  const { backup = '' } = await ended(undisturbed.agent, await undisturbed.agent.startBackup({ database }))
  const restoreTo = (name: NewDatabaseName, agent = undisturbed.agent) =>
    agent.startRestore({
      source: { kind: 'stored', backup },
      database: name,
      copy: false,
      neutralise: true,
    })
  const newName = () => NewDatabaseName.parse(instance.odoo.name('_restored'))
  const yardstick = newName()
  expect(await ended(undisturbed.agent, await restoreTo(yardstick))).toMatchObject({ state: 'completed' })
  await undisturbed.close()
  const whole = await instance.fingerprint(yardstick)

  const { agent } = await instance.open({ worker: 'never' })
  const drawn = drawMoments(KINDS, KILLS, randomFrom(SEED))
  process.stdout.write(`FAULTS_SEED=${SEED}: killed ${drawn.map(({ what }) => what).join('; ')}\n`)
  const jobs = new Map<NewDatabaseName, JobId>()
  const isWhole = new Set<NewDatabaseName>()
  let kills = 0
  for (const moment of drawn) {
    await killAt(instance, watched, agent, moment, 'restore', async () => {
      const name = newName()
      const id = await restoreTo(name, agent)
      jobs.set(name, id)
      return id
    })
    kills += 1
    const listed = await instance.odoo.listedByOdoo()
    for (const name of jobs.keys()) {
      if (!listed.includes(name) || isWhole.has(name)) continue
      // Published before the end was noted: then it is whole. The mark by which the next run knows its own folder
      // may still be in it.
      const { rows, files } = await instance.fingerprint(name)
      const stored = Object.entries(files).filter(([path]) => !path.startsWith('.odoo-backup-restore-'))
      expect({ rows, files: Object.fromEntries(stored) }).toEqual(whole)
      isWhole.add(name)
    }
  }
  expect(kills).toBe(KILLS)

  watched.look()
  const opened = await instance.open()
  for (const [name, id] of jobs) {
    expect(await ended(opened.agent, id)).toMatchObject({ state: 'completed' })
    expect(await instance.fingerprint(name)).toEqual(whole)
  }
  await opened.close()
  await expectRecovered(instance, await openWithPatience(instance), database)
}, 600_000)
