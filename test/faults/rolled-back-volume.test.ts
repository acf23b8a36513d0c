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

/** A broker starts, tells why billing rests, is asked for something more, and ends. */
async function causesAtStart(further: (url: string) => Promise<unknown> = async () => 0): Promise<string[]> {
  const broker = startBrokerProcess(environment)
  brokers.push(broker)
  const url = await broker.listening()
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

test('a volume that is rolled back to a snapshot while no broker ran is noticed at the next start, and so is the next time', async () => {
  expect(await causesAtStart()).toEqual([])
  const accountId = await newAccount()
  const snapshot = await postgres.snapshot()
  expect(await causesAtStart()).toEqual([])
  // The last that is written before the end is of a command.
  expect(await billing('grant', accountId, '5')).toMatchObject({ status: 0 })

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
  expect(await billing('grant', accountId, '5')).toMatchObject({ status: 0 })
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
  const refused = async (url: string) => {
    const headers = { authorization: 'Bearer no token' }
    expect((await fetch(`${url}/admin/v1/accounts`, { headers })).status).toBe(401)
  }
  // The row of the audit log that this is says nothing to billing, which has looked before.
  expect(await causesAtStart(refused)).toEqual([])
  await snapshot.restore()
  expect(await causesAtStart()).toEqual(['restored'])
})
