import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DatabaseName, type JobView, NewDatabaseName } from '@odoo-backup/protocol'
import { withoutCachedCredentials } from '../../apps/agent/src/credentials/credential-cache.ts'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { accountsStore } from '../fixtures/accounts-store.ts'
import { type AgentInstance, agentInstance, ended, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, submit } from '../fixtures/log-in.ts'
import { openUploads } from '../fixtures/open-uploads.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { expectRecovered, victim } from './recovered.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until } from './waiting.ts'

const sandbox = sandboxEnvironment()

let broker: RunningBroker | undefined
/** From the agent to the broker. */
let wire: TcpProxy | undefined
let instance: AgentInstance
let owner: ReturnType<typeof accountsStore>
let folder: string | undefined
let store: FaultProxy | undefined

beforeEach(() => {
  folder = undefined
  owner = accountsStore()
})
afterEach(async () => {
  await instance.close()
  await store?.close()
  store = undefined
  await wire?.close()
  wire = undefined
  await broker?.close()
  broker = undefined
  const keys: string[] = []
  if (folder !== undefined) for await (const { key } of owner.list(`${folder}/`)) keys.push(key)
  await owner.delete(keys)
  owner.close()
})

/** An agent whose account has just approved it. */
async function connected(settings: Record<string, string> = {}, overrides: Record<string, string> = {}) {
  broker = await runBroker(overrides)
  wire = await startTcpProxy(Number(new URL(broker.url).port))
  instance = await agentInstance({
    ...NO_BUCKET,
    broker_url: `http://127.0.0.1:${wire.port}`,
    ...settings,
  })
  const opened = await instance.open()
  const user = await newOdooComUser()
  const first = await opened.agent.connect()
  if (first.state !== 'login_required') throw new Error('the agent was connected already')
  const browser = new HttpBrowser()
  const { code } = await approve(browser, first.authLink, user)
  const answer = await opened.agent.connect({ ...(code === undefined ? {} : { code }) })
  expect(answer).toMatchObject({ state: 'connected', folder: user.id })
  folder = user.id
  return { ...opened, opened, browser }
}

/** What must hold after every disaster, for what is stored in the account's folder of the broker's bucket. */
async function expectRecoveredThere(opened: OpenedAgent, database: DatabaseName): Promise<void> {
  const prefix = `${folder}/`
  await expectRecovered(instance, opened, database, {
    storage: owner,
    prefix,
    openUploads: () => openUploads(prefix, 'accounts'),
  })
}

/** Credentials that end soon, yet not between the signing of a request and its arrival on a busy machine. */
const SHORT_LIVED = {
  BROKER_STS_ENDPOINT: sandbox.shortStsEndpoint,
  BROKER_CREDENTIAL_TTL_SECONDS: '8',
  BROKER_CREDENTIAL_MARGIN_SECONDS: '1',
}

test('credentials that live for seconds are renewed in the middle of an upload', async () => {
  const { agent, opened } = await connected({ bandwidth_limit: '2048' }, SHORT_LIVED)
  const database = await victim(instance, agent, 20)
  const done = await ended(agent, await agent.startBackup({ database }))
  expect(done).toMatchObject({ state: 'completed', attempt: 1 })
  const seconds = (Date.parse(done.finishedAt ?? '') - Date.parse(done.startedAt ?? '')) / 1000
  expect(seconds).toBeGreaterThan(8)
  expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
  await expectRecoveredThere(opened, database)
})

test('credentials that end while the store is silent are renewed in the middle of a restore and of a drill', async () => {
  const held = new Set<string>()
  store = await startFaultProxy(sandbox.s3Endpoint, ({ method, path, headers: { range } }) => {
    if (method !== 'GET' || !path.endsWith('.zip') || range === undefined || held.has(range)) return undefined
    held.add(range)
    // So long that what the request was signed with has ended when the store hears of it.
    return { kind: 'hold', until: delay(9_000) }
  })
  const { agent, opened } = await connected({}, { ...SHORT_LIVED, BROKER_S3_ENDPOINT: store.url })
  const database = await victim(instance, agent, 10)
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
  const source = { kind: 'stored', backup } as const
  const restore = await agent.startRestore({ source, database: name, copy: false, neutralise: false })
  expect(await ended(agent, restore)).toMatchObject({ state: 'completed', attempt: 1 })
  expect(held.size).toBeGreaterThan(1)
  expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
  held.clear()
  expect(await ended(agent, await agent.startVerify(backup))).toMatchObject({
    state: 'completed',
    attempt: 1,
  })
  await expectRecoveredThere(opened, database)
})

test('a broker that is gone for the length of an upload does not hurt it', async () => {
  const { agent, opened } = await connected({ bandwidth_limit: '6144' })
  const database = await victim(instance, agent, 20)
  const id = await agent.startBackup({ database })
  await until(async () => ((await agent.job(id)).progress?.phase === 'files' ? true : undefined))
  wire?.cut()
  expect(await ended(agent, id)).toMatchObject({ state: 'completed', attempt: 1 })
  wire?.mend()
  await expectRecoveredThere(opened, database)
})

test('no broker: everything that needs it says so, and a backup waits for it', async () => {
  instance = await agentInstance({ ...NO_BUCKET, broker_url: 'http://127.0.0.1:9', retry_seconds: '600' })
  const { agent } = await instance.open()
  const refusal = { code: 'broker_unreachable', status: 503, exitCode: 69, retryable: true }
  await expect(agent.backups()).rejects.toMatchObject(refusal)
  await expect(agent.connect()).rejects.toMatchObject(refusal)
  const id = await agent.startBackup({ database: DatabaseName.parse(await instance.odoo.createSample()) })
  const waiting = await until(async (): Promise<JobView | undefined> => {
    const view = await agent.job(id)
    return view.state === 'delayed' ? view : undefined
  })
  expect(waiting.attempt).toBe(1)
})

test('an instance that no account knows is told to log in, and the job fails at once with that', async () => {
  broker = await runBroker()
  instance = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  const { agent } = await instance.open()
  await expect(agent.backups()).rejects.toMatchObject({ code: 'login_required', status: 401 })
  const id = await agent.startBackup({ database: DatabaseName.parse(await instance.odoo.createSample()) })
  expect(await ended(agent, id)).toMatchObject({
    state: 'failed',
    attempt: 1,
    failure: { code: 'login_required', message: expect.stringContaining('odoo-backup login') },
  })
})

test('a wrong code binds nothing', async () => {
  broker = await runBroker()
  instance = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  const { agent } = await instance.open()
  await expect(agent.connect({ code: randomBytes(24).toString('base64url') })).rejects.toMatchObject({
    code: 'code_refused',
    status: 403,
  })
  expect(await agent.connect()).toMatchObject({ state: 'login_required' })
})

test('a revoked instance drops what it had and gets a key of its own when it is connected anew', async () => {
  const { agent, store, browser } = await connected()
  const former = store.current.userKey
  const page = await browser.open(`${broker?.url}/account`)
  const form = page.forms.find(({ action }) => action.endsWith('/revoke'))
  await submit(browser, page, form?.action ?? 'the form that revokes')
  await store.change(withoutCachedCredentials)
  await until(async () => {
    const answer = await agent.backups().then(
      () => undefined,
      error => error,
    )
    return answer?.code === 'access_revoked' ? true : undefined
  })
  expect(await agent.connect()).toMatchObject({ state: 'login_required' })
  expect(store.current.userKey).not.toBe(former)
})

describe('when the store refuses what the broker gave', () => {
  /** An agent whose store answers 403 to the first so many attempts to send an archive. */
  async function refused(times: number) {
    let left = times
    let attempts = 0
    store = await startFaultProxy(sandbox.s3Endpoint, ({ method, path }) => {
      if (method !== 'PUT' || !path.endsWith('.zip')) return undefined
      attempts += 1
      return left-- > 0 ? { kind: 'answer', status: 403 } : undefined
    })
    const { agent, opened } = await connected({}, { BROKER_S3_ENDPOINT: store.url })
    const database = await victim(instance, agent, 1)
    const done = await ended(agent, await agent.startBackup({ database }))
    const seen = attempts
    const recovered = async () => {
      left = 0
      await expectRecoveredThere(opened, database)
    }
    return { agent, done, attempts: seen, recovered }
  }

  test('once, the credential is fetched anew and the backup goes on', async () => {
    const { agent, done, attempts, recovered } = await refused(1)
    expect(done).toMatchObject({ state: 'completed', attempt: 1 })
    expect(attempts).toBe(2)
    expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
    await recovered()
  })

  test('for .info, the whole archive is none: the credential for rotation removes it, since that for backups may not', async () => {
    let refuses = true
    store = await startFaultProxy(sandbox.s3Endpoint, ({ method, path }) =>
      refuses && method === 'PUT' && path.endsWith('.info') ? { kind: 'answer', status: 403 } : undefined,
    )
    const { agent, opened } = await connected({}, { BROKER_S3_ENDPOINT: store.url })
    const database = await victim(instance, agent, 1)
    const done = await ended(agent, await agent.startBackup({ database }))
    expect(done).toMatchObject({ state: 'failed', attempt: 1, failure: { code: 'storage_refused' } })
    expect(store.requests.filter(line => /^PUT [^?]*\.zip(\?|$)/.test(line))).toHaveLength(1)
    const left: string[] = []
    for await (const { key } of owner.list(`${folder}/`)) left.push(key)
    expect(left).toEqual([])
    refuses = false
    await expectRecoveredThere(opened, database)
  })

  test('again, it counts as refused: the job fails at once, says so, and leaves nothing', async () => {
    const { agent, done, attempts, recovered } = await refused(Number.POSITIVE_INFINITY)
    expect(done).toMatchObject({ state: 'failed', attempt: 1, failure: { code: 'storage_refused' } })
    expect(attempts).toBe(2)
    expect(await agent.backups()).toEqual([])
    expect(await agent.loneArchives()).toEqual([])
    await recovered()
  })
})
