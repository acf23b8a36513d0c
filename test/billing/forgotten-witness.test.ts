import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { createBillingControl } from '../../apps/broker/src/billing/control.ts'
import { NOTES } from '../../apps/broker/src/billing/notes.ts'
import type { BooksWitness } from '../../apps/broker/src/billing/witness/books-witness.ts'
import { createFolderWitness } from '../../apps/broker/src/billing/witness/folder-witness.ts'
import { createRedisWitness } from '../../apps/broker/src/billing/witness/redis-witness.ts'
import { openSharedRedis, type SharedRedis } from '../../apps/broker/src/redis.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { until } from '../faults/waiting.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { addRow, laterRows } from '../fixtures/later-rows.ts'

// A witness that had been told how far the books had come, and knows of none any more.

const log = createLogger({ name: 'test', level: 'silent' })
const settled = { openPayments: 0, lateHolds: 0, unanswered: 0, missing: 0, firstRead: 0 }

let desk: BillingDesk
let shared: SharedRedis
let folder: string
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-03-01T00:00Z'))
  folder = await mkdtemp(join(tmpdir(), 'forgotten-witness-'))
  const prefix = `test-${randomUUID().slice(0, 8)}:`
  shared = openSharedRedis(sandboxEnvironment().redisUrl, prefix, () => undefined)
  await until(async () => (shared.redis.status === 'ready' ? true : undefined))
})
afterAll(async () => {
  await emptied('Redis')
  shared.redis.disconnect()
  await rm(folder, { recursive: true })
  await desk.close()
})
beforeEach(async () => {
  await desk.registry.pool.query('DELETE FROM billing_control')
  for (const kind of KINDS) await emptied(kind)
})

const KINDS = ['Redis', 'a folder'] as const
type Kind = (typeof KINDS)[number]
const witnessIn = (kind: Kind): BooksWitness =>
  kind === 'Redis' ? createRedisWitness(shared) : createFolderWitness(folder)

/** It loses all that it was told. */
async function emptied(kind: Kind): Promise<void> {
  if (kind === 'Redis') await shared.redis.del(`${shared.prefix}books-heights`)
  else for (const name of await readdir(folder)) await rm(join(folder, name))
}

/** A broker's process that begins now. */
const started = (witness: BooksWitness | undefined) =>
  createBillingControl({ pool: desk.registry.pool, witness, now: desk.now, log })

const isWitnessed = async () =>
  (await desk.registry.pool.query('SELECT is_witnessed FROM billing_control')).rows[0]?.is_witnessed

test.each(KINDS)(
  '%s that has forgotten the books lets billing rest until reconciled and resumed',
  async kind => {
    expect(await started(witnessIn(kind)).rest()).toBeUndefined()
    expect(await isWitnessed()).toBe(true)
    const running = started(witnessIn(kind))
    expect(await running.rest()).toBeUndefined()
    await emptied(kind)
    const control = started(witnessIn(kind))
    const rest = { cause: 'restored', reason: NOTES.forgotten, mayNeedForce: true }
    expect(await control.rest()).toEqual(rest)
    await control.close()
    // Nor did any look since, also of one that ran before, tell it what nobody has compared.
    await running.close()
    const next = started(witnessIn(kind))
    expect(await next.rest()).toEqual(rest)
    await next.close()
    expect(await witnessIn(kind).highest()).toEqual(new Map())
    await expect(next.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
    const reconciled = await next.reconciling()
    await reconciled(settled)
    await next.resume('operator')
    expect(await next.rest()).toBeUndefined()
    expect(await started(witnessIn(kind)).rest()).toBeUndefined()
  },
)

test.each(KINDS)(
  '%s that loses all under a broker that runs is told again, and nothing rests',
  async kind => {
    const running = started(witnessIn(kind))
    expect(await running.rest()).toBeUndefined()
    await emptied(kind)
    await running.checkResumable()
    await until(async () => ((await witnessIn(kind).highest()).size > 0 ? true : undefined))
    expect(await running.rest()).toBeUndefined()
    expect(await started(witnessIn(kind)).rest()).toBeUndefined()
  },
)

test.each(KINDS)('a registry from before witnesses were noted begins with %s that is empty', async kind => {
  expect(await started(undefined).rest()).toBeUndefined()
  expect(await isWitnessed()).toBe(false)
  expect(await started(witnessIn(kind)).rest()).toBeUndefined()
  expect(await isWitnessed()).toBe(true)
  await emptied(kind)
  expect(await started(witnessIn(kind)).rest()).toMatchObject({ reason: NOTES.forgotten })
})

test('whoever goes over from Redis to a folder reconciles once', async () => {
  expect(await started(witnessIn('Redis')).rest()).toBeUndefined()
  const control = started(witnessIn('a folder'))
  expect(await control.rest()).toMatchObject({ cause: 'restored', reason: NOTES.forgotten })
  const reconciled = await control.reconciling()
  await reconciled(settled)
  await control.resume('operator')
  expect(await started(witnessIn('a folder')).rest()).toBeUndefined()
})

test.each(KINDS)('what was forced while a witness was silent goes on with %s that is new', async kind => {
  expect(await started(witnessIn(kind)).rest()).toBeUndefined()
  const away = async () => Promise.reject(new Error('it is away'))
  await started({ highest: away, saw: away, accept: away }).resume('operator', { force: true })
  await emptied(kind)
  expect(await started(witnessIn(kind)).rest()).toBeUndefined()
  expect((await witnessIn(kind).highest()).size).toBe(3)
  // It has told since, so that its next loss is one of its own.
  await emptied(kind)
  expect(await started(witnessIn(kind)).rest()).toMatchObject({ reason: NOTES.forgotten })
})

test.each(KINDS)('what was forced stays so while %s answers and cannot be told', async kind => {
  expect(await started(witnessIn(kind)).rest()).toBeUndefined()
  const away = async () => Promise.reject(new Error('it is away'))
  await started({ highest: away, saw: away, accept: away }).resume('operator', { force: true })
  await emptied(kind)
  expect(await started({ ...witnessIn(kind), saw: away }).rest()).toBeUndefined()
  expect(await started(witnessIn(kind)).rest()).toBeUndefined()
})

test.each(KINDS)(
  'what was forced ends when a broker that runs has told %s, whose next loss counts',
  async kind => {
    const away = async () => Promise.reject(new Error('it is away'))
    const force = () =>
      started({ highest: away, saw: away, accept: away }).resume('operator', { force: true })
    const lost = async () => {
      await emptied(kind)
      const control = started(witnessIn(kind))
      expect(await control.rest()).toMatchObject({ reason: NOTES.forgotten })
      await control.resume('operator', { force: true })
    }
    // One that had heard it before, and one that could not tell it at first.
    const before = started(witnessIn(kind))
    expect(await before.rest()).toBeUndefined()
    await force()
    await before.close()
    await lost()
    let isAway = true
    const its = witnessIn(kind)
    const after = started({ ...its, saw: heights => (isAway ? away() : its.saw(heights)) })
    await force()
    expect(await after.rest()).toBeUndefined()
    isAway = false
    await after.close()
    await lost()
  },
)

test.each(KINDS)('what a process wrote last is told to %s when it ends', async kind => {
  const ending = started(witnessIn(kind))
  expect(await ending.rest()).toBeUndefined()
  const later = await laterRows(desk, 'credit_entry')
  await ending.close()
  await later.undo()
  expect(await started(witnessIn(kind)).rest()).toMatchObject({ reason: NOTES.restored })
})

test('what could not be told is told at the next look, also where nothing was written since', async () => {
  const witness = witnessIn('a folder')
  let isAway = false
  const running = started({
    ...witness,
    saw: async (...given) => (isAway ? Promise.reject(new Error('it is away')) : witness.saw(...given)),
  })
  expect(await running.rest()).toBeUndefined()
  const before = await witness.highest()
  isAway = true
  await addRow(desk, 'audit_event')
  await running.close()
  expect(await witness.highest()).toEqual(before)
  isAway = false
  await running.close()
  expect(await witness.highest()).not.toEqual(before)
})
