import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createBillingChanges } from '../../apps/broker/src/billing/operation/changes.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

// A real dump of the registry, restored over it: what was paid since is gone from the books, and not from the service.

const run = promisify(execFile)
const stripeRules = { livemode: true, currency: 'eur', creditsPerUnit: 1 }
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

function changesOf({ ledger, plans, provider, renewal, control }: ReturnType<typeof open>) {
  const audit = { record: async () => undefined }
  const { pool } = desk.registry
  return createBillingChanges({
    pool,
    ledger,
    plans,
    provider,
    renewal,
    control,
    audit,
    stripeRules,
    now: desk.now,
  })
}

test('after a dump was restored in place, billing rests until reconciled, and nobody pays a month twice', async () => {
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 50)
  const before = open()
  await before.renewal.renew(accountId)
  await changesOf(before).reconcile({ accept: false, creditMissing: false }, by)
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
  await expect(changesOf(after).resume(by)).rejects.toMatchObject({ code: 'not_reconciled' })
  const { balances } = await changesOf(after).reconcile({ accept: false, creditMissing: true }, by)
  expect(balances?.missing).toEqual([{ accountId, credits: 10 }])
  const again = await changesOf(after).reconcile({ accept: false, creditMissing: true }, by)
  expect(again.balances?.missing).toEqual([])
  await changesOf(after).resume(by)
  await after.renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 30, available: 30 })
  expect(await after.ledger.unpaid(accountId)).toEqual([])
})

test('books that end earlier than they did a moment ago were rolled back', async () => {
  const running = open()
  const { pool } = desk.registry
  const { rows } = await pool.query<{ last: string }>('SELECT last_value AS last FROM ledger_entry_id_seq')
  await pool.query("SELECT setval('ledger_entry_id_seq', $1::bigint + 100)", [rows[0]?.last])
  await running.control.pause('to read the books', 'operator')
  await running.control.resume('operator')
  await pool.query("SELECT setval('ledger_entry_id_seq', $1::bigint)", [rows[0]?.last])
  await running.control.pause('to read the books again', 'operator')
  await expect(running.control.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
  await running.control.resume('operator', { force: true })
})
