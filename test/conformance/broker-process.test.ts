/** The broker as an operator starts and stops it: a process with settings in its environment. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { dropDatabase } from '../../infra/sandbox/drop-database.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { startBrokerProcess } from '../fixtures/broker-process.ts'
import { brokerEnvironment, newUserKey } from '../fixtures/running-broker.ts'

const database = `test_broker_process_${process.pid}`
const databaseUrl = new URL(sandboxEnvironment().brokerDatabaseUrl)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broker-process-'))
  await administer(client => client.query(`CREATE DATABASE ${database}`))
  databaseUrl.pathname = `/${database}`
})
afterAll(async () => {
  await administer(client => dropDatabase(client, database))
  await rm(folder, { recursive: true })
})

async function administer(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: sandboxEnvironment().brokerDatabaseUrl })
  await client.connect()
  await work(client)
  await client.end()
}

test('settings that are wrong are all named at once, without their values, and nothing is started', async () => {
  const { child, output } = startBrokerProcess({
    BROKER_PORT: 'eighty',
    BROKER_HASHING_KEYS: 'k1:c2hvcnQ=',
    BROKER_DATABASE_URL: 'mysql://canary',
    BROKER_TRUSTED_PROXIES: '10.0.0.0/8, the proxy',
    BROKER_STS_ACCESS_KEY_ID: 'canary',
    BROKER_CREDENTIAL_TTL_SECONDS: '900',
    BROKER_CREDENTIAL_MARGIN_SECONDS: '900',
  })
  const [status] = await once(child, 'close')
  expect(status).toBe(78)
  for (const name of [
    'BROKER_PORT',
    'BROKER_PUBLIC_URL',
    'BROKER_HASHING_KEYS',
    'BROKER_DATABASE_URL',
    'BROKER_SEALING_KEYS',
    'BROKER_TRUSTED_PROXIES',
    'BROKER_ODOO_CLIENT_ID',
    'BROKER_STS_ACCESS_KEY_ID',
    'BROKER_CREDENTIAL_MARGIN_SECONDS',
  ])
    expect(output()).toContain(`${name}:`)
  expect(output()).not.toMatch(/canary|c2hvcnQ/)
})

test('it migrates, serves, takes secrets from files, and on SIGTERM ends what it has begun', async () => {
  const settings: Record<string, string> = {
    ...brokerEnvironment('http://127.0.0.1', databaseUrl.href),
    BROKER_PORT: '0',
  }
  const { BROKER_DATABASE_URL: secret = '', ...rest } = settings
  const file = join(folder, 'database-url')
  await writeFile(file, `${secret}\n`, { mode: 0o600 })
  const broker = startBrokerProcess({ ...rest, BROKER_DATABASE_URL_FILE: file })
  const url = await broker.listening()
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ state: 'ok' })
  const answers = Array.from({ length: 10 }, () => brokerClient(url, newUserKey()).post('/v1/login-requests'))
  const first = await Promise.race(answers)
  expect(first.status).toBe(200)
  broker.child.kill('SIGTERM')
  // A request is answered whole or, if it came too late, not taken: none is cut.
  for (const answer of await Promise.allSettled(answers)) {
    if (answer.status === 'fulfilled') expect(answer.value.status).toBe(200)
    else expect(answer.reason.cause).toMatchObject({ code: 'ECONNREFUSED' })
  }
  const [status] = await once(broker.child, 'exit')
  expect(status).toBe(0)
  for (const value of Object.entries(settings).flatMap(([name, text]) =>
    /KEY|DATABASE_URL/.test(name) ? [text] : [],
  ))
    expect(broker.output()).not.toContain(value)
})
