import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { Pool } from 'pg'
import type { AuditEvent } from '../../apps/broker/src/audit/audit-trail.ts'
import { createBillingControl } from '../../apps/broker/src/billing/control.ts'
import { startTcpProxy } from '../faults/tcp-proxy.ts'
import { until } from '../faults/waiting.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { gate } from '../fixtures/gate.ts'
import { addRow, laterRows } from '../fixtures/later-rows.ts'

// A real dump of the registry, restored over it: what was paid since is gone from the books, and not from the service.

const run = promisify(execFile)
const by = { actor: 'operator', reason: 'a restore' }

let desk: BillingDesk
let folder: string
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-03-01T00:00Z'))
  folder = await mkdtemp(join(tmpdir(), 'registry-dump-'))
})
afterAll(async () => {
  await desk.close()
  await rm(folder, { recursive: true })
})

const open = () => desk.open({ BROKER_MONTHLY_CREDITS: '10' })

test('after a dump was restored in place, billing rests until reconciled, and nobody pays a month twice', async () => {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 50)
  const before = open()
  await before.renewal.renew(accountId)
  await desk.changesOf(before).reconcile({ accept: false, creditMissing: false }, by)
  expect(await before.control.pausedReason()).toBeUndefined()

  const { databaseUrl } = desk.registry
  const dump = join(folder, 'registry.dump')
  await run('pg_dump', ['--format=custom', '--file', dump, databaseUrl])
  desk.set(new Date('2026-04-01T00:00Z'))
  await before.renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 30 })
  await run('pg_restore', ['--clean', '--if-exists', '--exit-on-error', '--dbname', databaseUrl, dump])

  const after = open()
  expect(await after.control.pausedReason()).toContain('was restored')
  await after.renewal.renew(accountId)
  expect(await after.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  await expect(desk.changesOf(after).resume(by)).rejects.toMatchObject({ code: 'not_reconciled' })
  await desk.changesOf(after).reconcile({ accept: false, creditMissing: false }, by)
  await expect(desk.changesOf(after).resume(by)).rejects.toMatchObject({
    code: 'not_reconciled',
    detail: expect.stringContaining('1 account from which credit is missing'),
  })
  const { balances } = await desk.changesOf(after).reconcile({ accept: false, creditMissing: true }, by)
  expect(balances?.missing).toEqual([{ accountId, credits: 10 }])
  const again = await desk.changesOf(after).reconcile({ accept: false, creditMissing: true }, by)
  expect(again.balances?.missing).toEqual([])
  await desk.changesOf(after).resume(by)
  await after.renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 30, available: 30 })
  expect(await after.ledger.unpaid(accountId)).toEqual([])
})

test('billing is resumed once every account that can be compared was, or by force, and the audit log tells what was not', async () => {
  const [silent, doubtful, fresh] = [
    await desk.registry.newAccount(),
    await desk.registry.newAccount(),
    await desk.registry.newAccount(),
  ]
  const { pool } = desk.registry
  const billing = open()
  const recorded: AuditEvent[] = []
  const changes = desk.changesOf(billing, { record: async event => void recorded.push(event) })
  for (const { accountId, paymentToken } of [silent, doubtful]) {
    await desk.credit(paymentToken, 50)
    await billing.renewal.renew(accountId)
  }
  await changes.reconcile({ accept: false, creditMissing: false }, by)
  desk.set(new Date('2026-05-01T00:00Z'))
  await desk.fault('/iap/1/authorize', 'lost', doubtful.paymentToken)
  await billing.renewal.renew(doubtful.accountId)
  await desk.credit(fresh.paymentToken, 50)
  await billing.renewal.renew(fresh.accountId)
  await pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:1:1'")
  const restored = open()
  const resumed = desk.changesOf(restored, { record: async event => void recorded.push(event) })

  await desk.fault('/iap/1/balance', '500', silent.paymentToken, 100)
  const reconcile = async () =>
    (await resumed.reconcile({ accept: false, creditMissing: false }, by)).balances?.uncertain
  expect(await reconcile()).toEqual(
    [
      { accountId: silent.accountId, why: 'no_answer' },
      { accountId: doubtful.accountId, why: 'open_payment' },
      { accountId: fresh.accountId, why: 'first_read' },
    ].toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1)),
  )
  await expect(resumed.resume(by)).rejects.toMatchObject({
    code: 'not_reconciled',
    detail: expect.stringMatching(
      /1 account with a payment that is not final .*, 1 account whose balance the payment service did not tell/,
    ),
  })
  expect(recorded.filter(({ action }) => action === 'billing.resumed')).toEqual([
    {
      action: 'billing.resumed',
      outcome: 'refused',
      actor: 'operator',
      reason: 'not_reconciled',
      detail: { forced: 'false', why: 'a restore' },
    },
  ])
  expect(await restored.control.pausedReason()).toContain('was restored')

  // The hold whose answer was lost has ended by itself; the service stays silent about one account.
  desk.set(new Date('2026-05-01T03:00Z'))
  expect(await reconcile()).toEqual([{ accountId: silent.accountId, why: 'no_answer' }])
  await expect(resumed.resume(by)).rejects.toMatchObject({ code: 'not_reconciled' })
  await resumed.resume({ ...by, reason: 'looked up by hand' }, { force: true })
  expect(recorded.at(-1)).toMatchObject({
    action: 'billing.resumed',
    reason: 'looked up by hand',
    detail: { forced: 'true', unanswered: 1, openPayments: 0, lateHolds: 0, missing: 0, firstRead: 1 },
  })

  await pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:1:2'")
  await desk.clearFaults()
  expect(await reconcile()).toEqual([])
  await resumed.resume(by)
  expect(await open().control.pausedReason()).toBeUndefined()
})

test('where accounts pay another way by now, what the former service took and what is open there hold up the resumption', async () => {
  const [former, open_, fresh] = [
    await desk.registry.newAccount(),
    await desk.registry.newAccount(),
    await desk.registry.newAccount(),
  ]
  const { pool } = desk.registry
  const before = open()
  for (const { accountId, paymentToken } of [former, open_]) {
    await desk.credit(paymentToken, 50)
    await before.renewal.renew(accountId)
  }
  await desk.changesOf(before).reconcile({ accept: false, creditMissing: false }, by)
  desk.set(new Date('2026-06-02T00:00Z'))
  await desk.fault('/iap/1/authorize', 'lost', open_.paymentToken)
  await before.renewal.renew(open_.accountId)

  const prepaid = desk.open({ BROKER_PAYMENT: 'prepaid', BROKER_MONTHLY_CREDITS: '10' })
  await prepaid.renewal.renew(fresh.accountId)
  // A payment of before the change whose row the restored books do not have.
  await before.provider.capture(
    await before.provider.authorize({ payer: former, amount: 7500, description: 'of a lost row' }),
  )
  await pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:1:3'")
  const changes = desk.changesOf(prepaid)
  const compare = async (creditMissing = false) =>
    (await changes.reconcile({ accept: false, creditMissing }, by)).balances
  const compared = await compare()
  expect(compared?.missing).toEqual([{ accountId: former.accountId, credits: 7.5 }])
  expect(compared?.uncertain).toEqual([{ accountId: open_.accountId, why: 'open_payment' }])
  await expect(changes.resume(by)).rejects.toMatchObject({
    code: 'not_reconciled',
    detail: expect.stringMatching(
      /1 account with a payment that is not final .*, 1 account from which credit is missing/,
    ),
  })
  await compare(true)
  // Nor where the former service is not set up any more: nobody knows what became of the attempt.
  const without = desk.changesOf(desk.open({ BROKER_PAYMENT: 'prepaid', BROKER_IAP_SERVICE_KEY: '' }))
  expect((await without.reconcile({ accept: false, creditMissing: false }, by)).balances).toBeUndefined()
  await expect(without.resume(by)).rejects.toMatchObject({
    code: 'not_reconciled',
    detail: expect.stringContaining('1 account with a payment that is not final'),
  })
  desk.set(new Date('2026-06-02T03:00Z'))
  expect((await compare())?.uncertain).toEqual([])
  await changes.resume(by)
  expect(await prepaid.control.pausedReason()).toBeUndefined()
})

test('a comparison that a restore overtook says nothing of the restored books', async () => {
  const { control } = open()
  const { pool } = desk.registry
  const settled = { openPayments: 0, lateHolds: 0, unanswered: 0, missing: 0, firstRead: 0 }
  const reconciled = await control.reconciling()
  await pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:2:1'")
  desk.set(new Date(desk.now().getTime() + 1000))
  await reconciled(settled)
  await expect(control.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
  const again = await control.reconciling()
  await again(settled)
  await control.resume('operator')
})

test('books that end earlier than they did a moment ago were rolled back', async () => {
  const running = open()
  const later = await laterRows(desk, 'ledger_entry')
  await running.control.pause('to read the books', 'operator')
  await running.control.resume('operator')
  await later.undo()
  await running.control.pause('to read the books again', 'operator')
  await expect(running.control.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
  await running.control.resume('operator', { force: true })
})

test('a look whose answer comes late takes rows that were written meanwhile for none that are gone', async () => {
  const { pool, databaseUrl } = desk.registry
  const wire = new URL(databaseUrl)
  const proxy = await startTcpProxy(Number(wire.port))
  wire.port = String(proxy.port)
  const slow = new Pool({ connectionString: wire.href, application_name: 'a slow wire' })
  const log = createLogger({ name: 'test', level: 'silent' })
  try {
    const control = createBillingControl({ pool: slow, now: desk.now, log })
    await control.resume('operator', { force: true })
    const held = gate()
    proxy.stopAt({ words: 'pg_control_system', before: 'answer', gate: held })
    const late = control.pausedReason()
    await held.reached
    // Until the server has answered: what it said then is on its way.
    await until(async () => {
      const { rows } = await pool.query<{ busy: boolean }>(
        `SELECT bool_or(state <> 'idle' OR query NOT LIKE '%pg_control_system%') AS busy FROM pg_stat_activity
         WHERE application_name = 'a slow wire'`,
      )
      return rows[0]?.busy === false ? true : undefined
    })
    await addRow(desk, 'audit_event')
    await control.checkResumable()
    held.open()
    expect(await late).toBeUndefined()
    expect(await control.pausedReason()).toBeUndefined()
  } finally {
    await slow.end()
    await proxy.close()
  }
})

test('all who ask at once wait for one look', async () => {
  const { pool } = desk.registry
  const control = createBillingControl({
    pool,
    now: desk.now,
    log: createLogger({ name: 'test', level: 'silent' }),
  })
  const looks = [control.rest(), control.rest()]
  expect(looks[0]).toBe(looks[1])
  await Promise.all(looks)
})

test('whoever fetched notices before a restore is given those that are raised after it', async () => {
  const { accountId } = await desk.registry.newAccount()
  const { pool } = desk.registry
  const { control } = open()
  await control.resume('operator', { force: true })
  const raise = () =>
    desk.notices.raise(accountId, {
      type: 'insufficient_credits',
      text: { code: 'payment_due', amount: '1', currency: 'credits', since: '2026-01-01' },
    })
  await raise()
  const { rows } = await pool.query<{ last: string }>('SELECT last_value::text AS last FROM notice_id_seq')
  for (let count = 0; count < 3; count += 1) await raise()
  const { cursor } = await desk.notices.list(accountId, undefined)

  await pool.query('DELETE FROM notice WHERE id > $1', [rows[0]?.last])
  await pool.query("SELECT setval('notice_id_seq', $1)", [rows[0]?.last])
  await pool.query("UPDATE billing_control SET database_fingerprint = 'another cluster:3:1'")
  expect(await open().control.rest()).toMatchObject({ cause: 'restored' })
  await raise()
  const { notices } = await desk.notices.list(accountId, cursor)
  expect(notices).toHaveLength(1)
  // Others raise the numbers further.
  for (let count = 0; count < 3; count += 1) await raise()
  expect((await desk.notices.list(accountId, cursor)).notices).toHaveLength(4)
  await control.resume('operator', { force: true })
})
