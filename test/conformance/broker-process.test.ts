/** The broker as an operator starts and stops it: a process with settings in its environment. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { dropDatabase } from '../../infra/sandbox/drop-database.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { freePorts } from '../../infra/sandbox/ports.ts'
import { until } from '../faults/waiting.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { startBrokerProcess } from '../fixtures/broker-process.ts'
import { brokerEnvironment, newUserKey } from '../fixtures/running-broker.ts'

let database: string
let databaseUrl: URL
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broker-process-'))
  database = `test_broker_process_${randomBytes(6).toString('hex')}`
  await administer(client => client.query(`CREATE DATABASE ${database}`))
  databaseUrl = new URL(sandboxEnvironment().brokerDatabaseUrl)
  databaseUrl.pathname = `/${database}`
})
afterEach(async () => {
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
  const holder = new Client({ connectionString: databaseUrl.href })
  await holder.connect()
  await holder.query('BEGIN; LOCK TABLE login_request IN ACCESS EXCLUSIVE MODE')
  const asked = Array.from({ length: 4 }, () => brokerClient(url, newUserKey()).post('/v1/login-requests'))
  await until(async () => {
    const { rows } = await holder.query(
      "SELECT FROM pg_locks WHERE relation = 'login_request'::regclass AND NOT granted",
    )
    return rows.length >= asked.length ? true : undefined
  })
  broker.child.kill('SIGTERM')
  // It takes nothing new while it ends what it has begun.
  await until(async () =>
    fetch(`${url}/readyz`).then(
      () => undefined,
      () => true,
    ),
  )
  await holder.query('COMMIT')
  await holder.end()
  for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200)
  const [status] = await once(broker.child, 'exit')
  expect(status).toBe(0)
  for (const value of Object.entries(settings).flatMap(([name, text]) =>
    /KEY|DATABASE_URL/.test(name) ? [text] : [],
  ))
    expect(broker.output()).not.toContain(value)
})

test('a start that fails while requests are served answers them first', async () => {
  const [port = 0] = await freePorts(1)
  const settings = { ...brokerEnvironment('http://127.0.0.1', databaseUrl.href), BROKER_PORT: `${port}` }
  const holder = new Client({ connectionString: databaseUrl.href })
  await holder.connect()
  try {
    // BullMQ's own lock, under which it prepares its tables: the start waits here, and listens already.
    await holder.query("SELECT pg_advisory_lock(x'42554c4c'::int, hashtext('bullmq'))")
    const broker = startBrokerProcess(settings)
    const pid = await until(async () => {
      const { rows } = await holder.query<{ pid: number }>(
        `SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`,
      )
      return rows[0]?.pid
    })
    const body = '{}'
    const asked = request({
      port,
      method: 'POST',
      path: '/v1/login-requests',
      headers: {
        authorization: `Bearer ${newUserKey()}`,
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      },
    })
    const answered = once(asked, 'response')
    asked.flushHeaders()
    await once(asked, 'continue')
    await holder.query('SELECT pg_terminate_backend($1)', [pid])
    await until(
      async () => broker.output().includes('shutting down') || broker.child.exitCode !== null || undefined,
    )
    asked.end(body)
    const [response] = await answered
    expect(response.statusCode).toBe(200)
    response.resume()
    const [status] = await once(broker.child, 'close')
    expect(status).toBe(1)
    expect(broker.output()).toContain('The broker did not start')
  } finally {
    await holder.end()
  }
})
