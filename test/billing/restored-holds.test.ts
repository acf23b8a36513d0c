import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { NOTES } from '../../apps/broker/src/billing/notes.ts'
import { startTcpProxy } from '../faults/tcp-proxy.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

// Books that may lack steps: a hold in them may have been captured since.

let desk: BillingDesk
let closed: number
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-03-01T00:00Z'))
  const wire = await startTcpProxy(Number(new URL(desk.iap.iapUrl).port))
  closed = wire.port
  await wire.close()
})
afterAll(() => desk.close())

const open = () => desk.open({ BROKER_MONTHLY_CREDITS: '10' })
/** Where the payment service cannot be reached: nothing is sent. */
const away = () => desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: `http://127.0.0.1:${closed}` })

/** A month that was paid, in books that have it held only, three hours ago; they are taken for restored, or rest. */
async function heldAgain(rests: () => Promise<unknown>) {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 50)
  await open().renewal.renew(accountId)
  const { pool } = desk.registry
  const found = await pool.query<{ id: string }>('SELECT id FROM charge WHERE account_id = $1', [accountId])
  const charge = found.rows[0]?.id ?? ''
  // As a snapshot has it that was made between the hold and its capture.
  await pool.query('ALTER TABLE ledger_entry DISABLE TRIGGER USER')
  await pool.query("DELETE FROM ledger_entry WHERE charge_id = $1 AND state IN ('unknown', 'captured')", [
    charge,
  ])
  await pool.query('ALTER TABLE ledger_entry ENABLE TRIGGER USER')
  await pool.query('INSERT INTO open_charge (charge_id) VALUES ($1)', [charge])
  await rests()
  desk.set(new Date(desk.now().getTime() + 3 * 3_600_000))
  return { accountId, paymentToken, charge, after: open() }
}

test.each([
  [
    'restored',
    () => desk.registry.pool.query("UPDATE billing_control SET database_fingerprint = 'another:1:1'"),
  ],
  ['paused', () => open().control.pause('a volume was rolled back', 'operator')],
] as const)(
  'a hold in %s books is asked to be captured, which it may have been since, before it is taken for over',
  async (_, rests) => {
    const { accountId, paymentToken, charge, after } = await heldAgain(rests)
    await after.renewal.resumeAll({ whilePaused: true })
    expect(await after.ledger.find(charge)).toMatchObject({ last: { state: 'captured', attempt: 1 } })
    await after.control.resume('operator', { force: true })
    await after.renewal.renew(accountId)
    expect(await desk.balance(paymentToken)).toMatchObject({ balance: 40, available: 40 })
  },
)

test('a capture that never left says so, and leaves the hold as it was: it is asked for again, also when the books run', async () => {
  const { accountId, paymentToken, charge, after } = await heldAgain(() =>
    open().control.pause('a volume was rolled back', 'operator'),
  )
  for (const asked of ['first', 'again']) {
    await away().renewal.resumeAll({ whilePaused: true })
    const { last } = (await after.ledger.find(charge)) ?? {}
    expect({ asked, ...last }).toMatchObject({
      asked,
      state: 'authorised',
      attempt: 1,
      note: NOTES.capture_not_sent,
    })
  }
  await after.control.resume('operator', { force: true })
  // The hold is over by now; whether it was captured the service alone knows.
  await away().renewal.renew(accountId)
  expect(await after.ledger.find(charge)).toMatchObject({
    last: { state: 'unknown', attempt: 1, note: NOTES.capture_unanswered },
  })
  await after.renewal.renew(accountId)
  expect(await after.ledger.find(charge)).toMatchObject({ last: { state: 'captured', attempt: 1 } })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 40, available: 40 })
})

test('a capture that may have left stays in doubt, whatever becomes of the next one', async () => {
  const { accountId, charge, after } = await heldAgain(() =>
    open().control.pause('a volume was rolled back', 'operator'),
  )
  await desk.fault('/iap/1/capture', '500', '')
  await after.renewal.resumeAll({ whilePaused: true })
  await away().renewal.resumeAll({ whilePaused: true })
  expect(await after.ledger.find(charge)).toMatchObject({
    last: { state: 'unknown', note: NOTES.capture_unanswered },
  })
  await after.control.resume('operator', { force: true })
  await after.renewal.renew(accountId)
  expect(await after.ledger.find(charge)).toMatchObject({ last: { state: 'captured', attempt: 1 } })
})

test('that a service refuses to capture what it may have captured proves nothing in restored books', async () => {
  const { accountId, paymentToken, charge, after } = await heldAgain(() =>
    open().control.pause('a volume was rolled back', 'operator'),
  )
  await desk.fault('/iap/1/capture', 'error', '', 1, 'odoo.exceptions.AccessError')
  await after.renewal.resumeAll({ whilePaused: true })
  expect(await after.ledger.find(charge)).toMatchObject({
    last: { state: 'unknown', attempt: 1, note: NOTES.capture_unanswered },
  })
  await after.control.resume('operator', { force: true })
  // Long enough for another attempt, if this one had ended.
  desk.set(new Date(desk.now().getTime() + 2 * 3_600_000))
  await after.renewal.renew(accountId)
  expect(await after.ledger.find(charge)).toMatchObject({ last: { state: 'captured', attempt: 1 } })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 40, available: 40 })
})
