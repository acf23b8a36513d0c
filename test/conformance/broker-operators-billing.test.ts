import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { NOTES } from '../../apps/broker/src/billing/notes.ts'
import { newAccount, type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { type Form, HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { logIn, type OdooComUser } from '../fixtures/log-in.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'

/** The pages by which operators see and change money: each form does what it says, says so, and stands in the trail. */

const PLANS = JSON.stringify([
  { name: 'standard', creditsPerMonth: 10 },
  { name: 'large', creditsPerMonth: 50, trialDays: 14 },
])

let broker: RunningBroker
let operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
let billing: HttpBrowser
beforeAll(async () => {
  ;({ broker, operators } = await runBrokerWithOperators({
    BROKER_PAYMENT: 'prepaid',
    BROKER_STRIPE_WEBHOOK_SECRET: 'whsec_of_this_test',
    BROKER_STRIPE_LIVE: 'true',
    BROKER_STRIPE_CREDITS_PER_UNIT: '2',
    BROKER_PLANS: PLANS,
  }))
  billing = await enter(operators.billing)
})
afterAll(() => broker.close())

const reason = 'asked for by the customer'

async function enter(user: OdooComUser): Promise<HttpBrowser> {
  const browser = new HttpBrowser({ accept: 'text/html' })
  await logIn(browser, `${broker.url}/login`, user)
  return browser
}

const open = (path: string, browser = billing) => browser.open(`${broker.url}${path}`)

function form(page: Page, end: string): Form {
  const found = page.forms.find(({ action }) => action.endsWith(end))
  if (found === undefined) throw new Error(`${page.url} (${page.status}) has no form that ends in ${end}.`)
  return found
}

/** Sends a form of an account's page as somebody at it would. */
async function change(accountId: string, verb: string, values: Record<string, string> = {}): Promise<Page> {
  const page = await open(`/operator/accounts/${accountId}`)
  return await billing.submit(page, form(page, `/${verb}`), { reason, ...values })
}

async function trail(action: string, accountId?: string) {
  return await broker.query(
    `SELECT outcome, actor, reason, detail FROM audit_event
     WHERE action = $1 AND account_id IS NOT DISTINCT FROM $2 ORDER BY id`,
    [action, accountId ?? null],
  )
}

const done = (detail: unknown) => ({
  outcome: 'done',
  actor: `operator:odoo:${operators.billing.id}`,
  reason,
  detail,
})
const refused = (code: string, detail: object = {}) => ({
  ...done(expect.objectContaining({ ...detail, why: reason })),
  outcome: 'refused',
  reason: code,
})
const begun = Date.now()
/** Of the day on which the tests began, whatever day it is by now. */
const inDays = (days: number) => new Date(begun + days * 86_400_000).toISOString().slice(0, 10)

/** As the first use does. */
async function beginMonth(accountId: string): Promise<void> {
  await broker.query(
    "INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at) VALUES ($1, 'standard', now(), FALSE, now())",
    [accountId],
  )
}

test('credit is given back, once for a form that is sent twice', async () => {
  const accountId = await newAccount(broker)
  const page = await open(`/operator/accounts/${accountId}`)
  const send = () => billing.submit(page, form(page, '/refund'), { reason, credits: '2.5' })
  expect((await send()).text).toContain('The credit was given back.')
  const again = await send()
  expect(again.text).toContain('not a second time')
  expect(again.text).toContain('<dd>2.5 credits</dd>')
  expect(await trail('billing.refund', accountId)).toEqual([
    done(expect.objectContaining({ credits: '2.5' })),
  ])
})

test('the plan is chosen among those that there are', async () => {
  const accountId = await newAccount(broker)
  const changed = await change(accountId, 'plan', { plan: 'large' })
  expect(changed.text).toContain('The plan is changed, from the next month on.')
  expect(changed.text).toContain('<option value="large" selected>')
  expect(await trail('billing.plan_changed', accountId)).toEqual([done({ plan: 'large' })])
  const refused = await change(accountId, 'plan', { plan: 'free for all' })
  expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('Nothing was changed') })
  expect(refused.text).toContain('Plans: standard, large.')
  expect(refused.text).toContain(`href="/operator/accounts/${accountId}"`)
})

test('no plan is chosen beforehand for an account whose plan the settings do not have, and the form names it', async () => {
  const accountId = await newAccount(broker)
  await broker.query(
    "INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, '<b>gone</b>', FALSE, now())",
    [accountId],
  )
  const path = `/operator/accounts/${accountId}`
  const choice = (text: string) => /<select id="plan".*?<\/select>/s.exec(text)?.[0]
  const page = await open(path)
  expect(choice(page.text)).toBe(
    '<select id="plan" name="plan" required><option value="" disabled selected>Choose one: &lt;b&gt;gone&lt;/b&gt; is not in the settings</option><option value="standard">standard</option><option value="large">large</option></select>',
  )
  expect(choice((await open(`${path}?language=de`, await enter(operators.billing))).text)).toContain(
    'Bitte wählen: &lt;b&gt;gone&lt;/b&gt; steht nicht in den Einstellungen',
  )
  // What a browser without a choice sends all the same.
  for (const plan of [undefined, ''])
    expect((await billing.submit(page, form(page, '/plan'), { reason, plan })).status).toBe(400)
  expect(choice((await change(accountId, 'plan', { plan: 'large' })).text)).toBe(
    '<select id="plan" name="plan" required><option value="standard">standard</option><option value="large" selected>large</option></select>',
  )
})

test('the page of health shows a plan that accounts are on and the settings do not have', async () => {
  const accountId = await newAccount(broker)
  await broker.query(
    "INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, 'dropped', FALSE, now())",
    [accountId],
  )
  const told = 'Accounts on the plan dropped, which is not in the settings: 1.'
  expect((await open('/operator')).text).toContain(told)
  await change(accountId, 'plan', { plan: 'large' })
  expect((await open('/operator')).text).not.toContain(told)
})

test('a trial is extended to the end of a day while no month has begun', async () => {
  const accountId = await newAccount(broker)
  await change(accountId, 'plan', { plan: 'large' })
  const longer = await change(accountId, 'trial', { until: inDays(40) })
  expect(longer.text).toContain('The trial was extended.')
  expect(await trail('billing.trial_extended', accountId)).toEqual([
    done({ until: `${inDays(41)}T00:00:00.000Z` }),
  ])
  const past = await change(accountId, 'trial', { until: inDays(-2) })
  expect(past).toMatchObject({ status: 409, text: expect.stringContaining('This is past already') })
  expect(past.text).toContain('day_is_past')
  const shorter = await change(accountId, 'trial', { until: inDays(1) })
  expect(shorter).toMatchObject({ status: 409, text: expect.stringContaining('trial_is_over') })
  expect(await trail('billing.trial_extended', accountId)).toEqual([
    done({ until: `${inDays(41)}T00:00:00.000Z` }),
    refused('day_is_past', { until: `${inDays(-1)}T00:00:00.000Z` }),
    refused('trial_is_over', { until: `${inDays(2)}T00:00:00.000Z` }),
  ])
})

test('what is due is collected on demand, and grace is extended while it cannot be paid', async () => {
  const accountId = await newAccount(broker)
  expect((await change(accountId, 'grace', { until: inDays(30) })).text).toContain('not_used_yet')
  expect((await change(accountId, 'run')).text).toContain('not_used_yet')
  await beginMonth(accountId)
  const asked = await change(accountId, 'run')
  expect(asked.text).toContain('What is due was asked for.')
  expect(asked.text).toContain('<dt>Due</dt><dd>10 credits</dd>')
  const inGerman = await open(`/operator/accounts/${accountId}?language=de`, await enter(operators.billing))
  expect(inGerman.text).toMatch(/<dd>10 Credits<\/dd>[\s\S]*Wie viel \(Credits\)/)
  expect(await trail('billing.run', accountId)).toEqual([refused('not_used_yet'), done({})])
  expect((await change(accountId, 'grace', { until: inDays(30) })).text).toContain(
    'The time of grace was changed.',
  )
  expect(await trail('billing.grace_extended', accountId)).toEqual([
    refused('not_used_yet', { until: expect.any(String) }),
    done({ until: expect.any(String) }),
  ])
  const shorter = await change(accountId, 'grace', { until: inDays(20) })
  expect(shorter).toMatchObject({ status: 409, text: expect.stringContaining('grace_is_longer') })
  await change(accountId, 'grant', { credits: '12' })
  expect((await change(accountId, 'run')).text).toContain('<dd>2 credits</dd>')
})

/** An account with a charge whose payment service never answered, some hours ago. */
async function chargeInDoubt(): Promise<{ accountId: string; charge: string }> {
  const accountId = await newAccount(broker)
  await beginMonth(accountId)
  await change(accountId, 'run')
  const [row] = await broker.query<{ id: string }>('SELECT id FROM charge WHERE account_id = $1', [accountId])
  const charge = row?.id ?? ''
  await broker.query(
    `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, note, at)
     SELECT $1, 1 + COALESCE((SELECT MAX(attempt) FROM ledger_entry WHERE charge_id = $1), 0), s, state::ledger_state,
       'iap', 0, 10000, 'no answer', now() - interval '4 hours'
     FROM (VALUES (1, 'planned'), (2, 'authorised'), (3, 'unknown')) steps (s, state)`,
    [charge],
  )
  return { accountId, charge }
}

test('a charge in doubt is settled by what the payment service shows', async () => {
  const { accountId, charge } = await chargeInDoubt()
  const page = await open('/operator/billing')
  expect(page.text).toContain(`Charge ${charge}: 10`)
  const settle = form(page, `/charges/${charge}/settle`)
  const undecided = await billing.submit(page, settle, { reason })
  expect(undecided.status).toBe(400)
  const settled = await billing.submit(page, settle, { reason, as: 'captured' })
  expect(settled.text).toContain('The charge was settled.')
  expect(settled.text).not.toContain(`Charge ${charge}:`)
  expect(await trail('billing.settled', accountId)).toEqual([done({ charge, as: 'captured' })])
  const again = await billing.submit(page, settle, { reason, as: 'cancelled' })
  expect(again).toMatchObject({ status: 409, text: expect.stringContaining('not_in_doubt') })
  expect((await open(`/operator/accounts/${accountId}`)).text).toContain('<dt>Due</dt><dd>0 credits</dd>')
})

/** A message that came for an account of the id, whether there is one or not. */
async function stripeMessage(accountId: string, note = 'waits <b>here</b>'): Promise<string> {
  const id = `evt_${randomBytes(8).toString('hex')}`
  const session = {
    id: `cs_${id}`,
    payment_status: 'paid',
    amount_total: 500,
    currency: 'eur',
    client_reference_id: accountId,
  }
  const body = { id, type: 'checkout.session.completed', livemode: true, data: { object: session } }
  await broker.query(
    `INSERT INTO stripe_event (id, type, applied, note, body, received_at)
     VALUES ($1, 'checkout.session.completed', FALSE, $3, $2, now())`,
    [id, JSON.stringify(body), note],
  )
  return id
}

/** The form of one message among those of all. */
function formOf(page: Page, verb: string, event: string): Form {
  const found = page.forms.find(
    ({ action, fields }) =>
      action.endsWith(`/stripe/${verb}`) &&
      fields.some(([name, value]) => name === 'event' && value === event),
  )
  if (found === undefined) throw new Error(`No form to ${verb} ${event}.`)
  return found
}

test('messages of Stripe that wait are booked, wait on, or are put aside', async () => {
  const accountId = await newAccount(broker)
  const [bookable, hopeless] = [
    await stripeMessage(accountId),
    await stripeMessage('00000000-0000-4000-8000-000000000000'),
  ]
  const page = await open('/operator/billing')
  expect(page.text).toContain('waits &lt;b&gt;here&lt;/b&gt;')
  const applied = await billing.submit(page, formOf(page, 'apply', bookable), { reason })
  expect(applied.text).toContain('The message was booked.')
  expect(applied.text).not.toContain(bookable)
  expect((await open(`/operator/accounts/${accountId}`)).text).toContain('<dd>10 credits</dd>')
  const waiting = await billing.submit(page, formOf(page, 'apply', hopeless), { reason })
  expect(waiting.text).toContain('still cannot be booked')
  expect(waiting.text).toContain('The account that paid does not exist.')
  const dismissed = await billing.submit(page, formOf(page, 'dismiss', hopeless), { reason })
  expect(dismissed.text).toContain('The message was put aside')
  expect(dismissed.text).not.toContain(hopeless)
  const again = await billing.submit(page, formOf(page, 'dismiss', hopeless), { reason })
  expect(again).toMatchObject({ status: 404, text: expect.stringContaining('Nothing was changed') })
  expect(await trail('billing.stripe_dismissed')).toEqual([
    done({ event: hopeless }),
    refused('not_found', { event: hopeless }),
  ])
  expect(await trail('billing.stripe_applied', accountId)).toEqual([
    done({ event: bookable, booked: 'applied' }),
  ])
})

test('billing is paused and resumed with a reason, and the page of health tells of it', async () => {
  const page = await open('/operator/billing')
  const paused = await billing.submit(page, form(page, '/billing/pause'), { reason: 'a look at the books' })
  expect(paused.text).toContain('Billing rests for all.')
  expect(paused.text).toContain('a look at the books')
  expect((await open('/operator')).text).toContain('a look at the books')
  const accountId = await newAccount(broker)
  await beginMonth(accountId)
  expect(await change(accountId, 'run')).toMatchObject({
    status: 409,
    text: expect.stringContaining('billing_paused'),
  })
  const resumed = await billing.submit(paused, form(paused, '/billing/resume'), { reason })
  expect(resumed.text).toContain('Billing runs again.')
  expect(await trail('billing.paused')).toEqual([{ ...done({}), reason: 'a look at the books' }])
  expect(await trail('billing.resumed')).toEqual([done({ forced: 'false' })])
})

test('a restored database is resumed only once its books were compared, or by force', async () => {
  await broker.query('UPDATE billing_control SET paused_reason = $1, is_restored = TRUE', [NOTES.restored])
  // The process looks anew at most every second.
  let page = await open('/operator/billing')
  while (!page.text.includes('Billing rests, and')) page = await open('/operator/billing')
  expect((await open('/operator?language=de', await enter(operators.billing))).text).toContain(
    'Diese Datenbank ist nicht die, auf der die Abrechnung zuletzt lief',
  )
  const resume = form(page, '/billing/resume')
  expect(await billing.submit(page, resume, { reason })).toMatchObject({
    status: 409,
    text: expect.stringContaining('not_reconciled'),
  })
  const german = await enter(operators.billing)
  const read = await open('/operator/billing?language=de', german)
  const refusal = await german.submit(read, form(read, '/billing/resume'), { reason })
  expect(refusal.text).toMatch(/Die Bücher einer zurückgeholten Datenbank .* <span lang="en">This database/)
  const compared = await billing.submit(page, form(page, '/billing/reconcile'), { reason })
  expect(compared.text).toContain('Books compared')
  expect(compared.text).toContain('Kept here')
  const compare = form(page, '/billing/reconcile')
  await billing.submit(page, compare, { reason, accept: 'true' })
  await billing.submit(page, compare, { reason, creditMissing: 'true' })
  expect(await trail('billing.reconciled')).toEqual([
    done({ accept: 'false', creditMissing: 'false' }),
    done({ accept: 'true', creditMissing: 'false' }),
    done({ accept: 'false', creditMissing: 'true' }),
  ])
  expect((await billing.submit(page, resume, { reason })).text).toContain('Billing runs again.')
  await broker.query("UPDATE billing_control SET paused_reason = 'restored', is_restored = TRUE")
  expect((await billing.submit(page, resume, { reason, force: 'true' })).text).toContain(
    'Billing runs again.',
  )
})

test('the books and the storage of an account say whose they are; where there is no account there are none', async () => {
  const accountId = await newAccount(broker)
  await broker.query("UPDATE account SET email = 'whose@example.com' WHERE id = $1", [accountId])
  for (const part of ['ledger', 'usage']) {
    expect((await open(`/operator/accounts/${accountId}/${part}`)).text).toContain(
      `<a href="/operator/accounts/${accountId}">Back to <bdi>whose@example.com</bdi></a>`,
    )
    const nobody = randomUUID()
    expect((await open(`/operator/accounts/${nobody}/${part}`)).status).toBe(404)
    const [row] = await trail(`billing.${part}_read`, nobody)
    expect(row).toMatchObject({ outcome: 'refused', reason: 'not_found' })
  }
})

test('the books are read page by page and taken away as a file for a spreadsheet', async () => {
  const accountId = await newAccount(broker)
  await broker.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     SELECT $1::uuid, 'grant', 1000 + n, 'n' || n || $1::text, '=HYPERLINK("https://evil.example")', 'operator', now() - n * interval '1 hour'
     FROM generate_series(1, 120) n`,
    [accountId],
  )
  let path: string | undefined = `/operator/accounts/${accountId}/ledger`
  const seen: string[] = []
  while (path !== undefined) {
    const { text } = await open(path)
    for (const [, amount = ''] of text.matchAll(/data-label="Credits" class="number">([^<]*)</g))
      seen.push(amount)
    path = /<a class="button plain" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  }
  expect([seen.length, new Set(seen).size]).toEqual([120, 120])
  const file = await open(`/operator/accounts/${accountId}/ledger.csv`)
  expect(file.headers.get('content-type')).toContain('text/csv')
  expect(file.headers.get('content-disposition')).toContain(`ledger-${accountId}.csv`)
  expect(file.headers.get('cache-control')).toBe('no-store')
  const lines = file.text.trimEnd().split('\r\n')
  expect(lines).toHaveLength(121)
  expect(lines[1]).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
  expect(await trail('billing.ledger_exported', accountId)).toEqual([
    { ...done({}), reason: 'no reason given: a look on the operators’ pages' },
  ])
})

test('what the broker noted is read in the operator’s language, and what an operator wrote as they wrote it', async () => {
  const accountId = await newAccount(broker)
  await beginMonth(accountId)
  await change(accountId, 'run')
  await change(accountId, 'grant', { credits: '0.5', reason: 'refund' })
  const { charge } = await chargeInDoubt()
  await broker.query(
    `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, note, at)
     SELECT charge_id, attempt, sequence + 1, 'unknown', provider, kept_part, provider_part, $2, at FROM ledger_entry
     WHERE charge_id = $1 ORDER BY id DESC LIMIT 1`,
    [charge, NOTES.capture_unanswered],
  )
  const waiting = await stripeMessage('00000000-0000-4000-8000-000000000000', NOTES.no_account)
  const reader = await enter(operators.billing)
  const ledger = await open(`/operator/accounts/${accountId}/ledger?language=de`, reader)
  expect(ledger.text).toContain('<bdi>Das Guthaben reicht nicht.</bdi>')
  expect(ledger.text).toContain('<bdi>refund</bdi>')
  const withoutMarks = ledger.text.replaceAll(/<\/?span[^>]*>/g, '')
  expect(withoutMarks).toMatch(/Sicherungen vom [-\d]{10} bis [-\d]{10}, Tarif standard</)
  const page = await open('/operator/billing', reader)
  expect(page.text).toContain('<bdi>Der Bezahldienst hat nicht gesagt, ob er es eingezogen hat.</bdi>')
  expect(page.text).toContain('<bdi>Das Konto, das bezahlt hat, gibt es nicht.</bdi>')
  await billing.submit(page, formOf(await open('/operator/billing'), 'dismiss', waiting), { reason })
  const file = await open(`/operator/accounts/${accountId}/ledger.csv`, reader)
  expect(file.text).toContain(',insufficient_credit,')
})

test('credentials that were issued are shown to viewers, without their secrets', async () => {
  const { agent, accountId, instanceId } = await bindInstance(broker)
  await change(accountId, 'grant', { credits: '50' })
  const vended = await agent.post('/v1/credentials', { purpose: 'restore' })
  expect(vended.status).toBe(200)
  const viewer = await enter(operators.viewer)
  const page = await open(`/operator/credentials?accountId=${accountId}`, viewer)
  expect(page.text).toContain(vended.body.accessKeyId)
  expect(page.text).toContain(instanceId)
  expect(page.text).toContain('still valid')
  expect(page.text).not.toContain(vended.body.secretAccessKey)
  expect((await open('/operator/credentials?accountId=', viewer)).status).toBe(200)
})

test('money is neither shown nor changed without the role for it', async () => {
  const accountId = await newAccount(broker)
  const viewer = await enter(operators.viewer)
  const health = await open('/operator', viewer)
  expect(health.text).not.toContain('/operator/billing')
  for (const path of ['/operator/billing', `/operator/accounts/${accountId}/ledger.csv`])
    expect({ path, status: (await open(path, viewer)).status }).toEqual({ path, status: 403 })
  const fields = form(health, '/logout').fields
  const further = {
    reason,
    credits: '1',
    reference: crypto.randomUUID(),
    plan: 'large',
    until: inDays(9),
    as: 'captured',
    event: 'evt_1',
  }
  const account = ['grant', 'refund', 'plan', 'trial', 'grace', 'run'].map(
    verb => `/operator/accounts/${accountId}/${verb}`,
  )
  const all = ['pause', 'resume', 'reconcile', 'charges/1/settle', 'stripe/apply', 'stripe/dismiss'].map(
    verb => `/operator/billing/${verb}`,
  )
  const before = await broker.query('SELECT paused_reason FROM billing_control')
  for (const action of [...account, ...all]) {
    const sent = (token: typeof fields) =>
      viewer.submit(health, { action, method: 'post', fields: token }, further)
    expect({ action, status: (await sent(fields)).status }).toEqual({ action, status: 403 })
    expect((await sent([['form_token', 'A'.repeat(43)]])).text).toContain('This form is not yours')
  }
  expect(await broker.query('SELECT paused_reason FROM billing_control')).toEqual(before)
  expect(await broker.query('SELECT 1 FROM credit_entry WHERE account_id = $1', [accountId])).toEqual([])
})

test('a page says of a change only what is among its own words', async () => {
  const page = await open(`/operator/billing?done=${encodeURIComponent('<b>Pay here</b>')}`)
  expect(page.status).toBe(200)
  expect(page.text).not.toContain('Pay here')
})
