import { afterEach, describe, expect, test } from '@jest/globals'
import { NewDatabaseName } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { type Fault, type FaultProxy, type SeenRequest, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { expectRecovered, victim } from './recovered.ts'

const sandbox = sandboxEnvironment()
let instance: AgentInstance
let proxy: FaultProxy

afterEach(async () => {
  await instance.close()
  await proxy.close()
})

const isPart = ({ method, query }: SeenRequest) => method === 'PUT' && query.has('partNumber')
const isArchive = ({ method, path }: SeenRequest) => method === 'GET' && path.endsWith('.zip')
const isWindow = (request: SeenRequest) => {
  const [, start = '0', end = '0'] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? []
  return isArchive(request) && Number(end) - Number(start) > 1_000_000
}
const isOpening = ({ method, query }: SeenRequest) => method === 'POST' && query.has('uploads')
const isVerification = ({ query }: SeenRequest) => query.get('prefix')?.endsWith('.zip') === true
const isCompletion = ({ method, query }: SeenRequest) => method === 'POST' && query.has('uploadId')

/** The fault for the first so many requests of a kind; the store works after that. */
function first(times: number, chosen: (request: SeenRequest) => boolean, fault: Fault) {
  let left = times
  return (request: SeenRequest) => (chosen(request) && left-- > 0 ? fault : undefined)
}

/** An agent that reaches the store through a proxy which does what `choose` says. */
async function behind(choose: (request: SeenRequest) => Fault | undefined, mebibytes = 10) {
  proxy = await startFaultProxy(sandbox.s3Endpoint, choose)
  instance = await agentInstance({ aws_endpoint: proxy.url, store_silence_seconds: '3' })
  const opened = await instance.open()
  return { opened, agent: opened.agent, database: await victim(instance, opened.agent, mebibytes) }
}

describe('a backup ends well, and nothing half is listed or left open, when the store', () => {
  test.each<[string, (request: SeenRequest) => Fault | undefined]>([
    ['answers 500', first(2, isPart, { kind: 'answer', status: 500 })],
    ['answers 503', first(2, isPart, { kind: 'answer', status: 503 })],
    ['resets the connection', first(2, isPart, { kind: 'reset', afterBytes: 100_000 })],
    ['stalls at a part', first(2, isPart, { kind: 'stall' })],
    ['stalls at the completion', first(1, isCompletion, { kind: 'stall' })],
    ['stalls at the listing that verifies', first(1, isVerification, { kind: 'stall' })],
    ['opens the upload and loses its answer', first(2, isOpening, { kind: 'lose-answer' })],
    ['keeps a part and loses its answer', first(1, isPart, { kind: 'lose-answer' })],
    ['keeps the whole and loses its answer', first(1, isCompletion, { kind: 'lose-answer' })],
    ['gets other bytes than were sent', first(1, isPart, { kind: 'flip-request', at: 1_000 })],
  ])('%s', async (_what, choose) => {
    const { agent, opened, database } = await behind(choose)
    const done = await ended(agent, await agent.startBackup({ database }))
    expect(done).toMatchObject({ state: 'completed' })
    expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
    const verified = await ended(agent, await agent.startVerify(done.backup ?? ''))
    expect(verified).toMatchObject({ state: 'completed' })
    await expectRecovered(instance, opened, database)
  })
})

describe('a restore ends well, and is what was backed up, when the store', () => {
  test.each<[string, Fault]>([
    ['cuts a body short', { kind: 'cut-body', afterBytes: 1_000 }],
    ['stalls before it answers', { kind: 'stall' }],
    ['stalls in the middle of a body', { kind: 'stall-body', afterBytes: 1_000 }],
    ['answers 500', { kind: 'answer', status: 500 }],
    ['resets the connection', { kind: 'reset', afterBytes: 0 }],
    ['answers 503', { kind: 'answer', status: 503 }],
    ['returns wrong bytes', { kind: 'flip-answer', at: 5_000 }],
  ])('%s', async (_what, fault) => {
    const { agent, opened, database } = await behind(
      first(1, fault.kind === 'flip-answer' ? isWindow : isArchive, fault),
      2,
    )
    const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
    const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
    const restore = () =>
      agent.startRestore({
        source: { kind: 'stored', backup },
        database: name,
        copy: false,
        neutralise: false,
      })
    const tried = await ended(agent, await restore())
    if (fault.kind === 'flip-answer') {
      // Wrong bytes are found out and nothing of them stays; the next attempt gets the right ones.
      expect(tried).toMatchObject({ state: 'failed', failure: { code: 'backup_damaged' } })
      expect(await instance.odoo.cluster.databaseExists(name)).toBe(false)
      expect(await ended(agent, await restore())).toMatchObject({ state: 'completed' })
    } else {
      expect(tried).toMatchObject({ state: 'completed' })
    }
    expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
    await expectRecovered(instance, opened, database)
  })
})

test('a backup whose upload somebody removes in the middle of it begins anew, and ends well', async () => {
  let removed: Promise<void> | undefined
  const { agent, opened, database } = await behind(request => {
    if (!isPart(request) || removed !== undefined) return undefined
    const key = request.path.slice(`/${sandbox.privateBucket}/`.length)
    removed = instance.storage.abortUpload({ key, uploadId: request.query.get('uploadId') ?? '' })
    return { kind: 'hold', until: removed }
  })
  const id = await agent.startBackup({ database })
  const done = await ended(agent, id)
  expect(done).toMatchObject({ state: 'completed', attempt: 2 })
  expect((await agent.jobLog(id)).lines.map(({ text }) => text).join('\n')).toMatch(
    /tried again \(storage_misbehaved\): .* its unfinished upload was removed meanwhile/,
  )
  expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
  await expectRecovered(instance, opened, database)
})

test('a store that refuses is no reason to try for hours, and the reason is told', async () => {
  const refusal: Fault = {
    kind: 'answer',
    status: 403,
    body: '<Error><Code>AccessDenied</Code></Error>',
    headers: { 'content-type': 'application/xml' },
  }
  let refuses = true
  const { agent, opened, database } = await behind(
    ({ method }) => (refuses && method === 'PUT' ? refusal : undefined),
    1,
  )
  const done = await ended(agent, await agent.startBackup({ database }))
  expect(done).toMatchObject({ state: 'failed', attempt: 1, failure: { code: 'storage_refused' } })
  expect(await agent.backups()).toEqual([])
  refuses = false
  await expectRecovered(instance, opened, database)
})
