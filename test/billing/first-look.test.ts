import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { createBillingControl } from '../../apps/broker/src/billing/control.ts'
import type { BooksWitness } from '../../apps/broker/src/billing/witness/books-witness.ts'
import { createFolderWitness } from '../../apps/broker/src/billing/witness/folder-witness.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { heldWitness } from '../fixtures/held-witness.ts'
import { laterRows } from '../fixtures/later-rows.ts'

// Books that billing has not looked at yet: whoever looks first decides nothing that others decide meanwhile.

const log = createLogger({ name: 'test', level: 'silent' })

let desk: BillingDesk
let folder: string
let witness: BooksWitness
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-03-01T00:00Z'))
})
afterAll(() => desk.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-look-'))
  witness = createFolderWitness(folder)
  await desk.registry.pool.query('DELETE FROM billing_control')
})
afterEach(() => rm(folder, { recursive: true }))

const started = (its = witness) =>
  createBillingControl({ pool: desk.registry.pool, witness: its, now: desk.now, log })

/** A broker's first look, which goes on with what the witness said when others have decided. */
async function lookingFirst(decide: () => Promise<unknown>) {
  const { held, answer } = heldWitness(witness)
  const look = started(held).rest()
  await answer.reached
  await decide()
  answer.open()
  return look
}

test('a pause stays', async () => {
  const rest = { cause: 'operator', reason: 'a pause', mayNeedForce: false }
  expect(await lookingFirst(() => started().pause('a pause', 'operator'))).toEqual(rest)
  expect(await started().rest()).toEqual(rest)
})

test('a resumption stays', async () => {
  expect(await started().rest()).toBeUndefined()
  const later = await laterRows(desk, 'credit_entry')
  await started().close()
  await later.undo()
  await desk.registry.pool.query('DELETE FROM billing_control')
  expect(await lookingFirst(() => started().resume('operator', { force: true }))).toBeUndefined()
  expect(await started().rest()).toBeUndefined()
})
