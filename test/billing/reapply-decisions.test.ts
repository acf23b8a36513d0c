import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'
import { stateFolderSettings } from '../fixtures/state-folder.ts'

// What operators decided on money after a dump of the registry was made, done again from the log once it is restored.

const run = promisify(execFile)

let registry: TestRegistry
let folder: string
beforeAll(async () => {
  registry = await openTestRegistry()
  folder = await mkdtemp(join(tmpdir(), 'registry-dump-'))
})
afterAll(async () => {
  await registry.drop()
  await rm(folder, { recursive: true })
})

const ENVIRONMENT = {
  BROKER_PAYMENT: 'prepaid',
  BROKER_PLANS: JSON.stringify([
    { name: 'standard', creditsPerMonth: 10, trialDays: 5 },
    { name: 'small', creditsPerMonth: 5 },
    { name: 'large', creditsPerMonth: 20 },
  ]),
}

function billing(args: readonly string[], input = '') {
  const environment = {
    ...ENVIRONMENT,
    BROKER_DATABASE_URL: registry.databaseUrl,
    ...stateFolderSettings(registry.databaseUrl),
  }
  return brokerCommand(['billing', ...args], environment, input)
}
const why = ['--why', 'first time']
const reapply = (log: string) => billing(['reapply', '--why', 'the disk broke'], log)

/** A command that must succeed; its log. */
async function logOf(...args: string[]): Promise<string> {
  const { status, stderr } = await billing([...args, ...why])
  expect({ args, status }).toEqual({ args, status: 0 })
  return stderr
}

async function usedAccount(): Promise<string> {
  const { accountId } = await registry.newAccount()
  await registry.pool.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, 'standard', now() - INTERVAL '1 day', FALSE, now() - INTERVAL '1 day')`,
    [accountId],
  )
  return accountId
}

/** A payment whose capture got no answer, hours ago; due since as long, or longer. */
async function doubtfulCharge(accountId: string, dueHours = 6): Promise<string> {
  await registry.pool.query(
    `INSERT INTO billing_period (account_id, number, opens_at, closes_at, plan, base_credits, included_gb,
       further_gb_credits, grace_days, restore_days, opened_at)
     VALUES ($1, 0, now(), now() + INTERVAL '1 month', 'standard', 10000, 0, 0, 14, 30, now())`,
    [accountId],
  )
  const { rows } = await registry.pool.query<{ id: string }>(
    `INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
     SELECT $1, 0, 'base', 10000, 'a month', due, due FROM (SELECT now() - $2 * INTERVAL '1 hour' AS due) d RETURNING id`,
    [accountId, dueHours],
  )
  const id = rows[0]?.id ?? ''
  for (const [index, state] of ['planned', 'authorised', 'unknown'].entries())
    await registry.pool.query(
      `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, transaction, at)
       VALUES ($1, 1, $2, $3::ledger_state, 'iap', 0, 10000, CASE WHEN $2 > 1 THEN 'a hold' END, now() - INTERVAL '6 hours')`,
      [id, index + 1, state],
    )
  return id
}

const waitingMessage = (id: string) =>
  registry.pool.query(
    `INSERT INTO stripe_event (id, type, applied, note, body, received_at)
     VALUES ($1, 'invoice.paid', FALSE, 'changes nothing', '{}', '2026-01-01')`,
    [id],
  )

async function credits(accountId: string): Promise<number> {
  const { rows } = await registry.pool.query<{ sum: string }>(
    'SELECT COALESCE(SUM(amount), 0) AS sum FROM credit_entry WHERE account_id = $1',
    [accountId],
  )
  return Number(rows[0]?.sum) / 1000
}

async function standing(accountId: string) {
  const { rows } = await registry.pool.query<{
    plan: string
    anchor_at: Date | null
    grace_until: Date | null
  }>('SELECT plan, anchor_at, grace_until FROM billing_account WHERE account_id = $1', [accountId])
  return rows[0]
}

async function lastState(charge: string): Promise<string | undefined> {
  const { rows } = await registry.pool.query<{ state: string }>(
    'SELECT state FROM ledger_entry WHERE charge_id = $1 ORDER BY attempt DESC, sequence DESC LIMIT 1',
    [charge],
  )
  return rows[0]?.state
}

/** A line of the log as a broker writes it. */
function line(at: string, action: string, audit: object): string {
  return JSON.stringify({
    level: 'info',
    msg: 'audit',
    audit: {
      at,
      action: `billing.${action}`,
      outcome: 'done',
      actor: 'admin:books',
      reason: 'told',
      ...audit,
    },
  })
}

test('after a dump was restored, credit, plan, trial, grace and settled payments come back from the log, and only once', async () => {
  const { pool, databaseUrl } = registry
  const [paying, trying] = [await usedAccount(), (await registry.newAccount()).accountId]
  const charge = await doubtfulCharge(paying)
  await waitingMessage('evt_waits')
  const dump = join(folder, 'registry.dump')
  await run('pg_dump', ['--format=custom', '--file', dump, databaseUrl])

  const { accountId: young } = await registry.newAccount()
  const logs = await Promise.all([
    logOf('grant', paying, '25', '--reference', 'letter-7'),
    logOf('grant', paying, '2.5', '--reference', 'letter-9'),
    logOf('refund', paying, '4', '--reference', 'letter-7'),
    logOf('grant', young, '7', '--reference', 'letter-8'),
    logOf('plan', paying, 'large').then(async first => first + (await logOf('plan', paying, 'small'))),
    logOf('trial', trying, '2099-01-01'),
    logOf('grace', paying, '2099-02-01'),
    logOf('settle', charge, 'captured'),
    logOf('stripe', 'dismiss', 'evt_waits'),
  ])
  // Logs of several brokers come in whatever order.
  const log = logs.toReversed().join('')
  await run('pg_restore', ['--clean', '--if-exists', '--exit-on-error', '--dbname', databaseUrl, dump])
  expect([await credits(paying), await lastState(charge)]).toEqual([0, 'unknown'])

  // The work ends in the middle of it: a row of the audit log is there, and no credit.
  await pool.query(
    `CREATE FUNCTION no_refund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$`,
  )
  await pool.query(
    `CREATE TRIGGER no_refund BEFORE INSERT ON credit_entry FOR EACH ROW WHEN (NEW.kind = 'refund')
     EXECUTE FUNCTION no_refund()`,
  )
  expect(await reapply(log)).toMatchObject({ status: 1, stderr: expect.stringContaining('the disk is full') })
  await pool.query('DROP FUNCTION no_refund CASCADE')

  const done = await reapply(log)
  expect(done.status).toBe(0)
  expect(JSON.parse(done.stdout).byHand).toEqual([
    expect.objectContaining({
      what: 'grant',
      accountId: young,
      credits: 7,
      reference: 'letter-8',
      reason: 'first time',
      why: 'There is no account of this id.',
    }),
  ])
  expect(await credits(paying)).toBe(31.5)
  expect(await standing(paying)).toMatchObject({
    plan: 'small',
    grace_until: new Date('2099-02-01T00:00Z'),
  })
  expect(await standing(trying)).toMatchObject({ anchor_at: new Date('2099-01-01T00:00Z') })
  expect(await lastState(charge)).toBe('captured')
  const { rows: dismissed } = await pool.query("SELECT applied FROM stripe_event WHERE id = 'evt_waits'")
  expect(dismissed).toEqual([{ applied: true }])

  const again = JSON.parse((await reapply(log)).stdout)
  expect(again).toMatchObject({ repeated: [], byHand: [{ accountId: young }] })
  expect(again.unchanged.map(({ what }: { what: string }) => what).toSorted()).toEqual([
    'grace',
    'grant',
    'grant',
    'plan',
    'refund',
    'settle',
    'stripe dismiss',
    'trial',
  ])
  expect(await credits(paying)).toBe(31.5)
  const { rows: trail } = await pool.query<{ action: string }>(
    `SELECT DISTINCT action FROM audit_event WHERE outcome = 'done' AND reason ~
       '^the disk broke \\(again after a restore; first done at 20.*: first time\\)$' ORDER BY 1`,
  )
  expect(trail.map(({ action }) => action)).toEqual([
    'billing.grace_extended',
    'billing.grant',
    'billing.grant_repeated',
    'billing.plan_changed',
    'billing.refund',
    'billing.refund_repeated',
    'billing.settled',
    'billing.stripe_dismissed',
    'billing.trial_extended',
  ])
})

test('what was decided since the restore stays, and what another payment bears is left to the operator', async () => {
  const accountId = await usedAccount()
  const charge = await doubtfulCharge(accountId)
  const other = await usedAccount()
  const theirs = await doubtfulCharge(other)
  const late = await usedAccount()
  const lateCharge = await doubtfulCharge(late, 72)
  const before = new Date(Date.now() - 86_400_000).toISOString()
  const at = new Date().toISOString()
  await logOf('plan', accountId, 'large')
  await logOf('grace', accountId, '2099-03-01')
  const log = [
    line(at, 'grant', { accountId: other, detail: { credits: '3', reference: 'kept' } }),
    line(at, 'grant', {
      accountId: other,
      detail: { credits: '3', reference: 'kept' },
      outcome: 'refused',
      reason: 'not_confirmed',
    }),
    // One reference for two amounts: which of them was given the log does not tell for certain.
    line(at, 'grant', { accountId: other, detail: { credits: '9', reference: 'twice' } }),
    line(at, 'grant', { accountId: other, detail: { credits: '1', reference: 'twice' } }),
    line(at, 'grant', {
      accountId: other,
      detail: { credits: '9', reference: 'twice' },
      outcome: 'refused',
      reason: 'reference_used',
    }),
    line(at, 'grant', {
      accountId: other,
      detail: { credits: '50', reference: 'refused' },
      outcome: 'refused',
      reason: 'invalid_request',
    }),
    line(at, 'grant', { accountId: other }),
    line(before, 'plan_changed', { accountId, detail: { plan: 'small' } }),
    line(before, 'grace_extended', { accountId, detail: { until: '2099-02-01T00:00:00.000Z' } }),
    line(before, 'grace_extended', { accountId: late, detail: { until: before } }),
    line(before, 'settled', { accountId, detail: { charge, as: 'cancelled' } }),
    line(at, 'settled', { accountId, detail: { charge: theirs, as: 'cancelled' } }),
    line(before, 'settled', { accountId: late, detail: { charge: lateCharge, as: 'cancelled' } }),
    line(at, 'settled', { accountId, detail: { charge: '999999', as: 'cancelled' } }),
    line(at, 'stripe_dismissed', { detail: { event: 'evt_unknown' } }),
    line(at, 'stripe_applied', { detail: { event: 'evt_aside', booked: 'aside' } }),
  ].join('\n')
  const { status, stdout } = await reapply(log)
  expect(status).toBe(0)
  const told: Record<string, { what: string; why?: string; reference?: string; notConfirmed?: boolean }[]> =
    JSON.parse(stdout)
  expect(told.repeated?.map(({ reference, notConfirmed }) => [reference, notConfirmed])).toEqual([
    ['kept', true],
    ['twice', false],
  ])
  expect(await credits(other)).toBe(4)
  expect(told.unchanged?.map(({ what }) => what)).toEqual(['plan', 'grace', 'grace'])
  expect(await standing(accountId)).toMatchObject({
    plan: 'large',
    grace_until: new Date('2099-03-01T00:00Z'),
  })
  const another = 'The number belongs to another charge now: look the payment up at the service.'
  expect(told.byHand?.map(({ what, why }) => `${what}: ${why}`).toSorted()).toEqual([
    'grant: Its reference was refused, as it stands for another amount: see which of the two is to be given.',
    'settle: A later attempt to collect this charge is under way: settle that one when it is in doubt.',
    `settle: ${another}`,
    `settle: ${another}`,
    'settle: There is no charge of this number.',
    'stripe dismiss: No message of this id waits, or it cannot be read: list them.',
    'unreadable: The line does not tell enough to repeat it: look it up, and do it by hand.',
  ])
  expect(await Promise.all([charge, theirs, lateCharge].map(lastState))).toEqual([
    'unknown',
    'unknown',
    'unknown',
  ])
})

test('a trial that was made longer until a day which is past by now is made so again', async () => {
  const { accountId } = await registry.newAccount()
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
  await registry.pool.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, 'standard', $2, TRUE, $2)`,
    [accountId, ago(9)],
  )
  const until = ago(2)
  const log = line(ago(10).toISOString(), 'trial_extended', {
    accountId,
    detail: { until: until.toISOString() },
  })
  expect(JSON.parse((await reapply(log)).stdout)).toMatchObject({ repeated: [{ what: 'trial' }], byHand: [] })
  expect(await standing(accountId)).toMatchObject({ anchor_at: until })
})

test('no reason is refused before anything is read, and the help tells what becomes of lines that are not confirmed', async () => {
  const { accountId } = await registry.newAccount()
  const log = line(new Date().toISOString(), 'grant', { accountId, detail: { credits: '3', reference: 'r' } })
  expect(await billing(['reapply', '--why', ' '], log)).toMatchObject({ status: 64 })
  expect(await credits(accountId)).toBe(0)
  expect((await billing(['reapply', '--help'])).stdout).toMatch(/not_confirmed are passed over/)
})
