import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { beginBilling } from '../../apps/broker/src/billing/charging/open-periods.ts'
import { addCredit, readBalance } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { csvOf, ledgerCursor, ledgerLines } from '../../apps/broker/src/billing/operation/account-books.ts'
import { revenueByMonth } from '../../apps/broker/src/billing/operation/revenue.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

/** What the books tell of months that were collected, and what kept credit does in them. */

const HOUR_MS = 3_600_000

let desk: BillingDesk
let billing: Billing
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-31T12:00Z'))
  billing = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
})
afterAll(() => desk.close())

const by = { actor: 'operator', reason: 'a test' }

test.each(['=1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'])(
  'a spreadsheet takes no line for a formula: %j',
  note => {
    const line = {
      at: '',
      what: 'grant',
      state: 'booked',
      amount: 1,
      keptPart: 1,
      attempt: 1,
      actor: 'a',
      id: '1',
    }
    expect(csvOf([{ ...line, note }])).toContain(`'${note}`)
  },
)

test('kept credits are spent first, the same grant counts once, and a failed attempt gives them back', async () => {
  const { accountId, paymentToken } = await desk.account(5)
  await billing.renewal.renew(accountId)
  const grant = {
    accountId,
    kind: 'grant' as const,
    amount: 4000,
    reference: `operator:${accountId}`,
    actor: 'operator',
    at: desk.now(),
  }
  expect([await addCredit(desk.registry.pool, grant), await addCredit(desk.registry.pool, grant)]).toEqual([
    true,
    false,
  ])
  desk.pass(HOUR_MS)
  await billing.renewal.renew(accountId)
  expect(await readBalance(desk.registry.pool, accountId)).toBe(4000)
  await desk.credit(paymentToken, 6)
  desk.pass(3 * HOUR_MS)
  await billing.renewal.renew(accountId)
  expect(await readBalance(desk.registry.pool, accountId)).toBe(0)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
})

test('whoever pays exactly what is said to be due goes on, also after months unpaid', async () => {
  const { accountId, paymentToken } = await desk.account(10)
  await billing.entitlement.of(accountId, 'backup')
  desk.pass(32 * 24 * HOUR_MS)
  await billing.renewal.renew(accountId)
  desk.pass(80 * 24 * HOUR_MS)
  const refused = await billing.entitlement.of(accountId, 'backup')
  expect(refused).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining(
      '10 credits are due, and 10 credits for the month that runs: 20 credits in all',
    ),
  })
  expect(await billing.rechargeUrl(accountId)).toContain('credit=20')
  await desk.credit(paymentToken, 10)
  desk.pass(HOUR_MS)
  expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
  await desk.credit(paymentToken, 10)
  desk.pass(HOUR_MS)
  await billing.renewal.renew(accountId, { asked: true })
  expect((await desk.open().ledger.unpaid(accountId)).map(({ amount }) => amount)).toEqual([])
})

test('who is refused because the payment service is away is not told that credit is missing', async () => {
  const away = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  const { accountId } = await desk.account(25)
  await away.renewal.renew(accountId)
  desk.pass(8 * 24 * HOUR_MS)
  const refused = await away.entitlement.of(accountId, 'backup')
  expect(refused).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining('the payment service does not answer'),
  })
  expect(JSON.stringify(refused)).not.toContain('not enough credit')
})

test('another storage cap acts from the next month on', async () => {
  const open = (cap: number) =>
    desk.open({
      BROKER_PLANS: JSON.stringify([{ name: 'standard', creditsPerMonth: 1, storageCapGigabytes: cap }]),
    })
  const { accountId } = await desk.account(100)
  await open(50).renewal.renew(accountId)
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, $2, 20000000000, 1, 0, 0, 0, 0, now())`,
    [accountId, desk.now()],
  )
  expect(await open(10).entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  desk.pass(32 * 24 * HOUR_MS)
  const refused = await open(10).entitlement.of(accountId, 'backup')
  expect(refused).toMatchObject({ code: 'storage_full', message: expect.stringContaining('the 10 GB') })
})

test('while billing is paused nothing is charged and nobody is refused', async () => {
  const { accountId, paymentToken } = await desk.account(0)
  await billing.renewal.renew(accountId)
  expect((await billing.entitlement.of(accountId, 'backup')).entitled).toBe(false)
  await billing.control.pause('a test', 'operator')
  await desk.credit(paymentToken, 50)
  expect((await billing.entitlement.of(accountId, 'backup')).entitled).toBe(true)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 50 })
  await billing.control.resume('operator')
})

test('on a database that was restored billing is paused until the operator resumes it', async () => {
  await billing.control.resume('operator')
  await desk.registry.pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:1:1'")
  const started = desk.open()
  expect(await started.control.pausedReason()).toContain('was restored')
  expect(await desk.open().control.pausedReason()).toContain('was restored')
  await started.control.pause('looking at it', 'operator')
  await expect(started.control.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
  await desk.changesOf(started).reconcile({ accept: false, creditMissing: false }, by)
  await started.control.resume('operator', { force: true })
  expect(await desk.open().control.pausedReason()).toBeUndefined()
})

test('the books can be read in pages and as CSV, and all sums agree', async () => {
  const { accountId } = await desk.account(100)
  await addCredit(desk.registry.pool, {
    accountId,
    kind: 'grant',
    amount: 3000,
    reference: `csv:${accountId}`,
    reason: '=HYPERLINK("x"), said the operator',
    actor: 'operator',
    at: desk.now(),
  })
  await desk.registry.pool.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at) VALUES ($1, 'standard', $2, FALSE, $2)`,
    [accountId, desk.now()],
  )
  await billing.renewal.renew(accountId)
  const all = await ledgerLines(desk.registry.pool, accountId, { limit: 100 })
  expect(all).toHaveLength(6)
  const paged: string[] = []
  for (let cursor: string | undefined; ; ) {
    const [line] = await ledgerLines(desk.registry.pool, accountId, { cursor, limit: 1 })
    if (line === undefined) break
    paged.push(line.id)
    cursor = ledgerCursor(line)
  }
  expect(paged).toEqual(all.map(({ id }) => id))
  expect(csvOf(all)).toContain(`"'=HYPERLINK(""x""), said the operator"`)
  const { pool } = desk.registry
  const found = await desk.changesOf(billing).reconcile({ accept: false, creditMissing: false }, by)
  expect(found.kept.agrees).toBe(true)
  expect(found.kept.left).toBeCloseTo(found.kept.received - found.kept.spent, 9)
  const months = await revenueByMonth(pool)
  expect(months.reduce((sum, { captured }) => sum + captured, 0)).toBeCloseTo(found.capturedByProvider, 9)
})

test('lines of one moment come by their number, the highest first, in one piece and in pages', async () => {
  const { pool } = desk.registry
  const { accountId } = await desk.account(0)
  const { rows } = await pool.query<{ next: number }>(
    `SELECT 10 ^ (length(last_value::text) + 1) - 2 AS next FROM credit_entry_id_seq`,
  )
  // Numbers of which the last have a digit more than the first.
  await pool.query("SELECT setval('credit_entry_id_seq', $1)", [rows[0]?.next])
  await pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at)
     SELECT $1::uuid, 'grant', n * 1000, $1 || ':' || n, 'operator', $2::timestamptz FROM generate_series(1, 4) n ORDER BY n`,
    [accountId, desk.now()],
  )
  const amounts = async (limit: number) => {
    const found: number[] = []
    for (let cursor: string | undefined; ; ) {
      const lines = await ledgerLines(pool, accountId, { cursor, limit })
      const last = lines.at(-1)
      if (last === undefined) return found
      found.push(...lines.map(({ amount }) => amount))
      cursor = ledgerCursor(last)
    }
  }
  expect(await amounts(100)).toEqual([4, 3, 2, 1])
  expect(await amounts(1)).toEqual([4, 3, 2, 1])
})

test('reconciliation compares each balance with the last reading, and tells of credit that left without a row', async () => {
  const { pool } = desk.registry
  const billing = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  const payer = await desk.registry.newAccount()
  await desk.credit(payer.paymentToken, 50)
  await beginBilling(pool, payer.accountId, billing.plans.standard, desk.now())
  const look = async (accept = false) => {
    const { balances } = await desk.changesOf(billing).reconcile({ accept, creditMissing: false }, by)
    return balances?.missing.filter(({ accountId }) => accountId === payer.accountId)
  }
  expect(await look()).toEqual([])
  await billing.renewal.renew(payer.accountId)
  expect((await desk.balance(payer.paymentToken)).balance).toBe(40)
  expect(await look()).toEqual([])
  // A payment that these books do not have, as after a restore.
  await billing.provider.capture(
    await billing.provider.authorize({ payer, amount: 7500, description: 'of a lost row' }),
  )
  const lost = [{ accountId: payer.accountId, credits: 7.5 }]
  expect(await look()).toEqual(lost)
  expect(await look(true)).toEqual(lost)
  expect(await look()).toEqual([])
  await desk.credit(payer.paymentToken, 100)
  expect(await look()).toEqual([])
})

test('reconciliation says what Odoo’s service lets nobody know, and nothing of it where that keeps no balance', async () => {
  const remarks = async (settings: Readonly<Record<string, string>>) => {
    const found = await desk
      .changesOf(desk.open(settings))
      .reconcile({ accept: false, creditMissing: false }, by)
    return found.remarks
  }
  expect(await remarks({ BROKER_MONTHLY_CREDITS: '10' })).toEqual([
    expect.stringMatching(/lists no transactions: .* within three hours of a restore may be held/),
    expect.stringContaining('does not tell what was bought'),
    expect.stringContaining('refunds and grants nothing'),
  ])
  expect(await remarks({ BROKER_PAYMENT: 'prepaid', BROKER_IAP_SERVICE_KEY: '' })).toEqual([])
  // Payments that were begun there before are ended there.
  expect(await remarks({ BROKER_PAYMENT: 'prepaid' })).toHaveLength(3)
})

test('the setting of the hashed form decides which page of the payment service is linked', async () => {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const old = await desk.open().rechargeUrl(accountId)
  const hashed = await desk.open({ BROKER_IAP_HASHED_CREDIT_PAGE: 'true' }).rechargeUrl(accountId)
  expect(old).toContain(`/iap/1/credit?service_name=odoo_backup_sh&account_token=${paymentToken}`)
  expect(hashed).toMatch(
    /\/iap\/1\/my_account\?service_name=odoo_backup_sh&account_token=[0-9a-f]{40}&hashed=1$/,
  )
  expect(hashed).not.toContain(paymentToken)
})
