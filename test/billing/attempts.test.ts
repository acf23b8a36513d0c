import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addCredit } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

/** How the attempts to collect a month go: answered, refused, lost, in doubt, and by two brokers at once. */

const HOUR_MS = 3_600_000

let desk: BillingDesk
let billing: Billing
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-31T12:00Z'))
  billing = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
})
afterAll(() => desk.close())

const by = { actor: 'operator', reason: 'a test' }

test('a month is planned, authorised and captured, in this order', async () => {
  const { accountId, paymentToken } = await desk.account(25)
  await billing.renewal.renew(accountId)
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:captured')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15, available: 15 })
  await billing.renewal.renew(accountId, { asked: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
})

test.each(['UPDATE', 'DELETE', 'TRUNCATE'])('the database refuses %s on what is written once', async verb => {
  for (const table of ['ledger_entry', 'charge', 'credit_entry', 'billing_period']) {
    const statement = {
      UPDATE: `UPDATE ${table} SET account_id = account_id`,
      DELETE: `DELETE FROM ${table}`,
      TRUNCATE: `TRUNCATE ${table} CASCADE`,
    }[verb]?.replace(table === 'ledger_entry' ? 'account_id = account_id' : /$^/, 'note = note')
    await expect(desk.registry.pool.query(statement ?? '')).rejects.toThrow(/written once/)
  }
})

test('the database refuses a second open attempt, a wrong order of steps and another amount', async () => {
  const { accountId, paymentToken } = await desk.account(25)
  await desk.fault('/iap/1/authorize', 'lost', paymentToken)
  await billing.renewal.renew(accountId)
  expect(await desk.states(accountId)).toBe('1:planned 1:unknown')
  const { rows } = await desk.registry.pool.query<{ id: string }>(
    'SELECT id FROM charge WHERE account_id = $1',
    [accountId],
  )
  const write = (attempt: number, sequence: number, state: string, part: number) =>
    desk.registry.pool.query(
      `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, at)
       VALUES ($1, $2, $3, $4::ledger_state, 'iap', 0, $5, now())`,
      [rows[0]?.id, attempt, sequence, state, part],
    )
  await expect(write(2, 1, 'planned', 10_000)).rejects.toThrow(/open or captured/)
  await expect(write(1, 3, 'planned', 10_000)).rejects.toThrow(/open or captured/)
  await expect(write(1, 4, 'captured', 10_000)).rejects.toThrow(/cannot follow/)
  await expect(write(1, 3, 'captured', 9_000)).rejects.toThrow(/no more and no less/)
})

test('a lost hold keeps the account entitled, and no second one is made until it has certainly ended', async () => {
  const { accountId, paymentToken } = await desk.account(10)
  await desk.fault('/iap/1/authorize', 'lost', paymentToken)
  await billing.renewal.renew(accountId)
  desk.pass(2 * HOUR_MS + 4 * 60_000)
  expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  await billing.renewal.renew(accountId, { asked: true })
  expect(await desk.states(accountId)).toBe('1:planned 1:unknown')
  desk.pass(60_000)
  await billing.renewal.renew(accountId, { asked: true })
  expect(await desk.states(accountId)).toBe(
    '1:planned 1:unknown 1:failed 2:planned 2:authorised 2:unknown 2:captured',
  )
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
})

test('a lost capture is repeated until it is answered, and takes the money once', async () => {
  const { accountId, paymentToken } = await desk.account(25)
  await desk.fault('/iap/1/capture', 'lost', '')
  await billing.renewal.renew(accountId)
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
  expect(await billing.renewal.resumeAll()).toBeGreaterThan(0)
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:captured')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
})

test.each(['refused', 'ignored'] as const)(
  'a capture that was lost and is refused later stays in doubt until the operator settles it: cancelling is %s',
  async answer => {
    await desk.cancelAfterCapture(answer)
    const { accountId, paymentToken } = await desk.account(25)
    await desk.fault('/iap/1/capture', 'lost', '')
    await billing.renewal.renew(accountId)
    const doubtful = '1:planned 1:authorised 1:unknown 1:unknown'
    const [charge] = await billing.ledger.unpaid(accountId)
    for (const name of ['odoo.exceptions.AccessError', 'psycopg2.errors.SerializationFailure']) {
      desk.pass(20 * 24 * HOUR_MS)
      await desk.fault('/iap/1/capture', 'error', charge?.last?.transaction ?? '', 1, name)
      await billing.renewal.resumeAll()
      expect(await desk.states(accountId)).toBe(doubtful)
    }
    // The next month is not held up by it, and nobody is refused for it.
    await desk.fault('/iap/1/capture', '500', charge?.last?.transaction ?? '', 2)
    await billing.renewal.renew(accountId)
    expect(await desk.states(accountId)).toBe(`${doubtful} 1:planned 1:authorised 1:unknown 1:captured`)
    expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
    expect(await desk.balance(paymentToken)).toMatchObject({ balance: 5 })
  },
)

test.each(['refused', 'unknown'] as const)(
  'a server error at the only capture is %s as the name of its exception tells',
  async meaning => {
    const name =
      meaning === 'refused' ? 'odoo.exceptions.AccessError' : 'psycopg2.errors.SerializationFailure'
    const { accountId, paymentToken } = await desk.account(25)
    await desk.fault('/iap/1/capture', 'error', '', 1, name)
    await billing.renewal.renew(accountId)
    const begun = '1:planned 1:authorised 1:unknown 1:unknown'
    expect(await desk.states(accountId)).toBe(meaning === 'refused' ? `${begun} 1:cancelled` : begun)
    await billing.renewal.resumeAll()
    desk.pass(HOUR_MS)
    await billing.renewal.renew(accountId)
    expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15, available: 15 })
  },
)

test('the operator settles what stays in doubt, once its hold has ended', async () => {
  const { accountId, paymentToken } = await desk.account(25)
  await desk.fault('/iap/1/capture', '500', '')
  await billing.renewal.renew(accountId)
  const { ledger, renewal } = billing
  const changes = desk.changesOf(billing)
  const [charge] = await ledger.unpaid(accountId)
  const settle = (as: 'captured' | 'cancelled') => changes.settle(charge?.id ?? '', as, by)
  await expect(settle('cancelled')).rejects.toMatchObject({ code: 'not_in_doubt' })
  desk.pass(3 * HOUR_MS)
  const { inDoubt } = await changes.reconcile({ accept: false, creditMissing: false }, by)
  expect(inDoubt).toContainEqual(
    expect.objectContaining({ charge: charge?.id, accountId, credits: 10, provider: 'iap' }),
  )
  await settle('cancelled')
  await expect(settle('captured')).rejects.toMatchObject({ code: 'not_in_doubt' })
  desk.pass(HOUR_MS)
  await renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
})

test('a cancellation that is not answered is repeated, so that credit is free again before its hold ends', async () => {
  const { accountId, paymentToken } = await desk.account(25)
  await desk.fault('/iap/1/capture', 'error', '', 1, 'odoo.exceptions.AccessError')
  await desk.fault('/iap/1/cancel', '500', '')
  await billing.renewal.renew(accountId)
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 15 })
  desk.pass(HOUR_MS)
  await billing.renewal.resumeAll()
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:cancelled')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 25 })
})

test('a capture that never reached the service is made good, or the hold ends and another is made', async () => {
  const { accountId, paymentToken } = await desk.account(25)
  const away = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  await desk.fault('/iap/1/capture', 'error', '', 1, 'odoo.exceptions.AccessError')
  await desk.fault('/iap/1/cancel', '500', '')
  await billing.renewal.renew(accountId)
  await away.renewal.resumeAll()
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  desk.pass(2 * HOUR_MS + 5 * 60_000)
  await away.renewal.resumeAll()
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:cancelled')
  await billing.renewal.renew(accountId)
  desk.pass(HOUR_MS)
  await billing.renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15, available: 15 })
})

test('an attempt is ended with the service that it was begun with, also when new payments go another way', async () => {
  const { accountId, paymentToken } = await desk.account(25)
  await desk.fault('/iap/1/capture', 'lost', '')
  await billing.renewal.renew(accountId)
  const without = desk.open({ BROKER_PAYMENT: 'prepaid', BROKER_IAP_SERVICE_KEY: '' })
  await without.renewal.resumeAll()
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  const prepaid = desk.open({ BROKER_PAYMENT: 'prepaid', BROKER_MONTHLY_CREDITS: '10' })
  await prepaid.renewal.resumeAll()
  expect(await desk.states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:captured')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
})

test('what a process left when it ended is gone on with, also where its service is not set up any more', async () => {
  const { ledger, renewal, provider } = billing
  const owing = async () => {
    const payer = await desk.account(0)
    await renewal.renew(payer.accountId)
    const [charge] = await ledger.unpaid(payer.accountId)
    if (charge === undefined) throw new Error('Nothing is owed.')
    return { payer, charge, accountId: payer.accountId }
  }
  const give = (accountId: string, reference: string) =>
    addCredit(desk.registry.pool, {
      accountId,
      kind: 'grant',
      amount: 10_000,
      reference: `${reference}:${accountId}`,
      actor: 'operator',
      at: desk.now(),
    })
  // One ends when the service has made a hold of which nothing is written yet, the other before it takes kept credits.
  const [held, kept] = [await owing(), await owing()]
  await desk.credit(held.payer.paymentToken, 25)
  await ledger.plan(held.charge, 'iap', desk.now())
  await provider.authorize({ payer: held.payer, amount: 10_000, description: 'a month' })
  await give(kept.accountId, 'kept')
  const planned = await ledger.plan(kept.charge, 'iap', desk.now())
  await ledger.advance(planned ?? kept.charge, 'authorised', { at: desk.now() })

  const prepaid = desk.open({
    BROKER_PAYMENT: 'prepaid',
    BROKER_MONTHLY_CREDITS: '10',
    BROKER_IAP_SERVICE_KEY: '',
  })
  const goOn = async (milliseconds: number) => {
    desk.pass(milliseconds)
    await prepaid.renewal.resumeAll()
    return desk.states(held.accountId)
  }
  const left = '1:planned 1:failed 2:planned'
  expect(await goOn(59_999)).toBe(left)
  expect(await desk.states(kept.accountId)).toBe(`${left} 2:authorised 2:captured`)
  expect(await goOn(1)).toBe(`${left} 2:unknown`)
  expect(await goOn(3 * HOUR_MS - 1)).toBe(`${left} 2:unknown`)
  expect(await goOn(1)).toBe(`${left} 2:unknown 2:failed`)
  await give(held.accountId, 'later')
  desk.pass(24 * HOUR_MS)
  await prepaid.renewal.renew(held.accountId)
  expect(await desk.states(held.accountId)).toBe(
    `${left} 2:unknown 2:failed 3:planned 3:authorised 3:captured`,
  )
  expect(await desk.balance(held.payer.paymentToken)).toMatchObject({ balance: 25, available: 25 })
})

test('two brokers that bill the same hour charge once', async () => {
  const { accountId, paymentToken } = await desk.account(100)
  const other = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  await Promise.all(
    [billing, other, billing, other].map(({ renewal }) => renewal.renew(accountId, { asked: true })),
  )
  await billing.renewal.renew(accountId, { asked: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 90, available: 90 })
})

test('a payment service that is down for days refuses nobody before the end of grace', async () => {
  const away = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  const { accountId } = await desk.account(25)
  expect(await away.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  desk.pass(6 * 24 * HOUR_MS)
  expect(await away.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  desk.pass(24 * HOUR_MS)
  const later = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  expect((await later.entitlement.of(accountId, 'backup')).entitled).toBe(false)
  expect((await later.entitlement.of(accountId, 'restore')).entitled).toBe(true)
})
