/** When work by the clock has failed: where it tried something, and the far side let nothing of it succeed. */

import { S3Client } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createLogger, readSettings } from '@odoo-backup/service'
import { z } from 'zod'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { reconcile } from '../../apps/broker/src/billing/operation/reconcile.ts'
import { scheduledWork } from '../../apps/broker/src/billing/operation/scheduled-work.ts'
import type { WorkName } from '../../apps/broker/src/billing/operation/work-names.ts'
import { MailSettings } from '../../apps/broker/src/notices/mail-settings.ts'
import { openMailer } from '../../apps/broker/src/notices/mailer.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { type MailServer, startMailServer } from '../fixtures/mail-server.ts'

const HOUR_MS = 3_600_000
const PUBLIC_URL = 'https://backups.example'
const sandbox = sandboxEnvironment()
const NONE = { code: 'none_succeeded' }

let desk: BillingDesk
let billing: Billing
let mail: MailServer
let closing: (() => Promise<unknown> | undefined)[]
beforeEach(async () => {
  desk = await openBillingDesk(new Date('2026-05-01T12:00Z'))
  billing = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  mail = await startMailServer()
  closing = [mail.close, desk.close]
})
afterEach(async () => {
  for (const close of closing) await close()
})

/** A broker to which each connection to the payment service is refused. */
const away = () => desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:2' })

/** One run as the clock begins it. */
async function run(
  name: WorkName,
  by = billing,
  { client = ownerOf('accounts', sandbox), withdraw = desk.notices.withdrawCondition } = {},
) {
  const settings = readSettings(MailSettings.extend({ BROKER_PUBLIC_URL: z.string() }), {
    BROKER_SMTP_HOST: '127.0.0.1',
    BROKER_SMTP_PORT: String(mail.port),
    BROKER_PUBLIC_URL: PUBLIC_URL,
  })
  const mailer = openMailer(settings)
  if (mailer === undefined) throw new Error('There is no mailer.')
  const { pool } = desk.registry
  const work = scheduledWork({
    pool,
    billing: by,
    now: desk.now,
    log: createLogger({ name: 'test', level: 'silent' }),
    usage: { client, bucket: sandbox.bucket, pauseSeconds: 0 },
    mail: { mailer, publicUrl: PUBLIC_URL },
    forecast: {
      pool,
      plans: by.plans,
      provider: by.provider,
      daysAhead: 30,
      now: desk.now,
      onFailure: () => undefined,
      notices: { raise: async () => undefined, withdraw },
    },
  }).find(one => one.name === name)
  try {
    return await work?.run(new AbortController().signal)
  } finally {
    mailer.close()
    client.destroy()
  }
}

/** An account that has paid its first month, with so much left. */
async function paid(left: number) {
  const account = await desk.account(10 + left)
  await billing.renewal.renew(account.accountId)
  return account
}

test('with the payment service away, collecting has failed; where one account of two is answered, it is done', async () => {
  const [one, other] = [await desk.account(25), await desk.account(25)]
  for (const { accountId } of [one, other])
    await desk.registry.pool.query(
      `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
       VALUES ($1, 'standard', $2, TRUE, $2)`,
      [accountId, desk.now()],
    )
  await expect(run('renew accounts', away())).rejects.toMatchObject(NONE)
  expect(await desk.states(one.accountId)).toBe('1:planned 1:failed')
  desk.pass(2 * HOUR_MS)
  await desk.fault('/iap/1/authorize', '500', one.paymentToken)
  expect(await run('renew accounts')).toBe(2)
  expect(await desk.states(one.accountId)).toBe('1:planned 1:failed 2:planned 2:unknown')
  expect(await desk.states(other.accountId)).toContain('captured')
  // That credit is missing is an answer.
  const poor = await desk.account(0)
  await desk.registry.pool.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, 'standard', $2, TRUE, $2)`,
    [poor.accountId, desk.now()],
  )
  expect(await run('renew accounts')).toBe(3)
  expect(await desk.states(poor.accountId)).toBe('1:planned 1:failed')
  // Nothing is due, so that nobody is asked.
  desk.pass(1000)
  expect(await run('renew accounts', away())).toBe(3)
})

test('where no account can be renewed or looked ahead for, whatever the reason, that has failed', async () => {
  await paid(15)
  const broken: Billing = {
    ...billing,
    renewalThrough: () => ({ ...billing.renewal, renew: () => Promise.reject(new Error('No disk.')) }),
  }
  await expect(run('renew accounts', broken)).rejects.toMatchObject({ ...NONE, cause: new Error('No disk.') })
  const withdraw = () => Promise.reject(new Error('No disk.'))
  await expect(run('forecast', billing, { withdraw })).rejects.toMatchObject(NONE)
})

test('with the payment service away, going on with open payments has failed; reconciling says what is open, as ever', async () => {
  expect(await run('resume open payments', away())).toBe(0)
  await desk.fault('/iap/1/capture', 'lost', '')
  const { accountId } = await desk.account(25)
  await billing.renewal.renew(accountId)
  await expect(run('resume open payments', away())).rejects.toMatchObject(NONE)
  const { renewal, plans, providers, control } = away()
  const { pool } = desk.registry
  const told = await reconcile({ pool, renewal, plans, providers, control, now: desk.now })
  expect(told).toMatchObject({ repeated: 1, stillOpen: 1 })
  expect(await run('resume open payments')).toBe(1)
  expect(await desk.states(accountId)).toContain('captured')
})

test('with the payment service away, a hold that came too late is not given back, and that has failed', async () => {
  const { accountId } = await paid(15)
  await desk.registry.pool.query(
    `INSERT INTO late_hold (provider, transaction, charge_id, held_at)
     SELECT 'iap', 'late', id, $2 FROM charge WHERE account_id = $1`,
    [accountId, desk.now()],
  )
  await expect(run('resume open payments', away())).rejects.toMatchObject(NONE)
})

test('with the payment service away, reading balances and looking ahead have failed; reconciling says who was not answered for', async () => {
  const [one] = [await paid(15), await paid(15)]
  for (const name of ['read balances', 'forecast'] as const)
    await expect(run(name, away())).rejects.toMatchObject(NONE)
  const { renewal, plans, providers, control } = away()
  const { pool } = desk.registry
  const told = await reconcile({ pool, renewal, plans, providers, control, now: desk.now })
  expect(told.balances).toMatchObject({ unanswered: 2 })
  await desk.fault('/iap/1/balance', '500', one.paymentToken)
  expect(await run('read balances')).toMatchObject({ unanswered: 1, firstRead: 1 })
  await desk.fault('/iap/1/balance', '500', one.paymentToken)
  expect(await run('forecast')).toBe(2)
})

test('with the store away counting has failed, also of few accounts', async () => {
  await desk.account(0)
  const nowhere = new S3Client({
    endpoint: 'http://127.0.0.1:2',
    region: 'any',
    maxAttempts: 1,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  })
  await expect(run('sample usage', billing, { client: nowhere })).rejects.toMatchObject(NONE)
  expect(await run('sample usage')).toBe(1)
  expect(await run('sample usage')).toBe(0)
})

test('a mail server that takes no mail of any account makes mailing fail, and one that takes some does not', async () => {
  for (const name of ['one', 'other']) {
    const { accountId } = await desk.account(0)
    await desk.registry.pool.query('UPDATE account SET email = $2 WHERE id = $1', [
      accountId,
      `${name}@example.com`,
    ])
    await desk.notices.raise(accountId, {
      type: 'insufficient_credits',
      text: { code: 'payment_due', amount: '9.5', currency: 'credits', since: '2026-05-01' },
    })
    mail.refused.add(`${name}@example.com`)
  }
  await expect(run('mail notices')).rejects.toMatchObject(NONE)
  mail.refused.delete('other@example.com')
  desk.pass(HOUR_MS)
  expect(await run('mail notices')).toBe(1)
  expect(mail.messages.map(text => /^To: (.*)$/m.exec(text)?.[1])).toEqual(['other@example.com'])
})
