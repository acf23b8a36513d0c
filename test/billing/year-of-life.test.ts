import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { html } from '@odoo-backup/service'
import { credits } from '../../apps/broker/src/billing/credits.ts'
import { forecastAccount } from '../../apps/broker/src/billing/forecast/forecast-accounts.ts'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { accountBalance } from '../../apps/broker/src/billing/operation/account-books.ts'
import { createBillingSection } from '../../apps/broker/src/billing/operation/account-section.ts'
import { de } from '../../apps/broker/src/pages/messages/de.ts'
import { en } from '../../apps/broker/src/pages/messages/en.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

const GB = 1e9
const DAY_MS = 86_400_000
const plan = {
  name: 'standard',
  creditsPerMonth: 10,
  includedGigabytes: 5,
  creditsPerFurtherGigabyte: 0.5,
  trialDays: 14,
  graceDays: 7,
  restoreDays: 30,
}

let desk: BillingDesk
let account: { accountId: string; paymentToken: string }
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-17T00:00Z'))
  account = await desk.registry.newAccount()
})
afterAll(() => desk.close())

const withPlan = (change: Partial<typeof plan> = {}) =>
  desk.open({ BROKER_PLANS: JSON.stringify([{ ...plan, ...change }]) })

/** Everything that was ever paid in, at the payment service. */
let paidIn = 0
async function buy(amount: number): Promise<void> {
  const { balance } = await desk.balance(account.paymentToken)
  paidIn += amount
  await desk.credit(account.paymentToken, (balance ?? 0) + amount)
}

/** The books' captured sum and the payment service's balance must make up what was paid in, at every step. */
async function booksAgree(): Promise<void> {
  const { rows } = await desk.registry.pool.query<{ sum: string }>(
    `SELECT COALESCE(SUM(e.provider_part), 0) AS sum FROM ledger_entry e JOIN charge c ON c.id = e.charge_id
     WHERE e.state = 'captured' AND c.account_id = $1`,
    [account.accountId],
  )
  const { balance } = await desk.balance(account.paymentToken)
  expect(credits(Number(rows[0]?.sum)) + (balance ?? 0)).toBeCloseTo(paidIn, 6)
}

async function store(day: string, gigabytes: number): Promise<void> {
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes,
       uploads, sampled_at) VALUES ($1, $2::date, $3, 1, 0, 0, 0, 0, now())`,
    [account.accountId, day, gigabytes * GB],
  )
}

/** Moves to a day, letting the hourly work happen at each day's beginning on the way. */
async function liveUntil(day: string, billing: Billing): Promise<void> {
  const until = Date.parse(`${day}T00:00Z`)
  for (let at = desk.now().getTime() + DAY_MS; at <= until; at += DAY_MS) {
    desk.set(new Date(at))
    await billing.renewal.renew(account.accountId)
    await booksAgree()
  }
}

async function standing(billing: Billing): Promise<string> {
  const books = {
    pool: desk.registry.pool,
    plans: billing.plans,
    provider: billing.provider,
    isPaused: async () => false,
    now: desk.now,
  }
  const balance = await accountBalance(books, account.accountId)
  return `${balance?.state} owed ${balance?.owed} held ${balance?.held}`
}

async function granted(billing: Billing): Promise<string> {
  // A process of its own: no answer of before is believed.
  void billing
  const fresh = withPlan()
  const of = async (purpose: 'backup' | 'restore' | 'rotate') =>
    (await fresh.entitlement.of(account.accountId, purpose)).entitled ? purpose : ''
  return [await of('backup'), await of('restore'), await of('rotate')].filter(Boolean).join(' ')
}

const noticeTypes = async () =>
  (await desk.notices.list(account.accountId, undefined)).notices.map(({ type }) => type).sort()

test('a year in the life of an account', async () => {
  let billing = withPlan()

  // The first question begins the trial: nothing is paid, everything works.
  expect((await billing.entitlement.of(account.accountId, 'backup')).entitled).toBe(true)
  expect(await standing(billing)).toBe('trial owed 0 held 0')
  await liveUntil('2026-01-30', billing)
  expect(await granted(billing)).toBe('backup restore rotate')

  // The trial ends on 31 January. Credit was bought before: the first month is paid by itself.
  await buy(50)
  await liveUntil('2026-01-31', billing)
  expect(await standing(billing)).toBe('paid owed 0 held 40')

  // Growth past the included storage: 10 GB in every day of February's period, 5 of them included.
  await store('2026-01-31', 10)
  await liveUntil('2026-02-27', billing)
  expect(await standing(billing)).toBe('paid owed 0 held 40')
  await liveUntil('2026-02-28', billing)
  expect(await standing(billing)).toBe('paid owed 0 held 27.5')

  // A price change acts from the next period on: the one that is open was copied.
  billing = withPlan({ creditsPerMonth: 12, creditsPerFurtherGigabyte: 2 })
  await liveUntil('2026-03-30', billing)
  expect(await standing(billing)).toBe('paid owed 0 held 27.5')
  await liveUntil('2026-03-31', billing)
  expect(await standing(billing)).toBe('paid owed 0 held 13')

  // The credit will run out: it is told ahead, once, and withdrawn when it is no longer true.
  for (let day = 20; day < 30; day += 1) await store(`2026-04-${day}`, 10)
  await liveUntil('2026-04-29', billing)
  const ahead = () =>
    forecastAccount(
      {
        pool: desk.registry.pool,
        plans: billing.plans,
        provider: billing.provider,
        daysAhead: 30,
        now: desk.now,
        onFailure: error => {
          throw error
        },
        notices: {
          raise: async (id, condition, text) => {
            await desk.notices.raiseCondition(id, condition, { type: condition, text })
          },
          withdraw: desk.notices.withdrawCondition,
        },
      },
      account.accountId,
    )
  expect(await ahead()).toEqual({ kind: 'runs_out', at: new Date('2026-04-30T00:00Z') })
  await ahead()
  expect(await noticeTypes()).toEqual(['forecast_insufficient_credits'])

  // It runs out: storage of the month past is due first, and no new month begins beyond the open one.
  await liveUntil('2026-04-30', billing)
  expect(await standing(billing)).toBe('grace owed 12 held 3')
  expect(await noticeTypes()).toEqual(['forecast_insufficient_credits', 'insufficient_credits'])
  await liveUntil('2026-05-06', billing)
  expect(await granted(billing)).toBe('backup restore rotate')

  // Grace is over: the way to the data stays open, nothing new is stored. No further month was charged.
  await liveUntil('2026-05-07', billing)
  expect(await granted(billing)).toBe('restore')
  const refusal = await withPlan().entitlement.of(account.accountId, 'backup')
  expect(refusal).toMatchObject({
    message: expect.stringContaining('12 credits are due'),
    rechargeLink: expect.stringContaining('/recharge/'),
  })
  await liveUntil('2026-06-05', billing)
  expect(await granted(billing)).toBe('restore')
  await liveUntil('2026-06-06', billing)
  expect(await granted(billing)).toBe('')
  expect(await standing(billing)).toBe('lapsed owed 12 held 3')

  // Recharge: the next question pays and everything goes on by itself; the months without service cost nothing.
  await liveUntil('2026-08-15', billing)
  await buy(100)
  expect(await granted(billing)).toBe('backup restore rotate')
  await booksAgree()
  await billing.renewal.renew(account.accountId)
  expect(await noticeTypes()).toEqual(['forecast_insufficient_credits'])
  // What was measured in April says nothing of now.
  expect((await ahead()).kind).toBe('unknown')
  expect(await noticeTypes()).toEqual([])
  for (let day = 8; day <= 15; day += 1) await store(`2026-08-${String(day).padStart(2, '0')}`, 10)
  expect((await ahead()).kind).toBe('runs_out')
  await buy(1000)
  await ahead()
  expect(await noticeTypes()).toEqual([])

  // Suspended by the operator: nothing is granted and nothing is charged.
  await desk.registry.pool.query('UPDATE account SET suspended_at = $2 WHERE id = $1', [
    account.accountId,
    desk.now(),
  ])
  const before = await desk.balance(account.paymentToken)
  await liveUntil('2026-10-10', billing)
  expect(await granted(billing)).toBe('')
  expect(await desk.balance(account.paymentToken)).toEqual(before)

  // Resumed, to the end of the year.
  await desk.registry.pool.query('UPDATE account SET suspended_at = NULL WHERE id = $1', [account.accountId])
  await liveUntil('2027-01-17', billing)
  expect(await granted(billing)).toBe('backup restore rotate')
  const { rows } = await desk.registry.pool.query<{ number: number; opens: string }>(
    'SELECT number, opens_at::date::text AS opens FROM billing_period WHERE account_id = $1 ORDER BY number',
    [account.accountId],
  )
  expect(rows.map(({ opens }) => opens)).toEqual([
    '2026-01-31',
    '2026-02-28',
    '2026-03-31',
    '2026-04-30',
    '2026-07-31',
    '2026-09-30',
    '2026-10-31',
    '2026-11-30',
    '2026-12-31',
  ])
})

test('a clock that goes back undoes nothing and charges nothing', async () => {
  const billing = withPlan()
  const before = await desk.balance(account.paymentToken)
  desk.set(new Date('2026-03-01T00:00Z'))
  await billing.renewal.renew(account.accountId)
  expect(await desk.balance(account.paymentToken)).toEqual(before)
  expect(await standing(billing)).toMatch(/^paid owed 0/)
})

test('what storage cost is told in German with the same figures as in English', async () => {
  const billing = withPlan()
  const section = createBillingSection({
    pool: desk.registry.pool,
    plans: billing.plans,
    provider: billing.provider,
    isPaused: async () => false,
    now: desk.now,
    rechargeUrl: billing.rechargeUrl,
    isCharged: true,
    isCounted: true,
  })
  const show = await section({ id: account.accountId }, html``)
  // Without the marks that keep dates and amounts whole.
  const [english = '', german = ''] = [en, de].map(words =>
    String(show(words).body).replaceAll(/<\/?span[^>]*>/g, ''),
  )
  const form =
    /Storage from (\S+) to (\S+): (\d+) GB on average, (\d+) GB included, (\d+) GB further at ([\d.]+) credits each/
  const wordings = english.match(new RegExp(form, 'g')) ?? []
  expect(wordings.length).toBeGreaterThan(2)
  for (const wording of wordings) {
    const [, from, to, average, included, further, each = ''] = form.exec(wording) ?? []
    expect(german).toContain(
      `Speicher vom ${from} bis ${to}: im Mittel ${average} GB, davon ${included} GB inbegriffen und ${further} GB weitere zu je ${each.replace('.', ',')} Credits`,
    )
  }
  expect(german).not.toContain('GB on average')
  expect(german).toContain('<th class="number">Credits</th>')
  expect(english).toContain('<th class="number">Credits</th>')
})
