import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { NOTES } from '../../apps/broker/src/billing/notes.ts'
import { until } from '../faults/waiting.ts'
import { newAccount } from '../fixtures/broker-operators.ts'
import type { Form, Page } from '../fixtures/http-browser.ts'
import { form, type OperatorDesk, openOperatorDesk, reason } from '../fixtures/operator-desk.ts'

/** The pages by which operators see the books and run billing as a whole. */

let desk: OperatorDesk
beforeAll(async () => {
  desk = await openOperatorDesk()
})
afterAll(() => desk.broker.close())

test('the page of health shows a plan that accounts are on and the settings do not have', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.broker.query(
    "INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, 'dropped', FALSE, now())",
    [accountId],
  )
  const told = 'Accounts on the plan “dropped”, which is not in the settings: 1.'
  expect((await desk.open('/operator')).text).toContain(told)
  await desk.change(accountId, 'plan', { plan: 'large' })
  expect((await desk.open('/operator')).text).not.toContain(told)
})

test('a charge in doubt is settled by what the payment service shows', async () => {
  const { accountId, charge } = await desk.chargeInDoubt()
  await desk.broker.query(
    `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, transaction, note, at)
     SELECT charge_id, attempt, sequence + 1, state, provider, kept_part, provider_part, 'hold-at-service', note, at
     FROM ledger_entry WHERE charge_id = $1 ORDER BY id DESC LIMIT 1`,
    [charge],
  )
  const page = await desk.open('/operator/billing')
  expect(page.text).toContain(`Charge no. ${charge}, 10`)
  // What it is looked up by at the payment service.
  expect(page.text).toContain('<dt>Known there as</dt><dd><code>hold-at-service</code></dd>')
  expect(page.text).toMatch(/<dt>What<\/dt><dd>Backups from .*, plan standard<\/dd>/)
  const settle = form(page, `/charges/${charge}/settle`)
  const undecided = await desk.billing.submit(page, settle, { reason })
  expect(undecided.status).toBe(400)
  const settled = await desk.billing.submit(page, settle, { reason, as: 'captured' })
  expect(settled.text).toContain('The charge was settled.')
  expect(settled.text).not.toContain(`Charge no. ${charge},`)
  expect(await desk.trail('billing.settled', accountId)).toEqual([desk.done({ charge, as: 'captured' })])
  const again = await desk.billing.submit(page, settle, { reason, as: 'cancelled' })
  expect(again).toMatchObject({ status: 409, text: expect.stringContaining('not_in_doubt') })
  expect((await desk.open(`/operator/accounts/${accountId}`)).text).toContain(
    '<dt>Due</dt><dd>0 credits</dd>',
  )
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
  await desk.broker.query(
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
  const accountId = await newAccount(desk.broker)
  const [bookable, hopeless] = [
    await stripeMessage(accountId),
    await stripeMessage('00000000-0000-4000-8000-000000000000'),
  ]
  const page = await desk.open('/operator/billing')
  expect(page.text).toContain('waits &lt;b&gt;here&lt;/b&gt;')
  // What is of no use is not offered: messages of this type are never booked.
  const never = await stripeMessage(accountId)
  await desk.broker.query("UPDATE stripe_event SET type = 'customer.updated' WHERE id = $1", [never])
  const further = await desk.open('/operator/billing')
  expect(() => formOf(further, 'apply', never)).toThrow()
  await desk.billing.submit(further, formOf(further, 'dismiss', never), { reason })
  const applied = await desk.billing.submit(page, formOf(page, 'apply', bookable), { reason })
  expect(applied.text).toContain('The message was booked.')
  expect(applied.text).not.toContain(bookable)
  expect((await desk.open(`/operator/accounts/${accountId}`)).text).toContain('<dd>10 credits</dd>')
  const waiting = await desk.billing.submit(page, formOf(page, 'apply', hopeless), { reason })
  expect(waiting.text).toContain('still cannot be booked')
  expect(waiting.text).toContain('The account that paid does not exist.')
  const dismissed = await desk.billing.submit(page, formOf(page, 'dismiss', hopeless), { reason })
  expect(dismissed.text).toContain('The message was put aside')
  expect(dismissed.text).not.toContain(hopeless)
  const again = await desk.billing.submit(page, formOf(page, 'dismiss', hopeless), { reason })
  expect(again).toMatchObject({ status: 404, text: expect.stringContaining('Nothing was changed') })
  expect(await desk.trail('billing.stripe_dismissed')).toEqual([
    desk.done({ event: never }),
    desk.done({ event: hopeless }),
    desk.refused('not_found', { event: hopeless }),
  ])
  expect(await desk.trail('billing.stripe_applied', accountId)).toEqual([
    desk.done({ event: bookable, booked: 'applied' }),
  ])
})

test('billing is paused and resumed with a reason, and the page of health tells of it', async () => {
  const page = await desk.open('/operator/billing')
  const paused = await desk.billing.submit(page, form(page, '/billing/pause'), {
    reason: 'a look at the books',
  })
  expect(paused.text).toContain('Billing rests for all.')
  expect(paused.text).toContain('a look at the books')
  expect((await desk.open('/operator')).text).toContain('a look at the books')
  const accountId = await newAccount(desk.broker)
  await desk.beginMonth(accountId)
  expect((await desk.open(`/operator/accounts/${accountId}`)).text).toContain(
    'Billing rests: nothing is collected until it runs again.',
  )
  // That months may be paid twice is no matter of a pause.
  expect(paused.text).not.toContain('name="force"')
  expect(await desk.changeLate(accountId, 'run')).toMatchObject({
    status: 409,
    text: expect.stringContaining('billing_paused'),
  })
  const resumed = await desk.billing.submit(paused, form(paused, '/billing/resume'), { reason })
  expect(resumed.text).toContain('Billing runs again.')
  expect(await desk.trail('billing.paused')).toEqual([{ ...desk.done({}), reason: 'a look at the books' }])
  expect(await desk.trail('billing.resumed')).toEqual([desk.done({ forced: 'false' })])
})

test('a restored database is resumed only once its books were compared, or by force', async () => {
  await desk.broker.query('UPDATE billing_control SET paused_reason = $1, is_restored = TRUE', [
    NOTES.restored,
  ])
  // The process looks anew at most every second.
  const page = await until(async () => {
    const seen = await desk.open('/operator/billing')
    return seen.text.includes('Billing rests, and') ? seen : undefined
  })
  expect((await desk.open('/operator?language=de', await desk.enter('billing'))).text).toContain(
    'Diese Datenbank ist nicht die, auf der die Abrechnung zuletzt lief',
  )
  const resume = form(page, '/billing/resume')
  expect(page.text).toContain('name="force"')
  expect(await desk.billing.submit(page, resume, { reason })).toMatchObject({
    status: 409,
    text: expect.stringContaining('not_reconciled'),
  })
  const compared = await desk.billing.submit(page, form(page, '/billing/reconcile'), { reason })
  expect(compared.text).toContain('Books compared')
  expect(compared.text).toContain('Kept here')
  const compare = form(page, '/billing/reconcile')
  await desk.billing.submit(page, compare, { reason, accept: 'true' })
  await desk.billing.submit(page, compare, { reason, creditMissing: 'true' })
  expect(await desk.trail('billing.reconciled')).toEqual([
    desk.done({ accept: 'false', creditMissing: 'false' }),
    desk.done({ accept: 'true', creditMissing: 'false' }),
    desk.done({ accept: 'false', creditMissing: 'true' }),
  ])
  expect((await desk.billing.submit(page, resume, { reason })).text).toContain('Billing runs again.')
  await desk.broker.query("UPDATE billing_control SET paused_reason = 'restored', is_restored = TRUE")
  expect((await desk.billing.submit(page, resume, { reason, force: 'true' })).text).toContain(
    'Billing runs again.',
  )
})

test('the books and the storage of an account say whose they are; where there is no account there are none', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.broker.query("UPDATE account SET email = 'whose@example.com' WHERE id = $1", [accountId])
  for (const part of ['ledger', 'usage']) {
    expect((await desk.open(`/operator/accounts/${accountId}/${part}`)).text).toContain(
      `<a href="/operator/accounts/${accountId}">Back to <bdi>whose@example.com</bdi></a>`,
    )
    const nobody = randomUUID()
    expect((await desk.open(`/operator/accounts/${nobody}/${part}`)).status).toBe(404)
    const [row] = await desk.trail(`billing.${part}_read`, nobody)
    expect(row).toMatchObject({ outcome: 'refused', reason: 'not_found' })
  }
})

test('the books are read page by page and taken away as a file for a spreadsheet', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.broker.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     SELECT $1::uuid, 'grant', 1000 + n, 'n' || n || $1::text, '=HYPERLINK("https://evil.example")', 'operator', now() - n * interval '1 hour'
     FROM generate_series(1, 120) n`,
    [accountId],
  )
  let path: string | undefined = `/operator/accounts/${accountId}/ledger`
  const seen: string[] = []
  while (path !== undefined) {
    const { text } = await desk.open(path)
    for (const [, amount = ''] of text.matchAll(/data-label="Credits" class="number">([^<]*)</g))
      seen.push(amount)
    path = /<a class="button plain" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  }
  expect([seen.length, new Set(seen).size]).toEqual([120, 120])
  const file = await desk.open(`/operator/accounts/${accountId}/ledger.csv`)
  expect(file.headers.get('content-type')).toContain('text/csv')
  expect(file.headers.get('content-disposition')).toContain(`ledger-${accountId}.csv`)
  expect(file.headers.get('cache-control')).toBe('no-store')
  const lines = file.text.trimEnd().split('\r\n')
  expect(lines).toHaveLength(121)
  expect(lines[1]).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
  expect(await desk.trail('billing.ledger_exported', accountId)).toEqual([
    { ...desk.done({}), reason: 'no reason given: a look on the operators’ pages' },
  ])
})

test('what a charge took of credit that is kept says which charge, and does not stand as if it counted twice', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.beginMonth(accountId)
  await desk.change(accountId, 'grant', { credits: '30' })
  await desk.change(accountId, 'run')
  const { text } = await desk.open(`/operator/accounts/${accountId}/ledger`)
  const rows = [...text.matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) =>
    row.replaceAll(/<(?!span class="quiet")[^>]*>/g, ''),
  )
  const [taken] = rows.filter(row => row.includes('taken by a charge'))
  expect(taken).toMatch(/taken by a charge: Backups from [-\d]{10} to [-\d]{10}, plan standard/)
  expect(taken).toContain('<span class="quiet">-10')
  const [collected] = rows.filter(row => row.includes('collected'))
  expect(collected).not.toContain('<span class="quiet">-10')
})

test('what the broker noted is read in the operator’s language, and what an operator wrote as they wrote it', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.beginMonth(accountId)
  await desk.change(accountId, 'run')
  await desk.change(accountId, 'grant', { credits: '0.5', reason: 'refund' })
  const { charge } = await desk.chargeInDoubt()
  await desk.broker.query(
    `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, note, at)
     SELECT charge_id, attempt, sequence + 1, 'unknown', provider, kept_part, provider_part, $2, at FROM ledger_entry
     WHERE charge_id = $1 ORDER BY id DESC LIMIT 1`,
    [charge, NOTES.capture_unanswered],
  )
  const waiting = await stripeMessage('00000000-0000-4000-8000-000000000000', NOTES.no_account)
  const reader = await desk.enter('billing')
  const ledger = await desk.open(`/operator/accounts/${accountId}/ledger?language=de`, reader)
  expect(ledger.text).toContain('<bdi>Das Guthaben reicht nicht.</bdi>')
  expect(ledger.text).toContain('<bdi>refund</bdi>')
  const withoutMarks = ledger.text.replaceAll(/<\/?span[^>]*>/g, '')
  expect(withoutMarks).toMatch(/Sicherungen vom [-\d]{10} bis [-\d]{10}, Tarif standard</)
  const page = await desk.open('/operator/billing', reader)
  expect(page.text).toContain('<bdi>Der Bezahldienst hat nicht gesagt, ob er es eingezogen hat.</bdi>')
  expect(page.text).toContain('<bdi>Das Konto, das bezahlt hat, gibt es nicht.</bdi>')
  await desk.billing.submit(page, formOf(await desk.open('/operator/billing'), 'dismiss', waiting), {
    reason,
  })
  const file = await desk.open(`/operator/accounts/${accountId}/ledger.csv`, reader)
  expect(file.text).toContain(',insufficient_credit,')
})

test('a page says of a change only what is among its own words', async () => {
  const page = await desk.open(`/operator/billing?done=${encodeURIComponent('<b>Pay here</b>')}`)
  expect(page.status).toBe(200)
  expect(page.text).not.toContain('Pay here')
})

test('what came of comparing the books is told by ids while nobody’s name can be read', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.broker.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, 'spent', -3, 'no charge', 'no charge', 'billing', now())`,
    [accountId],
  )
  const page = await desk.open('/operator/billing')
  const compare = () => desk.billing.submit(page, form(page, '/billing/reconcile'), { reason })
  const toldAs = (name: string) => `/operator/accounts/${accountId}"><bdi title="${name}">`
  expect((await compare()).text).toContain(toldAs(accountId))
  await desk.broker.query('ALTER TABLE instance RENAME COLUMN name TO unreadable')
  try {
    const compared = await compare()
    expect(compared.status).toBe(200)
    expect(compared.text).toContain(toldAs(`account ${accountId}`))
  } finally {
    await desk.broker.query('ALTER TABLE instance RENAME COLUMN unreadable TO name')
  }
})
