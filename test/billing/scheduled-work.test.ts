/** What brokers do by the clock, as an operator runs them: processes, with jobs in PostgreSQL and in Redis. */
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { usageSettings } from '../../infra/services/broker-surroundings.ts'
import { type BrokerProcess, startBrokerProcess } from '../fixtures/broker-process.ts'
import { type MailServer, startMailServer } from '../fixtures/mail-server.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'
import { brokerEnvironment } from '../fixtures/running-broker.ts'

const sandbox = sandboxEnvironment()
const day = (days: number) => new Date(Date.now() + days * 86_400_000)

let registry: TestRegistry
let mail: MailServer
let prefix: string
let brokers: BrokerProcess[]
beforeEach(async () => {
  registry = await openTestRegistry(3)
  mail = await startMailServer()
  prefix = `test:${randomBytes(6).toString('hex')}:`
  brokers = []
})
afterEach(async () => {
  for (const broker of brokers) await broker.end()
  await mail.close()
  await registry.drop()
  const redis = new Redis(sandbox.redisUrl)
  const keys = await redis.keys(`${prefix}*`)
  if (keys.length > 0) await redis.del(...keys)
  await redis.quit()
})

function start(settings: Record<string, string> = {}): BrokerProcess {
  const broker = startBrokerProcess({
    ...brokerEnvironment('http://127.0.0.1', registry.databaseUrl),
    BROKER_PORT: '0',
    BROKER_MONTHLY_CREDITS: '10',
    BROKER_FORECAST_DAYS: '365',
    BROKER_SMTP_HOST: '127.0.0.1',
    BROKER_SMTP_PORT: String(mail.port),
    ...usageSettings(sandbox),
    ...settings,
  })
  brokers.push(broker)
  return broker
}

/** Asks until the condition holds; a broker that ended meanwhile tells why. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    for (const { child, output } of brokers) if (child.exitCode !== null) throw new Error(output())
    await setTimeout(100)
  }
}

async function hasRow(query: string, accountId?: string): Promise<boolean> {
  const { rows } = await registry.pool.query(query, accountId === undefined ? [] : [accountId])
  return rows.length > 0
}

async function credit(paymentToken: string, balance: number): Promise<void> {
  await fetch(`${sandbox.iapUrl}/sandbox/accounts/${paymentToken}`, {
    method: 'PUT',
    body: JSON.stringify({ balance }),
  })
}

/** An account whose month is open, and paid for all these books say. */
async function inItsMonth() {
  const account = await registry.newAccount()
  const { accountId, paymentToken } = account
  await credit(paymentToken, 5)
  await registry.pool.query(
    'INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at) VALUES ($1, $2, $3, FALSE, $3)',
    [accountId, 'standard', day(-10)],
  )
  await registry.pool.query(
    `INSERT INTO billing_period (account_id, number, opens_at, closes_at, plan, base_credits, included_gb,
       further_gb_credits, grace_days, restore_days, opened_at)
     VALUES ($1, 0, $2, $3, 'standard', 10000, 0, 0, 14, 30, $2)`,
    [accountId, day(-10), day(20)],
  )
  return account
}

test.each(['PostgreSQL', 'Redis'])(
  'a broker whose jobs lie in %s collects, goes on with what is open, measures, mails, reads balances and looks ahead',
  async kind => {
    const [due, ahead, told, cut] = [
      await registry.newAccount(),
      await inItsMonth(),
      await registry.newAccount(),
      await inItsMonth(),
    ]
    await credit(due.paymentToken, 50)
    const { pool } = registry
    await pool.query(
      `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
       VALUES ($1, 'standard', $2, TRUE, $2)`,
      [due.accountId, day(-1)],
    )
    await pool.query(
      `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
         upload_bytes, uploads, sampled_at)
       SELECT $1, d::date, 1000, 1, 0, 0, 0, 0, d FROM generate_series(now() - INTERVAL '9 days', now() - INTERVAL '1 day', '1 day') d`,
      [ahead.accountId],
    )
    await pool.query("UPDATE account SET email = 'told@example.com' WHERE id = $1", [told.accountId])
    await pool.query("INSERT INTO notice (account_id, type, message) VALUES ($1, 'other', 'A notice.')", [
      told.accountId,
    ])
    // Nobody renews a suspended account; what it had begun to pay is gone on with all the same.
    await pool.query('UPDATE account SET suspended_at = now() WHERE id = $1', [cut.accountId])
    await pool.query(
      `WITH c AS (INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
         VALUES ($1, 0, 'base', 10000, 'a month', $2, $2) RETURNING id)
       INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, at)
       SELECT id, 1, 1, 'planned', 'iap', 0, 10000, $2 FROM c`,
      [cut.accountId, day(-1)],
    )
    const broker = start(
      kind === 'Redis' ? { BROKER_REDIS_URL: sandbox.redisUrl, BROKER_REDIS_PREFIX: prefix } : {},
    )
    await broker.listening()
    const entry = (state: string) =>
      `SELECT 1 FROM charge c JOIN ledger_entry e ON e.charge_id = c.id WHERE c.account_id = $1 AND e.state = '${state}'`
    await until(() => hasRow(entry('captured'), due.accountId))
    await until(() => hasRow(entry('unknown'), cut.accountId))
    for (const { accountId } of [due, ahead, told, cut])
      await until(() =>
        hasRow('SELECT 1 FROM usage_sample WHERE account_id = $1 AND day >= current_date', accountId),
      )
    await until(async () => mail.recipients.includes('told@example.com'))
    await until(() => hasRow('SELECT 1 FROM balance_reading WHERE account_id = $1', ahead.accountId))
    await until(() =>
      hasRow(
        "SELECT 1 FROM notice WHERE account_id = $1 AND condition = 'forecast_insufficient_credits'",
        ahead.accountId,
      ),
    )
    expect(await broker.end()).toBe(0)
  },
)

test.each(['PostgreSQL', 'Redis'])(
  'what a broker was doing when it died is done by another, with jobs in %s',
  async kind => {
    const shared: Record<string, string> =
      kind === 'Redis' ? { BROKER_REDIS_URL: sandbox.redisUrl, BROKER_REDIS_PREFIX: prefix } : {}
    const { accountId } = await registry.newAccount()
    // The one waits a minute before each request to the store, the other does not.
    const dying = start({ ...shared, BROKER_USAGE_PAUSE_SECONDS: '60' })
    await until(() => hasRow('SELECT 1 FROM usage_run'))
    const other = start(shared)
    await other.listening()
    const sample = 'SELECT 1 FROM usage_sample WHERE account_id = $1'
    expect(await hasRow(sample, accountId)).toBe(false)
    brokers = [other]
    await dying.end('SIGKILL')
    // The lock of the dead one's job lasts a minute, and is looked for every half.
    await until(() => hasRow(sample, accountId))
  },
)
