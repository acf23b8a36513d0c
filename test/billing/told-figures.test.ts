import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { newAccount, type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { logIn, type OdooComUser } from '../fixtures/log-in.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'

/** Holds that came too late and plans that the settings lack are seen by who runs the service. */

let broker: RunningBroker
let operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
beforeAll(async () => {
  ;({ broker, operators } = await runBrokerWithOperators({ BROKER_PAYMENT: 'iap' }))
})
afterAll(() => broker.close())

const HOUR_SECONDS = 3600

async function figures(name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${broker.url}/metrics`)).text()
  const lines = text.matchAll(new RegExp(`^${name}\\{[a-z]+="(.*)"\\} (.*)$`, 'gm'))
  return Object.fromEntries([...lines].map(([, label, figure]) => [label, Number(figure)]))
}

async function reconciled() {
  const response = await fetch(`${broker.url}/admin/v1/billing/reconcile`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await adminToken(broker, 'billing')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reason: 'a test' }),
  })
  expect(response.status).toBe(200)
  return response.json()
}

/** The page that an operator sees after comparing the books. */
async function comparedPage(): Promise<string> {
  const browser = new HttpBrowser({ accept: 'text/html' })
  await logIn(browser, `${broker.url}/login`, operators.billing)
  const page = await browser.open(`${broker.url}/operator/billing`)
  const form = page.forms.find(({ action }) => action.endsWith('/reconcile'))
  if (form === undefined) throw new Error('The page has no form to compare the books.')
  return (await browser.submit(page, form, { reason: 'a test' })).text
}

/** An account with a charge that is owed, by one that the payment service knows nothing of. */
async function chargeOf(accountId: string): Promise<string> {
  await broker.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, 'standard', now(), FALSE, now())`,
    [accountId],
  )
  await broker.query(
    `INSERT INTO billing_period (account_id, number, opens_at, closes_at, plan, base_credits, included_gb,
       further_gb_credits, grace_days, restore_days, opened_at)
     VALUES ($1, 0, now(), now() + INTERVAL '1 month', 'standard', 10000, 0, 0, 14, 30, now())`,
    [accountId],
  )
  const [charge] = await broker.query<{ id: string }>(
    `INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
     VALUES ($1, 0, 'base', 10000, 'a month', now(), now()) RETURNING id`,
    [accountId],
  )
  return charge?.id ?? ''
}

test('a hold that came too late is told, with whose it is, until it has ended', async () => {
  expect(await figures('late_holds')).toEqual({ iap: 0 })
  expect(await figures('late_hold_oldest_seconds')).toEqual({ iap: 0 })
  const accountId = await newAccount(broker)
  const charge = await chargeOf(accountId)
  const since = new Date(Date.now() - HOUR_SECONDS * 1000)
  const none = { count: 0, holds: [] }
  expect(await reconciled()).toMatchObject({ lateHolds: none })
  await broker.query(
    `INSERT INTO late_hold (provider, transaction, charge_id, held_at, ended_at)
     VALUES ('iap', 'a late one', $1, $2, NULL), ('iap', 'one that was given back', $1, $2, $2)`,
    [charge, since],
  )
  expect(await figures('late_holds')).toEqual({ iap: 1 })
  const { iap: oldest } = await figures('late_hold_oldest_seconds')
  expect(oldest).toBeGreaterThanOrEqual(HOUR_SECONDS)
  expect(oldest).toBeLessThan(2 * HOUR_SECONDS)
  const left = { count: 1, holds: [{ charge, accountId, provider: 'iap', since: since.toISOString() }] }
  expect(await reconciled()).toMatchObject({ lateHolds: left, stillOpen: 0 })
  const page = await comparedPage()
  expect(page).toContain('<dt>Holds that came too late</dt><dd>1</dd>')
  expect(page).toMatch(
    new RegExp(`href="/operator/accounts/${accountId}">.*?</a>.*?: charge ${charge}, held since`),
  )

  // The hold ends by itself, whatever the service says to a transaction that it does not know.
  await broker.query("UPDATE late_hold SET held_at = held_at - INTERVAL '2 hours'")
  expect(await reconciled()).toMatchObject({ lateHolds: none })
  expect(await figures('late_holds')).toEqual({ iap: 0 })
  expect(await comparedPage()).toContain('<dt>Holds that came too late</dt><dd>0</dd>')
})

test('a plan that accounts are on and the settings lack is told, with how many these are', async () => {
  expect(await figures('missing_plan_accounts')).toEqual({})
  expect(await reconciled()).toMatchObject({ missingPlans: [] })
  for (const plan of ['dropped', 'dropped', 'a "quoted" one'])
    await broker.query(
      'INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, $2, FALSE, now())',
      [await newAccount(broker), plan],
    )
  expect(await figures('missing_plan_accounts')).toEqual({ dropped: 2, 'a \\"quoted\\" one': 1 })
  expect(await reconciled()).toMatchObject({
    missingPlans: [
      { plan: 'a "quoted" one', accounts: 1 },
      { plan: 'dropped', accounts: 2 },
    ],
  })
  expect(await comparedPage()).toContain('Accounts on the plan “dropped”, which is not in the settings: 2.')
})

test('holds of a payment service that is not set up any more are counted too', async () => {
  const charge = await chargeOf(await newAccount(broker))
  await broker.query(
    "INSERT INTO late_hold (provider, transaction, charge_id, held_at) VALUES ('former', 'another', $1, now())",
    [charge],
  )
  expect(await figures('late_holds')).toEqual({ iap: 0, former: 1 })
})
