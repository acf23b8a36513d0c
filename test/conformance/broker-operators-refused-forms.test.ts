import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newAccount, type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { logIn, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker } from '../fixtures/running-broker.ts'

/** Forms on money whose values cannot be: they stand in the audit log too, of whoever may send them. */

let broker: RunningBroker
let operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
beforeAll(async () => {
  ;({ broker, operators } = await runBrokerWithOperators({ BROKER_PAYMENT: 'prepaid' }))
})
afterAll(() => broker.close())

const reason = 'asked for by the customer'

async function enter(role: OperatorRole): Promise<HttpBrowser> {
  const browser = new HttpBrowser({ accept: 'text/html' })
  await logIn(browser, `${broker.url}/login`, operators[role])
  return browser
}

/** Sends the forms of a page that stands open, whatever they are filled with. */
async function sender(browser: HttpBrowser) {
  const page = await browser.open(`${broker.url}/operator`)
  const fields = page.forms.find(({ action }) => action === '/logout')?.fields ?? []
  return (action: string, values: Record<string, string>): Promise<Page> =>
    browser.submit(page, { action, method: 'post', fields }, { reason, ...values })
}

const rows = () =>
  broker.query(
    `SELECT action, outcome, reason, actor, account_id AS account, address, detail FROM audit_event
     WHERE action LIKE 'billing.%' AND action NOT LIKE '%read' ORDER BY id`,
  )

const none = '00000000-0000-4000-8000-000000000000'

test('a form whose values cannot be is in the audit log, once, as the change that it asks for, with who and why', async () => {
  const account = await newAccount(broker)
  const send = await sender(await enter('billing'))
  const ofAccount = `/operator/accounts/${account}`
  const cases: [path: string, values: Record<string, string>, action: string, account?: string][] = [
    [`${ofAccount}/grant`, { credits: '0', reference: none }, 'grant', account],
    [`${ofAccount}/refund`, { credits: '-5', reference: none }, 'refund', account],
    [`${ofAccount}/plan`, { plan: 'x'.repeat(41) }, 'plan_changed', account],
    [`${ofAccount}/trial`, { until: 'tomorrow' }, 'trial_extended', account],
    [`${ofAccount}/grace`, { until: '' }, 'grace_extended', account],
    [`${ofAccount}/run`, { reason: '-' }, 'run', account],
    ['/operator/accounts/nobody/grant', { credits: '1', reference: none }, 'grant'],
    ['/operator/billing/pause', { reason: '' }, 'paused'],
    ['/operator/billing/resume', { force: 'perhaps' }, 'resumed'],
    ['/operator/billing/reconcile', { accept: 'perhaps' }, 'reconciled'],
    ['/operator/billing/charges/1/settle', {}, 'settled'],
    ['/operator/billing/charges/x/settle', { as: 'captured' }, 'settled'],
    ['/operator/billing/stripe/apply', { event: '' }, 'stripe_applied'],
    ['/operator/billing/stripe/dismiss', { event: '' }, 'stripe_dismissed'],
  ]
  for (const [path, values] of cases)
    expect({ path, status: (await send(path, values)).status }).toEqual({ path, status: 400 })
  expect(await rows()).toEqual(
    cases.map(([form, values, action, of]) => ({
      action: `billing.${action}`,
      outcome: 'refused',
      reason: 'invalid_request',
      actor: `operator:odoo:${operators.billing.id}`,
      account: of ?? null,
      address: '127.0.0.1',
      detail: { form, why: values.reason ?? reason },
    })),
  )
  expect(await broker.query('SELECT 1 FROM credit_entry')).toEqual([])
})

test('whoever may not send it learns only that, and leaves no row of a change', async () => {
  const before = await rows()
  const action = `/operator/accounts/${await newAccount(broker)}/grant`
  const wrong = { credits: '0', reference: none }
  const viewer = await sender(await enter('viewer'))
  for (const credits of ['0', '1']) expect((await viewer(action, { ...wrong, credits })).status).toBe(403)
  const foreign = await viewer(action, { ...wrong, form_token: 'A'.repeat(43) })
  expect(foreign).toMatchObject({ status: 403, text: expect.stringContaining('This form is not taken') })
  const stranger = new HttpBrowser({ accept: 'text/html' })
  const page = await stranger.open(`${broker.url}/nowhere`)
  const sent = await stranger.submit(page, { action, method: 'post', fields: [] }, wrong)
  expect(sent.text).toContain('Log in')
  expect(await rows()).toEqual(before)
  const refusals = await broker.query(
    "SELECT action, reason FROM audit_event WHERE action IN ('operator.entered', 'form.sent') ORDER BY id",
  )
  expect(refusals).toEqual([
    { action: 'operator.entered', reason: 'role_refused' },
    { action: 'operator.entered', reason: 'role_refused' },
    { action: 'form.sent', reason: 'foreign_form' },
    { action: 'form.sent', reason: 'not_logged_in' },
  ])
})

test('a form that is too large to be read is in the audit log, once, with who sent it', async () => {
  const account = await newAccount(broker)
  const large = { reason: 'x'.repeat(120_000) }
  const before = (await rows()).length
  const send = await sender(await enter('billing'))
  const cases: [path: string, action: string, account: string | null][] = [
    [`/operator/accounts/${account}/grant`, 'billing.grant', account],
    ['/operator/accounts/nobody/plan', 'billing.plan_changed', null],
    ['/operator/billing/charges/1/settle', 'billing.settled', null],
    [`/operator/accounts/${account}/suspend`, 'form.sent', account],
  ]
  for (const [path] of cases) {
    const page = await send(path, large)
    expect({ path, status: page.status }).toEqual({ path, status: 413 })
    expect(page.text).toContain('too_large')
  }
  const told = await broker.query(
    `SELECT action, outcome, reason, actor, account_id AS account, address, detail FROM audit_event
     WHERE reason = 'too_large' ORDER BY id`,
  )
  expect(told).toEqual(
    cases.map(([form, action, of]) => ({
      action,
      outcome: 'refused',
      reason: 'too_large',
      actor: `operator:odoo:${operators.billing.id}`,
      account: of,
      address: '127.0.0.1',
      detail: { form },
    })),
  )
  expect(await rows()).toHaveLength(before + 3)
})

test('whoever may not send a form learns only that from one that is too large', async () => {
  const large = { reason: 'x'.repeat(120_000) }
  const action = `/operator/accounts/${await newAccount(broker)}/grant`
  const before = await rows()
  expect((await (await sender(await enter('viewer')))(action, large)).status).toBe(403)
  const somebody = new HttpBrowser({ accept: 'text/html' })
  await logIn(somebody, `${broker.url}/login`, await newOdooComUser())
  const page = await somebody.open(`${broker.url}/account`)
  const form = { action, method: 'post', fields: [] }
  expect((await somebody.submit(page, form, large)).status).toBe(404)
  const stranger = new HttpBrowser({ accept: 'text/html' })
  const nowhere = await stranger.open(`${broker.url}/nowhere`)
  expect((await stranger.submit(nowhere, form, large)).status).toBe(413)
  expect(await rows()).toEqual(before)
  const refusals = await broker.query(
    `SELECT action, reason, actor LIKE 'account:%' AS known FROM audit_event
     WHERE action IN ('operator.entered', 'form.sent') ORDER BY id DESC LIMIT 3`,
  )
  expect(refusals).toEqual([
    { action: 'form.sent', reason: 'not_logged_in', known: false },
    { action: 'operator.entered', reason: 'not_an_operator', known: true },
    { action: 'operator.entered', reason: 'role_refused', known: false },
  ])
})
