import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { JobId } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import type { SeenRequest } from '../fixtures/fault-proxy.ts'
import { killAt, openWithPatience, SHORT_SILENCE } from './kill-at.ts'
import { drawMoments, type Moment, randomFrom, type Watched, watchAgent } from './moments.ts'
import { expectRecovered, victim } from './recovered.ts'

const KILLS = 20
const SEED = process.env.FAULTS_SEED ?? 'backup'
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

const isClaim = ({ method, path }: SeenRequest) => method === 'PUT' && path.includes('/_/instance/')
const isOpening = ({ method, query }: SeenRequest) => method === 'POST' && query.has('uploads')
const isPart = ({ method, query }: SeenRequest) => method === 'PUT' && query.has('partNumber')
const isCompletion = ({ method, query }: SeenRequest) => method === 'POST' && query.has('uploadId')
const isInfo = ({ method, path }: SeenRequest) => method === 'PUT' && path.endsWith('.info')
/** Verification lists the archive; the name it asks for is whole by then. */
const isVerification = ({ query }: SeenRequest) => query.get('prefix')?.endsWith('.zip') === true

const side = (random: () => number) => (random() < 0.5 ? 'request' : 'answer')
const atStore = (what: string, request: (seen: SeenRequest) => boolean) => [
  (): Moment => ({ what: `before ${what}`, at: 'store', request, before: 'request' }),
  (): Moment => ({ what: `after ${what}`, at: 'store', request, before: 'answer' }),
]
const KINDS: ((random: () => number) => Moment)[] = [
  random => ({ what: 'in its snapshot', at: 'postgres', words: 'pg_export_snapshot', before: side(random) }),
  random => ({ what: 'in pg_dump', at: 'postgres', words: 'COPY public.', before: side(random) }),
  ...atStore('the claim of the name', isClaim),
  ...atStore('the opening of the upload', isOpening),
  ...atStore('the completion of the upload', isCompletion),
  ...atStore('the listing that verifies', isVerification),
  ...atStore('the writing of .info', isInfo),
  random => {
    const [nth, bytes] = [1 + Math.floor(random() * 2), 1 + Math.floor(random() * 8 * MIB)]
    return {
      what: `after ${bytes} bytes of part ${nth}`,
      at: 'store',
      request: isPart,
      nth,
      before: 'request',
      bytes,
    }
  },
  random => ({
    what: 'after a part',
    at: 'store',
    request: isPart,
    nth: 1 + Math.floor(random() * 2),
    before: 'answer',
  }),
]

test(`kill -9 at ${KILLS} moments of a backup: no half backup is ever listed, and each ends well`, async () => {
  const { agent } = await instance.open({ worker: 'never' })
  const database = await victim(instance, agent, 16)
  const drawn = drawMoments(KINDS, KILLS, randomFrom(SEED))
  process.stdout.write(`FAULTS_SEED=${SEED}: killed ${drawn.map(({ what }) => what).join('; ')}\n`)
  const jobs: JobId[] = []
  let kills = 0
  for (const moment of drawn) {
    await killAt(instance, watched, agent, moment, 'backup', async () => {
      const id = await agent.startBackup({ database })
      jobs.push(id)
      return id
    })
    kills += 1
    // Made whole before its end was noted: then the next run finds it so.
    expect((await agent.backups()).length).toBeLessThanOrEqual(jobs.length)
  }
  expect(kills).toBe(KILLS)

  watched.look()
  const opened = await instance.open()
  const made = []
  for (const id of jobs) made.push(await ended(opened.agent, id))
  expect(made.filter(({ state }) => state !== 'completed')).toEqual([])
  expect((await agent.backups()).map(({ name }) => name).sort()).toEqual(
    made.map(({ backup }) => backup).sort(),
  )
  for (const { backup } of made) {
    const drill = await ended(opened.agent, await opened.agent.startVerify(backup ?? ''))
    expect(drill).toMatchObject({ state: 'completed' })
  }
  await opened.close()
  await expectRecovered(instance, await openWithPatience(instance), database)
}, 600_000)
