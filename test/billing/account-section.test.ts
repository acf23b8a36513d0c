import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { html } from '@odoo-backup/service'
import { createBillingSection } from '../../apps/broker/src/billing/operation/account-section.ts'
import { sentence } from '../../apps/broker/src/pages/line-ends.ts'
import { en } from '../../apps/broker/src/pages/messages/en.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

// What the account page draws of storage, and what becomes of plans without a base fee.

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-01T00:00Z'))
})
afterAll(() => desk.close())

const later = (days: number) => desk.set(new Date(desk.now().getTime() + days * 86_400_000))

/** Bytes: current, old versions, open uploads. */
async function stored(accountId: string, day: string, [current, old, uploads]: [number, number, number]) {
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes,
       uploads, sampled_at) VALUES ($1, $2::date, $3, 2, $4, 1, $5, 1, now())`,
    [accountId, day, current, old, uploads],
  )
}

async function page(accountId: string): Promise<string> {
  const { plans, provider, rechargeUrl } = desk.open()
  const section = createBillingSection({
    pool: desk.registry.pool,
    plans,
    provider,
    rechargeUrl,
    isPaused: async () => false,
    now: desk.now,
  })
  const { urgent, body } = (await section({ id: accountId }, html``))(en)
  return `${urgent ?? ''}${body}`
}

const heightsOf = (text: string) =>
  [...text.matchAll(/<rect [^>]*height="([^"]*)"/g)].map(([, height]) => Number(height))

test('storage is drawn by day, old versions and open uploads included, and said in words beside it', async () => {
  const { accountId } = await desk.registry.newAccount()
  expect(await page(accountId)).toContain(en.credit.notMeasured)
  await stored(accountId, '2026-01-03', [0, 0, 0])
  await stored(accountId, '2026-01-04', [2e9, 1e9, 1e9])
  await stored(accountId, '2026-01-07', [1e9, 1e9, 0])
  const text = await page(accountId)
  expect(heightsOf(text)).toEqual([0, 120, 60])
  expect(text).toContain('<div class="scale"><span>4.00\u00a0GB</span><span>0</span></div>')
  const words = en.credit.graph('2026-01-03', '2026-01-07', '2.00\u00a0GB', '4.00\u00a0GB')
  expect(text).toContain(`<p>${sentence(words)}</p>`)
  expect(text).toContain(`<dd>${en.credit.inObjects('1.00\u00a0GB', 2)}</dd>`)
  expect(text).toContain(`<dt>${en.credit.oldVersions}</dt><dd>1.00\u00a0GB</dd>`)
  expect(text).toContain(`<dt>${en.credit.openUploads}</dt><dd>0.00\u00a0GB</dd>`)
})

test('one day alone is one bar, and of many the last ninety are drawn', async () => {
  const { accountId } = await desk.registry.newAccount()
  await stored(accountId, '2025-01-01', [5e9, 0, 0])
  expect(heightsOf(await page(accountId))).toEqual([120])
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes,
       uploads, sampled_at) SELECT $1, '2025-06-01'::date + n, 1000000000, 1, 0, 0, 0, 0, now() FROM generate_series(1, 90) n`,
    [accountId],
  )
  const text = await page(accountId)
  expect(heightsOf(text)).toHaveLength(90)
  expect(text).toContain(
    `<p>${sentence(en.credit.graph('2025-06-02', '2025-08-30', '1.00\u00a0GB', '1.00\u00a0GB'))}</p>`,
  )
  expect(text).toContain('<dd>1.00\u00a0GB in 1 object</dd>')
})

test('a plan without a base fee gives grace too when what was stored cannot be paid', async () => {
  const plan = {
    name: 'by-storage',
    creditsPerMonth: 0,
    includedGigabytes: 1,
    creditsPerFurtherGigabyte: 2,
    graceDays: 7,
    restoreDays: 30,
  }
  const open = () => desk.open({ BROKER_PLANS: JSON.stringify([plan]) })
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const may = async () => {
    // What is believed for half a minute is another process's business.
    const { entitlement } = open()
    const [backup, restore] = [
      await entitlement.of(accountId, 'backup'),
      await entitlement.of(accountId, 'restore'),
    ]
    return [backup.entitled, restore.entitled]
  }
  expect(await may()).toEqual([true, true])
  await stored(accountId, '2026-01-01', [4e9, 0, 0])
  later(31)
  await open().renewal.renew(accountId)
  expect((await open().ledger.unpaid(accountId)).map(({ reason, amount }) => [reason, amount])).toEqual([
    ['storage', 6000],
  ])
  expect(await may()).toEqual([true, true])
  later(6)
  expect(await may()).toEqual([true, true])
  later(1)
  expect(await may()).toEqual([false, true])
  await desk.credit(paymentToken, 6)
  later(1)
  expect(await may()).toEqual([true, true])
})

test('a payment that is due is said before all else, with the way to it, and what is below zero is explained', async () => {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const open = () => desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  const { renewal } = open()
  await desk.credit(paymentToken, 10)
  await renewal.renew(accountId)
  const isUrgent = `<p role="alert" class="card danger">${en.credit.states.grace} <a href="#credit">`
  expect(await page(accountId)).not.toContain('role="alert"')
  expect(await page(accountId)).not.toContain(en.credit.belowZero)
  later(31)
  await renewal.renew(accountId)
  const text = await page(accountId)
  expect(text.startsWith(isUrgent)).toBe(true)
  expect(text).toContain('<h2 id="credit">')
  await desk.registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, 'purchase_returned', -5000, 'a-return', NULL, 'stripe', now())`,
    [accountId],
  )
  expect(await page(accountId)).toContain(`-5 credits<br><span class="quiet">${en.credit.belowZero}</span>`)
})

test('whoever is suspended is not asked to buy credit, which would not be served', async () => {
  const { accountId } = await desk.registry.newAccount()
  expect(await page(accountId)).toContain(en.credit.buy)
  await desk.registry.pool.query('UPDATE account SET suspended_at = now() WHERE id = $1', [accountId])
  const text = await page(accountId)
  expect(text).toContain(en.credit.states.suspended)
  expect(text).not.toContain(en.credit.buy)
  expect(text).not.toContain(en.credit.byOperator)
})
