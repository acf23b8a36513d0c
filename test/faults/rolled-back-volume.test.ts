/** A broker that is alone, and the volume of its registry, which is rolled back while no broker runs. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { type BrokerProcess, startBrokerProcess } from '../fixtures/broker-process.ts'
import { type OwnPostgres, startOwnPostgres } from '../fixtures/own-servers.ts'
import { brokerEnvironment } from '../fixtures/running-broker.ts'

let postgres: OwnPostgres
let folder: string
let environment: Record<string, string>
let brokers: BrokerProcess[]
beforeEach(async () => {
  postgres = await startOwnPostgres()
  folder = await mkdtemp(join(tmpdir(), 'rolled-back-'))
  brokers = []
  environment = {
    ...brokerEnvironment('http://127.0.0.1', postgres.brokerDatabaseUrl),
    // The broker makes it.
    BROKER_STATE_FOLDER: join(folder, 'state'),
    BROKER_PORT: '0',
    BROKER_PAYMENT: 'prepaid',
    BROKER_IAP_SERVICE_KEY: '',
    BROKER_MONTHLY_CREDITS: '10',
  }
})
afterEach(async () => {
  for (const broker of brokers) await broker.end()
  await postgres.close()
  await rm(folder, { recursive: true })
})

type Asking = (url: string) => Promise<unknown>
const nothing: Asking = async () => undefined

/** Leaves a row in the audit log, and says nothing to billing. */
const refused: Asking = async url => {
  const headers = { authorization: 'Bearer no token' }
  expect((await fetch(`${url}/admin/v1/accounts`, { headers })).status).toBe(401)
}

/** A broker starts, is asked for something, tells why billing rests, is asked for something more, and ends. */
async function causesAtStart({ before = nothing, further = nothing } = {}): Promise<string[]> {
  const broker = startBrokerProcess(environment)
  brokers.push(broker)
  const url = await broker.listening()
  await before(url)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  await further(url)
  expect(await broker.end()).toBe(0)
  return [...metrics.matchAll(/^\S*billing_paused\{cause="(\w+)"\} 1$/gm)].map(([, cause = '']) => cause)
}

const billing = (...args: string[]) => brokerCommand(['billing', ...args, '--why', 'a test'], environment)

async function newAccount(): Promise<string> {
  const client = new Client({ connectionString: postgres.brokerDatabaseUrl })
  await client.connect()
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO account (id, provider, subject, folder, payment_token)
     VALUES (gen_random_uuid(), 'odoo', '7', '7', 'a token') RETURNING id`,
  )
  await client.end()
  return rows[0]?.id ?? ''
}

/** Gives credit; each sum is given once. */
const grant = (accountId: string, credits: string) =>
  billing('grant', accountId, credits, '--reference', `letter-${credits}`)

test('a volume that is rolled back to a snapshot while no broker ran is noticed at the next start, and so is the next time', async () => {
  expect(await causesAtStart()).toEqual([])
  const accountId = await newAccount()
  const snapshot = await postgres.snapshot()
  expect(await causesAtStart()).toEqual([])
  // The last that is written before the end is of a command.
  expect(await grant(accountId, '5')).toMatchObject({ status: 0 })

  for (let time = 0; time < 2; time += 1) {
    await snapshot.restore()
    expect(await causesAtStart()).toEqual(['restored'])
    expect(await billing('resume')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('billing reconcile comes first'),
    })
    expect(await causesAtStart()).toEqual(['restored'])
    expect(await billing('reconcile')).toMatchObject({ status: 0 })
    expect(await billing('resume')).toMatchObject({ status: 0 })
    expect(await causesAtStart()).toEqual([])
  }
})

test('a command notices it as well, where no broker has started since', async () => {
  expect(await causesAtStart()).toEqual([])
  const accountId = await newAccount()
  const snapshot = await postgres.snapshot()
  expect(await grant(accountId, '5')).toMatchObject({ status: 0 })
  await snapshot.restore()
  expect(await billing('run', accountId)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('it was restored, or a replica took over'),
  })
  expect(await causesAtStart()).toEqual(['restored'])
})

test('what a broker wrote last before it ended is remembered too', async () => {
  expect(await causesAtStart()).toEqual([])
  const snapshot = await postgres.snapshot()
  // Billing has looked before.
  expect(await causesAtStart({ further: refused })).toEqual([])
  await snapshot.restore()
  expect(await causesAtStart()).toEqual(['restored'])
})

// A server that comes back from a snapshot gives out numbers ahead of the rows: one row goes further than several lost.
test.each<[string, (accountId: string) => Promise<{ before: Asking }>]>([
  [
    'a command that only looks',
    async accountId => {
      expect(await billing('balance', accountId)).toMatchObject({ status: 0 })
      return { before: nothing }
    },
  ],
  [
    'a command that gives credit',
    async accountId => {
      await grant(accountId, '1')
      return { before: nothing }
    },
  ],
  [
    'a command that is not on money',
    async () => {
      const made = brokerCommand(['admin-token', 'create', 'reader', '--role', 'viewer'], environment)
      expect(await made).toMatchObject({ status: 0 })
      return { before: nothing }
    },
  ],
  ['a request that is refused', async () => ({ before: refused })],
])('%s hides no rollback of a few rows behind a row of its own', async (_, first) => {
  expect(await causesAtStart()).toEqual([])
  const accountId = await newAccount()
  const snapshot = await postgres.snapshot()
  for (const credits of ['5', '6', '7']) expect(await grant(accountId, credits)).toMatchObject({ status: 0 })
  await snapshot.restore()
  expect(await causesAtStart(await first(accountId))).toEqual(['restored'])
})

test('after a rollback that was the wrong one, a snapshot of what was given up then is noticed too', async () => {
  expect(await causesAtStart()).toEqual([])
  const accountId = await newAccount()
  const monday = await postgres.snapshot()
  expect(await grant(accountId, '5')).toMatchObject({ status: 0 })
  expect(await causesAtStart()).toEqual([])
  for (const credits of ['6', '7', '8']) expect(await grant(accountId, credits)).toMatchObject({ status: 0 })
  const wednesday = await postgres.snapshot()
  await monday.restore()
  expect(await billing('reconcile')).toMatchObject({ status: 0 })
  expect(await billing('resume')).toMatchObject({ status: 0 })
  expect(await causesAtStart()).toEqual([])
  await wednesday.restore()
  expect(await causesAtStart()).toEqual(['restored'])
})
