import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createLateHolds } from '../../apps/broker/src/billing/charging/late-hold.ts'
import { readBalance } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { startTcpProxy, type TcpProxy } from '../faults/tcp-proxy.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { gate } from '../fixtures/gate.ts'

// A broker that slept on its way to the payment service: it asks for a hold when its attempt has long been ended.

const HOUR_MS = 3_600_000

let desk: BillingDesk
let billing: Billing
let wire: TcpProxy
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-31T12:00Z'))
  billing = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  wire = await startTcpProxy(Number(new URL(desk.iap.iapUrl).port))
})
afterAll(async () => {
  await wire.close()
  await desk.close()
})
beforeEach(async () => {
  await desk.clearFaults()
  await desk.heldInBalance('counted')
  await billing.control.resume('operator', { force: true })
})

const pass = (milliseconds: number) => desk.set(new Date(desk.now().getTime() + milliseconds))

interface Waking {
  readonly isAnswerLost?: boolean
  /** Between the end of the attempt and the hold. */
  readonly beforeWaking?: () => Promise<unknown>
}

/** An account of so many credits whose first attempt ended without the broker that woke up, which got a hold all the same. */
async function heldTooLate(
  credit = 25,
  settings: Readonly<Record<string, string>> = {},
  { isAnswerLost = false, beforeWaking = async () => {} }: Waking = {},
) {
  const made = await desk.registry.newAccount()
  await desk.credit(made.paymentToken, credit)
  const asleep = gate()
  wire.stopAt({ words: '/iap/1/authorize', before: 'request', gate: asleep })
  const sleeper = desk
    .open({
      BROKER_MONTHLY_CREDITS: '10',
      BROKER_IAP_URL: `http://127.0.0.1:${wire.port}`,
      ...settings,
    })
    .renewal.renew(made.accountId)
  await asleep.reached
  pass(HOUR_MS)
  await billing.renewal.resumeAll()
  pass(3 * HOUR_MS)
  await billing.renewal.resumeAll()
  await desk.fault('/iap/1/cancel', '500', '')
  if (isAnswerLost) await desk.fault('/iap/1/authorize', 'lost', made.paymentToken)
  await beforeWaking()
  asleep.open()
  await sleeper
  const { rows } = await desk.registry.pool.query<{ steps: string }>(
    `SELECT string_agg(e.state::text, ' ' ORDER BY e.id) AS steps FROM ledger_entry e
     JOIN charge c ON c.id = e.charge_id WHERE c.account_id = $1`,
    [made.accountId],
  )
  expect(rows[0]?.steps).toBe('planned unknown failed')
  expect(await desk.balance(made.paymentToken)).toMatchObject({ balance: credit, available: credit - 10 })
  return made
}

async function notEnded(accountId: string): Promise<number> {
  const { rowCount } = await desk.registry.pool.query(
    `SELECT FROM late_hold h JOIN charge c ON c.id = h.charge_id WHERE c.account_id = $1 AND h.ended_at IS NULL`,
    [accountId],
  )
  return rowCount ?? 0
}

test('a hold that came too late is given back, asked for again by any broker until the service has answered', async () => {
  const { accountId, paymentToken } = await heldTooLate()
  expect(await notEnded(accountId)).toBe(1)
  await desk.fault('/iap/1/cancel', '500', '')
  await billing.renewal.resumeAll()
  expect(await desk.balance(paymentToken)).toMatchObject({ available: 15 })
  await billing.renewal.resumeAll()
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 25 })
  expect(await notEnded(accountId)).toBe(0)
})

test('a hold that is refused to be given back is over when it has certainly ended by itself', async () => {
  const { accountId, paymentToken } = await heldTooLate()
  pass(2 * HOUR_MS)
  await desk.fault('/iap/1/cancel', '500', '')
  await billing.renewal.resumeAll()
  expect(await notEnded(accountId)).toBe(1)
  pass(6 * 60_000)
  await desk.fault('/iap/1/cancel', '500', '')
  await billing.renewal.resumeAll()
  expect(await notEnded(accountId)).toBe(0)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 25 })
})

test('a hold of a payment service that is not set up any more is over when any would have ended', async () => {
  const { accountId } = await heldTooLate()
  const prepaid = desk.open({
    BROKER_PAYMENT: 'prepaid',
    BROKER_IAP_SERVICE_KEY: '',
    BROKER_MONTHLY_CREDITS: '10',
  })
  await prepaid.renewal.resumeAll()
  expect(await notEnded(accountId)).toBe(1)
  pass(3 * HOUR_MS)
  await prepaid.renewal.resumeAll()
  expect(await notEnded(accountId)).toBe(0)
})

test('credit that is held too late is not called missing: the account is served, and pays once it is given back', async () => {
  const { accountId, paymentToken } = await heldTooLate(15, {
    BROKER_PLANS: JSON.stringify([{ name: 'standard', creditsPerMonth: 10, graceDays: 0 }]),
  })
  pass(60_000)
  await desk.fault('/iap/1/cancel', '500', '', 3)
  await billing.renewal.renew(accountId, { asked: true })
  expect(await billing.entitlement.of(accountId, 'backup')).toMatchObject({ entitled: true })
  const { rows } = await desk.registry.pool.query('SELECT FROM notice WHERE account_id = $1', [accountId])
  expect(rows).toEqual([])
  await desk.clearFaults()
  await billing.renewal.renew(accountId, { asked: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 5, available: 5 })
})

test('where the answer to it is lost too, credit is not called missing until the hold has certainly ended', async () => {
  const settings = { BROKER_PLANS: JSON.stringify([{ name: 'standard', creditsPerMonth: 10, graceDays: 0 }]) }
  const { accountId, paymentToken } = await heldTooLate(15, settings, { isAnswerLost: true })
  const { pool } = desk.registry
  const notices = async () =>
    (await pool.query('SELECT FROM notice WHERE account_id = $1', [accountId])).rowCount
  for (const wait of [60_000, 2 * HOUR_MS]) {
    pass(wait)
    await billing.renewal.renew(accountId, { asked: true })
    expect(await notEnded(accountId)).toBe(1)
    expect(await billing.entitlement.of(accountId, 'backup')).toMatchObject({ entitled: true })
    expect(await notices()).toBe(0)
  }
  pass(6 * 60_000)
  await billing.renewal.resumeAll()
  expect(await notEnded(accountId)).toBe(0)
  await billing.renewal.renew(accountId, { asked: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 5, available: 5 })
  expect(await notices()).toBe(0)
})

test('holds that came too late are given back while billing rests, too', async () => {
  const { paymentToken } = await heldTooLate()
  await billing.control.pause('a test', 'operator')
  await billing.renewal.resumeAll()
  await billing.control.resume('operator')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 25 })
})

test('whoever was refused because a late hold had come first is told nothing of it meanwhile', async () => {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 5)
  await billing.renewal.renew(accountId)
  const { pool } = desk.registry
  const notices = () =>
    pool.query('SELECT FROM notice WHERE account_id = $1 AND withdrawn_at IS NULL', [accountId])
  expect((await notices()).rowCount).toBe(1)
  await pool.query('UPDATE notice SET withdrawn_at = $2 WHERE account_id = $1', [accountId, desk.now()])
  await pool.query(
    `INSERT INTO late_hold (provider, transaction, charge_id, held_at)
     SELECT 'iap', 'a late one', id, $2 FROM charge WHERE account_id = $1`,
    [accountId, desk.now()],
  )
  await desk.fault('/iap/1/cancel', '500', '', 2)
  await billing.renewal.renew(accountId, { asked: true })
  expect((await notices()).rowCount).toBe(0)
})

test.each(['counted', 'left out'] as const)(
  'a balance in which a late hold is %s is not compared before it has ended, and billing waits for that',
  async is => {
    await desk.heldInBalance(is)
    const by = { actor: 'operator', reason: 'a restore' }
    const compare = async () => {
      const { balances } = await desk.changesOf(billing).reconcile({ accept: false, creditMissing: true }, by)
      return balances
    }
    const { accountId, paymentToken } = await heldTooLate(25, {}, { beforeWaking: compare })
    const { pool } = desk.registry
    await pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:' || $1", [is])
    await desk.fault('/iap/1/cancel', '500', '', 2)
    expect(await compare()).toMatchObject({
      lateHolds: 1,
      missing: [],
      uncertain: expect.arrayContaining([{ accountId, why: 'late_hold' }]),
    })
    await expect(desk.changesOf(billing).resume(by)).rejects.toMatchObject({
      code: 'not_reconciled',
      detail: expect.stringContaining('left 1 account with a hold that came too late'),
    })
    await desk.clearFaults()
    expect(await compare()).toMatchObject({ lateHolds: 0, missing: [], uncertain: [] })
    expect(await readBalance(pool, accountId)).toBe(0)
    await desk.changesOf(billing).resume(by)
    expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 25 })
  },
)

test('a hold whose account has a clock that was ahead ends no later than others', async () => {
  const { accountId } = await desk.registry.newAccount()
  await billing.renewal.renew(accountId)
  const [charge] = await billing.ledger.unpaid(accountId)
  const lateHolds = createLateHolds({
    pool: desk.registry.pool,
    providers: billing.providers,
    now: desk.now,
    onFailure: () => undefined,
  })
  await lateHolds.giveBack({
    provider: 'iap',
    transaction: undefined,
    chargeId: charge?.id ?? '',
    heldAt: new Date(desk.now().getTime() + 240 * HOUR_MS),
  })
  expect(await notEnded(accountId)).toBe(1)
  pass(2 * HOUR_MS + 6 * 60_000)
  await billing.renewal.resumeAll()
  expect(await notEnded(accountId)).toBe(0)
})
