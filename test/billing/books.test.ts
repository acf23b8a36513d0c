import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { beginBilling } from '../../apps/broker/src/billing/charging/open-periods.ts'
import { addCredit, readBalance } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { csvOf, ledgerCursor, ledgerLines } from '../../apps/broker/src/billing/operation/account-books.ts'
import { revenueByMonth } from '../../apps/broker/src/billing/operation/revenue.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

const HOUR_MS = 3_600_000

let desk: BillingDesk
let billing: Billing
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-31T12:00Z'))
  billing = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
})
afterAll(() => desk.close())

async function account(balance: number) {
  const made = await desk.registry.newAccount()
  await desk.credit(made.paymentToken, balance)
  return made
}

const pass = (milliseconds: number) => desk.set(new Date(desk.now().getTime() + milliseconds))

const by = { actor: 'operator', reason: 'a test' }

async function states(accountId: string): Promise<string> {
  const { rows } = await desk.registry.pool.query<{ state: string; attempt: number }>(
    `SELECT e.state, e.attempt FROM ledger_entry e JOIN charge c ON c.id = e.charge_id
     WHERE c.account_id = $1 ORDER BY e.id`,
    [accountId],
  )
  return rows.map(({ state, attempt }) => `${attempt}:${state}`).join(' ')
}

test.each(['=1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'])(
  'a spreadsheet takes no line for a formula: %j',
  note => {
    const line = {
      at: '',
      what: 'grant',
      state: 'booked',
      amount: 1,
      keptPart: 1,
      attempt: 1,
      actor: 'a',
      id: '1',
    }
    expect(csvOf([{ ...line, note }])).toContain(`'${note}`)
  },
)

test('a month is planned, authorised and captured, in this order', async () => {
  const { accountId, paymentToken } = await account(25)
  await billing.renewal.renew(accountId)
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:captured')
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
  const { accountId, paymentToken } = await account(25)
  await desk.fault('/iap/1/authorize', 'lost', paymentToken)
  await billing.renewal.renew(accountId)
  expect(await states(accountId)).toBe('1:planned 1:unknown')
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
  const { accountId, paymentToken } = await account(10)
  await desk.fault('/iap/1/authorize', 'lost', paymentToken)
  await billing.renewal.renew(accountId)
  pass(2 * HOUR_MS + 4 * 60_000)
  expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  await billing.renewal.renew(accountId, { asked: true })
  expect(await states(accountId)).toBe('1:planned 1:unknown')
  pass(60_000)
  await billing.renewal.renew(accountId, { asked: true })
  expect(await states(accountId)).toBe(
    '1:planned 1:unknown 1:failed 2:planned 2:authorised 2:unknown 2:captured',
  )
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
})

test('a lost capture is repeated until it is answered, and takes the money once', async () => {
  const { accountId, paymentToken } = await account(25)
  await desk.fault('/iap/1/capture', 'lost', '')
  await billing.renewal.renew(accountId)
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
  expect(await billing.renewal.resumeAll()).toBeGreaterThan(0)
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:captured')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
})

test.each(['refused', 'ignored'] as const)(
  'a capture that was lost and is refused later stays in doubt until the operator settles it: cancelling is %s',
  async answer => {
    await desk.cancelAfterCapture(answer)
    const { accountId, paymentToken } = await account(25)
    await desk.fault('/iap/1/capture', 'lost', '')
    await billing.renewal.renew(accountId)
    const doubtful = '1:planned 1:authorised 1:unknown 1:unknown'
    const [charge] = await billing.ledger.unpaid(accountId)
    for (const name of ['odoo.exceptions.AccessError', 'psycopg2.errors.SerializationFailure']) {
      pass(20 * 24 * HOUR_MS)
      await desk.fault('/iap/1/capture', 'error', charge?.last?.transaction ?? '', 1, name)
      await billing.renewal.resumeAll()
      expect(await states(accountId)).toBe(doubtful)
    }
    // The next month is not held up by it, and nobody is refused for it.
    await desk.fault('/iap/1/capture', '500', charge?.last?.transaction ?? '', 2)
    await billing.renewal.renew(accountId)
    expect(await states(accountId)).toBe(`${doubtful} 1:planned 1:authorised 1:unknown 1:captured`)
    expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
    expect(await desk.balance(paymentToken)).toMatchObject({ balance: 5 })
  },
)

test.each(['refused', 'unknown'] as const)(
  'a server error at the only capture is %s as the name of its exception tells',
  async meaning => {
    const name =
      meaning === 'refused' ? 'odoo.exceptions.AccessError' : 'psycopg2.errors.SerializationFailure'
    const { accountId, paymentToken } = await account(25)
    await desk.fault('/iap/1/capture', 'error', '', 1, name)
    await billing.renewal.renew(accountId)
    const begun = '1:planned 1:authorised 1:unknown 1:unknown'
    expect(await states(accountId)).toBe(meaning === 'refused' ? `${begun} 1:cancelled` : begun)
    await billing.renewal.resumeAll()
    pass(HOUR_MS)
    await billing.renewal.renew(accountId)
    expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15, available: 15 })
  },
)

test('the operator settles what stays in doubt, once its hold has ended', async () => {
  const { accountId, paymentToken } = await account(25)
  await desk.fault('/iap/1/capture', '500', '')
  await billing.renewal.renew(accountId)
  const { ledger, renewal } = billing
  const changes = desk.changesOf(billing)
  const [charge] = await ledger.unpaid(accountId)
  const settle = (as: 'captured' | 'cancelled') => changes.settle(charge?.id ?? '', as, by)
  await expect(settle('cancelled')).rejects.toMatchObject({ code: 'not_in_doubt' })
  pass(3 * HOUR_MS)
  const { inDoubt } = await changes.reconcile({ accept: false, creditMissing: false }, by)
  expect(inDoubt).toContainEqual(
    expect.objectContaining({ charge: charge?.id, accountId, credits: 10, provider: 'iap' }),
  )
  await settle('cancelled')
  await expect(settle('captured')).rejects.toMatchObject({ code: 'not_in_doubt' })
  pass(HOUR_MS)
  await renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
})

test('a cancellation that is not answered is repeated, so that credit is free again before its hold ends', async () => {
  const { accountId, paymentToken } = await account(25)
  await desk.fault('/iap/1/capture', 'error', '', 1, 'odoo.exceptions.AccessError')
  await desk.fault('/iap/1/cancel', '500', '')
  await billing.renewal.renew(accountId)
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 15 })
  pass(HOUR_MS)
  await billing.renewal.resumeAll()
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:cancelled')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 25, available: 25 })
})

test('a capture that never reached the service is made good, or the hold ends and another is made', async () => {
  const { accountId, paymentToken } = await account(25)
  const away = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  await desk.fault('/iap/1/capture', 'error', '', 1, 'odoo.exceptions.AccessError')
  await desk.fault('/iap/1/cancel', '500', '')
  await billing.renewal.renew(accountId)
  await away.renewal.resumeAll()
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  pass(2 * HOUR_MS + 5 * 60_000)
  await away.renewal.resumeAll()
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:cancelled')
  await billing.renewal.renew(accountId)
  pass(HOUR_MS)
  await billing.renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15, available: 15 })
})

test('an attempt is ended with the service that it was begun with, also when new payments go another way', async () => {
  const { accountId, paymentToken } = await account(25)
  await desk.fault('/iap/1/capture', 'lost', '')
  await billing.renewal.renew(accountId)
  const without = desk.open({ BROKER_PAYMENT: 'prepaid', BROKER_IAP_SERVICE_KEY: '' })
  await without.renewal.resumeAll()
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown')
  const prepaid = desk.open({ BROKER_PAYMENT: 'prepaid', BROKER_MONTHLY_CREDITS: '10' })
  await prepaid.renewal.resumeAll()
  expect(await states(accountId)).toBe('1:planned 1:authorised 1:unknown 1:unknown 1:captured')
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 15 })
})

test('what a process left when it ended is gone on with, also where its service is not set up any more', async () => {
  const { ledger, renewal, provider } = billing
  const owing = async () => {
    const payer = await account(0)
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
    pass(milliseconds)
    await prepaid.renewal.resumeAll()
    return states(held.accountId)
  }
  const left = '1:planned 1:failed 2:planned'
  expect(await goOn(59_999)).toBe(left)
  expect(await states(kept.accountId)).toBe(`${left} 2:authorised 2:captured`)
  expect(await goOn(1)).toBe(`${left} 2:unknown`)
  expect(await goOn(3 * HOUR_MS - 1)).toBe(`${left} 2:unknown`)
  expect(await goOn(1)).toBe(`${left} 2:unknown 2:failed`)
  await give(held.accountId, 'later')
  pass(24 * HOUR_MS)
  await prepaid.renewal.renew(held.accountId)
  expect(await states(held.accountId)).toBe(`${left} 2:unknown 2:failed 3:planned 3:authorised 3:captured`)
  expect(await desk.balance(held.payer.paymentToken)).toMatchObject({ balance: 25, available: 25 })
})

test('two brokers that bill the same hour charge once', async () => {
  const { accountId, paymentToken } = await account(100)
  const other = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  await Promise.all(
    [billing, other, billing, other].map(({ renewal }) => renewal.renew(accountId, { asked: true })),
  )
  await billing.renewal.renew(accountId, { asked: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 90, available: 90 })
})

test('a payment service that is down for days refuses nobody before the end of grace', async () => {
  const away = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  const { accountId } = await account(25)
  expect(await away.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  pass(6 * 24 * HOUR_MS)
  expect(await away.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  pass(24 * HOUR_MS)
  const later = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  expect((await later.entitlement.of(accountId, 'backup')).entitled).toBe(false)
  expect((await later.entitlement.of(accountId, 'restore')).entitled).toBe(true)
})

test('kept credits are spent first, the same grant counts once, and a failed attempt gives them back', async () => {
  const { accountId, paymentToken } = await account(5)
  await billing.renewal.renew(accountId)
  const grant = {
    accountId,
    kind: 'grant' as const,
    amount: 4000,
    reference: `operator:${accountId}`,
    actor: 'operator',
    at: desk.now(),
  }
  expect([await addCredit(desk.registry.pool, grant), await addCredit(desk.registry.pool, grant)]).toEqual([
    true,
    false,
  ])
  pass(HOUR_MS)
  await billing.renewal.renew(accountId)
  expect(await readBalance(desk.registry.pool, accountId)).toBe(4000)
  await desk.credit(paymentToken, 6)
  pass(3 * HOUR_MS)
  await billing.renewal.renew(accountId)
  expect(await readBalance(desk.registry.pool, accountId)).toBe(0)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
})

test('whoever pays exactly what is said to be due goes on, also after months unpaid', async () => {
  const { accountId, paymentToken } = await account(10)
  await billing.entitlement.of(accountId, 'backup')
  pass(32 * 24 * HOUR_MS)
  await billing.renewal.renew(accountId)
  pass(80 * 24 * HOUR_MS)
  const refused = await billing.entitlement.of(accountId, 'backup')
  expect(refused).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining(
      '10 credits are due, and 10 credits for the month that runs: 20 credits in all',
    ),
  })
  expect(await billing.rechargeUrl(accountId)).toContain('credit=20')
  await desk.credit(paymentToken, 10)
  pass(HOUR_MS)
  expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
  await desk.credit(paymentToken, 10)
  pass(HOUR_MS)
  await billing.renewal.renew(accountId, { asked: true })
  expect((await desk.open().ledger.unpaid(accountId)).map(({ amount }) => amount)).toEqual([])
})

test('who is refused because the payment service is away is not told that credit is missing', async () => {
  const away = desk.open({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: 'http://127.0.0.1:4' })
  const { accountId } = await account(25)
  await away.renewal.renew(accountId)
  pass(8 * 24 * HOUR_MS)
  const refused = await away.entitlement.of(accountId, 'backup')
  expect(refused).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining('the payment service does not answer'),
  })
  expect(JSON.stringify(refused)).not.toContain('not enough credit')
})

test('another storage cap acts from the next month on', async () => {
  const open = (cap: number) =>
    desk.open({
      BROKER_PLANS: JSON.stringify([{ name: 'standard', creditsPerMonth: 1, storageCapGigabytes: cap }]),
    })
  const { accountId } = await account(100)
  await open(50).renewal.renew(accountId)
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, $2, 20000000000, 1, 0, 0, 0, 0, now())`,
    [accountId, desk.now()],
  )
  expect(await open(10).entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  pass(32 * 24 * HOUR_MS)
  const refused = await open(10).entitlement.of(accountId, 'backup')
  expect(refused).toMatchObject({ code: 'storage_full', message: expect.stringContaining('the 10 GB') })
})

test('while billing is paused nothing is charged and nobody is refused', async () => {
  const { accountId, paymentToken } = await account(0)
  await billing.renewal.renew(accountId)
  expect((await billing.entitlement.of(accountId, 'backup')).entitled).toBe(false)
  await billing.control.pause('a test', 'operator')
  await desk.credit(paymentToken, 50)
  expect((await billing.entitlement.of(accountId, 'backup')).entitled).toBe(true)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 50 })
  await billing.control.resume('operator')
})

test('on a database that was restored billing is paused until the operator resumes it', async () => {
  await billing.control.resume('operator')
  await desk.registry.pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:1:1'")
  const started = desk.open()
  expect(await started.control.pausedReason()).toContain('was restored')
  expect(await desk.open().control.pausedReason()).toContain('was restored')
  await started.control.pause('looking at it', 'operator')
  await expect(started.control.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
  await desk.changesOf(started).reconcile({ accept: false, creditMissing: false }, by)
  await started.control.resume('operator', { force: true })
  expect(await desk.open().control.pausedReason()).toBeUndefined()
})

test('the books can be read in pages and as CSV, and all sums agree', async () => {
  const { accountId } = await account(100)
  await addCredit(desk.registry.pool, {
    accountId,
    kind: 'grant',
    amount: 3000,
    reference: `csv:${accountId}`,
    reason: '=HYPERLINK("x"), said the operator',
    actor: 'operator',
    at: desk.now(),
  })
  await desk.registry.pool.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at) VALUES ($1, 'standard', $2, FALSE, $2)`,
    [accountId, desk.now()],
  )
  await billing.renewal.renew(accountId)
  const all = await ledgerLines(desk.registry.pool, accountId, { limit: 100 })
  expect(all).toHaveLength(6)
  const paged: string[] = []
  for (let cursor: string | undefined; ; ) {
    const [line] = await ledgerLines(desk.registry.pool, accountId, { cursor, limit: 1 })
    if (line === undefined) break
    paged.push(line.id)
    cursor = ledgerCursor(line)
  }
  expect(paged).toEqual(all.map(({ id }) => id))
  expect(csvOf(all)).toContain(`"'=HYPERLINK(""x""), said the operator"`)
  const { pool } = desk.registry
  const found = await desk.changesOf(billing).reconcile({ accept: false, creditMissing: false }, by)
  expect(found.kept.agrees).toBe(true)
  expect(found.kept.left).toBeCloseTo(found.kept.received - found.kept.spent, 9)
  const months = await revenueByMonth(pool)
  expect(months.reduce((sum, { captured }) => sum + captured, 0)).toBeCloseTo(found.capturedByProvider, 9)
})

test('lines of one moment come by their number, the highest first, in one piece and in pages', async () => {
  const { pool } = desk.registry
  const { accountId } = await account(0)
  const { rows } = await pool.query<{ next: number }>(
    `SELECT 10 ^ (length(last_value::text) + 1) - 2 AS next FROM credit_entry_id_seq`,
  )
  // Numbers of which the last have a digit more than the first.
  await pool.query("SELECT setval('credit_entry_id_seq', $1)", [rows[0]?.next])
  await pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at)
     SELECT $1::uuid, 'grant', n * 1000, $1 || ':' || n, 'operator', $2::timestamptz FROM generate_series(1, 4) n ORDER BY n`,
    [accountId, desk.now()],
  )
  const amounts = async (limit: number) => {
    const found: number[] = []
    for (let cursor: string | undefined; ; ) {
      const lines = await ledgerLines(pool, accountId, { cursor, limit })
      const last = lines.at(-1)
      if (last === undefined) return found
      found.push(...lines.map(({ amount }) => amount))
      cursor = ledgerCursor(last)
    }
  }
  expect(await amounts(100)).toEqual([4, 3, 2, 1])
  expect(await amounts(1)).toEqual([4, 3, 2, 1])
})

test('reconciliation compares each balance with the last reading, and tells of credit that left without a row', async () => {
  const { pool } = desk.registry
  const billing = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  const payer = await desk.registry.newAccount()
  await desk.credit(payer.paymentToken, 50)
  await beginBilling(pool, payer.accountId, billing.plans.standard, desk.now())
  const look = async (accept = false) => {
    const { balances } = await desk.changesOf(billing).reconcile({ accept, creditMissing: false }, by)
    return balances?.missing.filter(({ accountId }) => accountId === payer.accountId)
  }
  expect(await look()).toEqual([])
  await billing.renewal.renew(payer.accountId)
  expect((await desk.balance(payer.paymentToken)).balance).toBe(40)
  expect(await look()).toEqual([])
  // A payment that these books do not have, as after a restore.
  await billing.provider.capture(
    await billing.provider.authorize({ payer, amount: 7500, description: 'of a lost row' }),
  )
  const lost = [{ accountId: payer.accountId, credits: 7.5 }]
  expect(await look()).toEqual(lost)
  expect(await look(true)).toEqual(lost)
  expect(await look()).toEqual([])
  await desk.credit(payer.paymentToken, 100)
  expect(await look()).toEqual([])
})

test('reconciliation says what Odoo’s service lets nobody know, and nothing of it where that keeps no balance', async () => {
  const remarks = async (settings: Readonly<Record<string, string>>) => {
    const found = await desk
      .changesOf(desk.open(settings))
      .reconcile({ accept: false, creditMissing: false }, by)
    return found.remarks
  }
  expect(await remarks({ BROKER_MONTHLY_CREDITS: '10' })).toEqual([
    expect.stringMatching(/lists no transactions: .* within three hours of a restore may be held/),
    expect.stringContaining('does not tell what was bought'),
    expect.stringContaining('refunds and grants nothing'),
  ])
  expect(await remarks({ BROKER_PAYMENT: 'prepaid', BROKER_IAP_SERVICE_KEY: '' })).toEqual([])
  // Payments that were begun there before are ended there.
  expect(await remarks({ BROKER_PAYMENT: 'prepaid' })).toHaveLength(3)
})

test('the setting of the hashed form decides which page of the payment service is linked', async () => {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const old = await desk.open().rechargeUrl(accountId)
  const hashed = await desk.open({ BROKER_IAP_HASHED_CREDIT_PAGE: 'true' }).rechargeUrl(accountId)
  expect(old).toContain(`/iap/1/credit?service_name=odoo_backup_sh&account_token=${paymentToken}`)
  expect(hashed).toMatch(
    /\/iap\/1\/my_account\?service_name=odoo_backup_sh&account_token=[0-9a-f]{40}&hashed=1$/,
  )
  expect(hashed).not.toContain(paymentToken)
})
