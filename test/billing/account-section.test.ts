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

interface Seen {
  readonly settings?: Readonly<Record<string, string>>
  readonly isPaused?: boolean
  readonly isCharged?: boolean
  readonly isCounted?: boolean
}

async function page(accountId: string, seen: Seen = {}): Promise<string> {
  const { settings, isPaused = false, isCharged = true, isCounted = true } = seen
  const { plans, provider, rechargeUrl } = desk.open(settings)
  const section = createBillingSection({
    pool: desk.registry.pool,
    plans,
    provider,
    rechargeUrl,
    isPaused: async () => isPaused,
    isCharged,
    isCounted,
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
  expect(text).toContain(`<dt>${en.credit.backups}</dt><dd>1.00\u00a0GB</dd>`)
  expect(text).toContain(`<dt>${en.credit.oldVersions}</dt><dd>1.00\u00a0GB</dd>`)
  expect(text).toContain(`<dt>${en.credit.openUploads}</dt><dd>0.00\u00a0GB</dd>`)
  expect(text).toContain(`<dt>${en.credit.inAll}</dt><dd>2.00\u00a0GB</dd>`)
})

test('one day alone is one bar, and of many the last ninety are drawn', async () => {
  const { accountId } = await desk.registry.newAccount()
  await stored(accountId, '2025-01-01', [5e9, 0, 0])
  const alone = await page(accountId)
  expect(heightsOf(alone)).toEqual([120])
  expect(alone).toContain(`<p>${sentence(en.credit.graphOfDay('2025-01-01', '5.00\u00a0GB'))}</p>`)
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
  expect(await page(accountId)).toContain(
    `\u22125 credits<br><span class="quiet">${en.credit.belowZero}</span>`,
  )
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

const PLANS = JSON.stringify([
  {
    name: 'small',
    creditsPerMonth: 10,
    includedGigabytes: 20,
    creditsPerFurtherGigabyte: 0.05,
    storageCapGigabytes: 500,
    trialDays: 14,
    graceDays: 7,
    restoreDays: 30,
  },
])
const prepaid = { settings: { BROKER_PAYMENT: 'prepaid', BROKER_PLANS: PLANS } }

test('what a month costs and that the first days are free is told before anything was used', async () => {
  const { accountId } = await desk.registry.newAccount()
  const price = '<dt>Price</dt><dd>10 credits a month, 20 GB included, 0.05 credits for each further GB</dd>'
  const unused = await page(accountId, prepaid)
  expect(unused).toContain(price)
  expect(unused).toContain('The first 14 days are free; they begin with that.')
  // Where nothing is counted, storage costs nothing.
  expect(await page(accountId, { ...prepaid, isCounted: false })).toContain(
    '<dt>Price</dt><dd>10 credits a month</dd>',
  )
  await desk.open(prepaid.settings).renewal.renew(accountId)
  const used = await page(accountId, prepaid)
  expect(used).toContain(price)
  expect(used).toContain(en.credit.states.trial)
  expect(used).not.toContain('14 days')
})

test('above the cap of the plan the page says before all else that nothing is taken, and not that all works', async () => {
  const { accountId } = await desk.registry.newAccount()
  await desk.open(prepaid.settings).renewal.renew(accountId)
  await stored(accountId, '2026-05-01', [500e9, 0, 0])
  const below = await page(accountId, prepaid)
  expect(below).not.toContain('role="alert"')
  expect(below).toContain('<dd>500.00\u00a0GB of 500 GB</dd>')
  await stored(accountId, '2026-05-02', [600e9, 20e9, 0])
  const text = await page(accountId, prepaid)
  expect(
    text.startsWith(`<p role="alert" class="card danger">${en.credit.full(620, 500)} <a href="#storage">`),
  ).toBe(true)
  expect(text).toContain('<h2 id="storage">')
  expect(text).toContain('<dd>620.00\u00a0GB of 500 GB</dd>')
  expect(text).toContain(`<p class="danger" role="status">${en.credit.statesFull.trial}</p>`)
})

test('who owes something is told how much to buy, when backups may be removed, and that nothing is collected while billing rests', async () => {
  const { accountId } = await desk.registry.newAccount()
  const { renewal } = desk.open(prepaid.settings)
  await renewal.renew(accountId)
  await desk.registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, 'grant', 2000, 'a-grant', NULL, 'operator', now())`,
    [accountId],
  )
  later(15)
  await renewal.renew(accountId)
  const due = await page(accountId, prepaid)
  expect(due).toContain('<dt>Due</dt><dd class="danger">10 credits</dd>')
  expect(due).toContain('<dt>Still lacking</dt><dd><strong>8 credits</strong></dd>')
  const shop = { settings: { ...prepaid.settings, BROKER_STRIPE_PAYMENT_LINK: 'https://buy.example/pay' } }
  expect(await page(accountId, shop)).toContain('<dt>To buy at least</dt><dd><strong>8 credits</strong></dd>')
  const resting = await page(accountId, { ...prepaid, isPaused: true })
  expect(resting.startsWith(`<p class="card warn">${en.credit.atRest} <a href="#credit">`)).toBe(true)
  expect(resting).toContain(`<p class="warn" role="status">${en.credit.atRest}</p>`)
  expect(resting).not.toContain(en.credit.states.paid)
  later(60)
  const lapsed = await page(accountId, prepaid)
  expect(lapsed).toContain('<strong>18 credits</strong><br>')
  expect(lapsed).toContain('The month that begins then is counted in, with 10 credits.')
  expect(lapsed).not.toContain('removed for good')
  await desk.notices.raiseCondition(accountId, 'removal_first', {
    type: 'other',
    text: { code: 'removal', isLast: false, from: '2027-01-31' },
  })
  const noted = await page(accountId, prepaid)
  expect(noted.startsWith(`<p role="alert" class="card danger">${en.credit.states.lapsed} From `)).toBe(true)
  expect(noted).toContain(String(sentence(en.credit.removable('2027-01-31'))))
  await desk.notices.withdrawCondition(accountId, 'removal_first')
  expect(await page(accountId, prepaid)).not.toContain('removed for good')
})

test('credit that lies with Odoo is told apart from what is kept here, and both make up for what is due', async () => {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const own = { settings: { BROKER_PLANS: PLANS } }
  await desk.open(own.settings).renewal.renew(accountId)
  later(15)
  await desk.credit(paymentToken, 3)
  await desk.registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, 'grant', 2000, 'another-grant', NULL, 'operator', now())`,
    [accountId],
  )
  await desk.open(own.settings).renewal.renew(accountId)
  const text = await page(accountId, own)
  expect(text).toContain('<dt>Credit at Odoo (in-app purchases)</dt><dd>3 credits</dd>')
  expect(text).toContain('<dt>Credit kept by this service (spent first)</dt><dd>2 credits</dd>')
  expect(text).toContain('<dt>To buy at least</dt><dd><strong>5 credits</strong></dd>')
})

test('where nothing is charged there is no credit, and where nothing is counted no storage', async () => {
  const { accountId } = await desk.registry.newAccount()
  expect(await page(accountId, { isCharged: false, isCounted: false })).not.toContain('<h2')
  expect(await page(accountId, { isCharged: false })).toContain('<h2 id="storage">')
  await stored(accountId, '2026-05-01', [5e9, 0, 0])
  expect(await page(accountId, { isCharged: false, isCounted: false })).toContain('<h2 id="storage">')
})

test('what months cost is aligned by its decimals, and each further gigabyte has its unit', async () => {
  const { accountId } = await desk.registry.newAccount()
  await desk.open(prepaid.settings).renewal.renew(accountId)
  await stored(accountId, desk.now().toISOString().slice(0, 10), [29e9, 0, 0])
  later(15)
  await desk.open(prepaid.settings).renewal.renew(accountId)
  later(31)
  await desk.registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, 'grant', 100000, 'for-months', NULL, 'operator', now())`,
    [accountId],
  )
  await desk.open(prepaid.settings).renewal.renew(accountId)
  const text = await page(accountId, prepaid)
  expect(text).toContain('class="number">10.00</td>')
  expect(text).toContain('class="number">0.45</td>')
  expect(text).toContain('9 GB further at 0.05 credits each')
})
