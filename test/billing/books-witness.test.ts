import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { createBillingControl } from '../../apps/broker/src/billing/control.ts'
import type { BooksWitness } from '../../apps/broker/src/billing/witness/books-witness.ts'
import { createRedisWitness } from '../../apps/broker/src/billing/witness/redis-witness.ts'
import { openSharedRedis, type SharedRedis } from '../../apps/broker/src/redis.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { until } from '../faults/waiting.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { heldWitness } from '../fixtures/held-witness.ts'
import { laterRows } from '../fixtures/later-rows.ts'

// A registry that was rolled back to a snapshot while no broker ran is known only by what Redis remembers of it.

const log = createLogger({ name: 'test', level: 'silent' })
const { redisUrl } = sandboxEnvironment()

let desk: BillingDesk
let shared: SharedRedis
let witness: BooksWitness
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-03-01T00:00Z'))
  shared = openSharedRedis(redisUrl, `test-${randomUUID().slice(0, 8)}:`, () => undefined)
  witness = createRedisWitness(shared)
  await until(async () => (shared.redis.status === 'ready' ? true : undefined))
})
afterAll(async () => {
  const keys = await shared.redis.keys(`${shared.prefix}*`)
  if (keys.length > 0) await shared.redis.del(...keys)
  shared.redis.disconnect()
  await desk.close()
})

/** A broker's process that begins now. */
const started = (its: BooksWitness | undefined = witness) =>
  createBillingControl({ pool: desk.registry.pool, witness: its, now: desk.now, log })

const highest = async () => [...(await witness.highest()).values()].reduce((sum, height) => sum + height, 0n)

/** The registry is rolled back to where it was before rows of a kind, which Redis remembers. */
async function rolledBack(kind: Parameters<typeof laterRows>[1] = 'audit_event'): Promise<void> {
  const before = await highest()
  const later = await laterRows(desk, kind)
  expect(await started().rest()).toBeUndefined()
  // What a process has seen is told beside its answer.
  await until(async () => ((await highest()) > before ? true : undefined))
  await later.undo()
}

test('a registry that was rolled back while no broker ran is known by what Redis remembers', async () => {
  await started().resume('operator', { force: true })
  for (const kind of ['audit_event', 'credit_entry', 'ledger_entry'] as const) {
    await rolledBack(kind)
    // Where Redis is not asked nothing shows it.
    expect(
      await createBillingControl({ pool: desk.registry.pool, now: desk.now, log }).rest(),
    ).toBeUndefined()
    const restarted = started()
    expect(await restarted.rest()).toMatchObject({ cause: 'restored' })
    await expect(restarted.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
    await restarted.resume('operator', { force: true })
    expect(await started().rest()).toBeUndefined()
  }
})

/** Redis that does not answer at first. */
function awayAtFirst(): { witness: BooksWitness; comesBack(): void; goes(): void } {
  let isAway = true
  const unlessAway =
    <Given extends unknown[], Answer>(call: (...given: Given) => Promise<Answer>) =>
    async (...given: Given) => {
      if (isAway) throw new Error('Redis is away')
      return call(...given)
    }
  return {
    witness: {
      highest: unlessAway(witness.highest),
      saw: unlessAway(witness.saw),
      accept: unlessAway(witness.accept),
    },
    comesBack() {
      isAway = false
    },
    goes() {
      isAway = true
    },
  }
}

test('while Redis has not told, billing rests, and it goes on by itself where nothing is gone', async () => {
  await started().resume('operator', { force: true })
  const { witness: slow, comesBack } = awayAtFirst()
  const control = started(slow)
  expect(await control.rest()).toMatchObject({ cause: 'unwitnessed' })
  await expect(control.resume('operator')).rejects.toMatchObject({ code: 'unwitnessed' })
  comesBack()
  await control.resume('operator')
  expect(await control.rest()).toBeUndefined()
})

test('a pause by an operator says whether Redis has to tell before billing can be resumed', async () => {
  await started().resume('operator', { force: true })
  const { witness: slow, comesBack } = awayAtFirst()
  await started().pause('a look at the books', 'operator')
  expect(await started().rest()).toMatchObject({ cause: 'operator', mayNeedForce: false })
  const control = started(slow)
  expect(await control.rest()).toMatchObject({ cause: 'operator', mayNeedForce: true })
  await expect(control.resume('operator')).rejects.toMatchObject({ code: 'unwitnessed' })
  comesBack()
  await control.resume('operator')
})

test('whoever waits for no Redis forces it for every process, until Redis answers', async () => {
  await started().resume('operator', { force: true })
  const { witness: slow, comesBack } = awayAtFirst()
  const [one, other] = [started(slow), started(slow)]
  expect(await one.rest()).toMatchObject({ cause: 'unwitnessed' })
  await one.resume('operator', { force: true })
  expect(await one.rest()).toBeUndefined()
  expect(await other.rest()).toBeUndefined()
  expect(await started(slow).rest()).toBeUndefined()
  comesBack()
  expect(await started(slow).rest()).toBeUndefined()
  // It has answered since: the next silence is one of its own.
  expect(await started(awayAtFirst().witness).rest()).toMatchObject({ cause: 'unwitnessed' })
})

test('a force is not undone by who heard Redis before, nor by who has none', async () => {
  const { pool } = desk.registry
  const { witness: failing, comesBack, goes } = awayAtFirst()
  comesBack()
  const heard = started(failing)
  await heard.resume('operator', { force: true })
  expect(await heard.rest()).toBeUndefined()
  goes()
  const deaf = started(failing)
  expect(await deaf.rest()).toMatchObject({ cause: 'unwitnessed' })
  await heard.resume('operator', { force: true })
  const without = createBillingControl({ pool, now: desk.now, log })
  for (const control of [heard, without]) await control.checkResumable({ force: true })
  expect(await started(failing).rest()).toBeUndefined()
  await without.resume('operator', { force: true })
  expect(await started(failing).rest()).toBeUndefined()
})

test('a new registry waits for a Redis that remembers others, and begins with it', async () => {
  const { pool } = desk.registry
  await witness.accept(new Map([['another cluster:00000002:5:6', 1n]]))
  await pool.query('DELETE FROM billing_control')
  const { witness: slow, comesBack } = awayAtFirst()
  const control = started(slow)
  expect(await control.rest()).toMatchObject({ cause: 'unwitnessed' })
  comesBack()
  expect(await started(slow).rest()).toBeUndefined()
  expect(await started(slow).rest()).toBeUndefined()
})

test('books that others have taken over from are not remembered again by who still writes to them', async () => {
  await witness.accept(new Map([['another cluster:00000002:5:6', 1n]]))
  await witness.saw(new Map([['a former cluster:00000001:5:6', 7n]]))
  expect([...(await witness.highest()).keys()]).toEqual(['another cluster:00000002:5:6'])
  await witness.saw(new Map([['another cluster:00000002:5:6', 7n]]))
  await witness.saw(new Map([['another cluster:00000002:5:6', 5n]]))
  expect([...(await witness.highest())]).toEqual([['another cluster:00000002:5:6', 7n]])
})

test('rows that were written while Redis was silent are remembered when it answers', async () => {
  await started().resume('operator', { force: true })
  const { witness: slow, comesBack } = awayAtFirst()
  const control = started(slow)
  await control.rest()
  const later = await laterRows(desk, 'audit_event')
  await control.checkResumable({ force: true })
  const before = await highest()
  comesBack()
  await control.checkResumable()
  await until(async () => ((await highest()) > before ? true : undefined))
  await later.undo()
  expect(await started().rest()).toMatchObject({ cause: 'restored' })
  await started().resume('operator', { force: true })
})

test('what was forced while Redis was silent rests once it tells that rows are gone', async () => {
  await started().resume('operator', { force: true })
  await rolledBack()
  const { witness: slow, comesBack } = awayAtFirst()
  await started(slow).resume('operator', { force: true })
  expect(await started(slow).rest()).toBeUndefined()
  comesBack()
  const control = started(slow)
  expect(await control.rest()).toMatchObject({ cause: 'restored' })
  await control.resume('operator', { force: true })
})

test('books that others have taken over from since are not the last ones', async () => {
  await started().resume('operator', { force: true })
  await witness.accept(new Map([['another cluster:00000002:5:6', 1n]]))
  const control = started()
  expect(await control.rest()).toMatchObject({ cause: 'restored' })
  expect(await started().rest()).toMatchObject({ cause: 'restored' })
  await control.resume('operator', { force: true })
  expect(await started().rest()).toBeUndefined()
})

test('a registry that is rolled back to the same snapshot once more is known again', async () => {
  const { pool } = desk.registry
  await started().resume('operator', { force: true })
  await rolledBack()
  for (let time = 0; time < 2; time += 1) {
    const control = started()
    expect(await control.rest()).toMatchObject({ cause: 'restored' })
    expect(await started().rest()).toMatchObject({ cause: 'restored' })
    // As it stands in the snapshot.
    await pool.query('UPDATE billing_control SET paused_reason = NULL, is_restored = FALSE')
  }
  expect(await started().rest()).toMatchObject({ cause: 'restored' })
  await started().resume('operator', { force: true })
})

test('what a comparison left open is not forgotten by looks at what Redis remembers', async () => {
  await started().resume('operator', { force: true })
  await rolledBack()
  const control = started()
  const reconciled = await control.reconciling()
  await reconciled({ openPayments: 0, lateHolds: 0, unanswered: 0, missing: 0, firstRead: 0 })
  expect(await started().rest()).toMatchObject({ cause: 'restored' })
  await started().resume('operator')
  expect(await started().rest()).toBeUndefined()
})

test('a pause while Redis has not told uses nothing up of what it remembers', async () => {
  await started().resume('operator', { force: true })
  await rolledBack()
  const { witness: slow, comesBack } = awayAtFirst()
  const control = started(slow)
  await control.pause('to look', 'operator')
  expect(await control.rest()).toMatchObject({ cause: 'operator' })
  comesBack()
  await expect(control.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
  expect(await control.rest()).toMatchObject({ cause: 'restored' })
  await control.resume('operator', { force: true })
})

test('what Redis said is not used up by a look that the database did not answer', async () => {
  const { pool } = desk.registry
  await started().resume('operator', { force: true })
  await rolledBack()
  const control = started()
  await pool.query('ALTER TABLE billing_control RENAME TO billing_control_away')
  await expect(control.rest()).rejects.toThrow('does not exist')
  await pool.query('ALTER TABLE billing_control_away RENAME TO billing_control')
  expect(await control.rest()).toMatchObject({ cause: 'restored' })
  await control.resume('operator', { force: true })
})

test('commands on money ask Redis too, and what they resume no broker takes for rolled back again', async () => {
  const { accountId } = await desk.registry.newAccount()
  const command = (...args: string[]) =>
    brokerCommand(['billing', ...args, '--why', 'a test'], {
      BROKER_DATABASE_URL: desk.registry.databaseUrl,
      BROKER_REDIS_URL: redisUrl,
      BROKER_REDIS_PREFIX: shared.prefix,
      BROKER_PAYMENT: 'prepaid',
      BROKER_MONTHLY_CREDITS: '10',
    })
  await started().resume('operator', { force: true })
  await rolledBack()
  expect(await command('resume')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('restored'),
  })
  expect(await command('run', accountId)).toMatchObject({ status: 1 })
  expect(await command('resume', '--force')).toMatchObject({ status: 0 })
  expect(await started().rest()).toBeUndefined()
})

test('of these very books from before billing first looked at them it is seen that rows are gone', async () => {
  await started().resume('operator', { force: true })
  await rolledBack('credit_entry')
  await desk.registry.pool.query('DELETE FROM billing_control')
  const control = started()
  expect(await control.rest()).toMatchObject({ cause: 'restored' })
  await control.resume('operator', { force: true })
})

test('who resumes without force is refused where Redis goes in between, and nothing is resumed', async () => {
  const control = started()
  await control.pause('a pause', 'operator')
  const deaf = started({ ...witness, accept: () => Promise.reject(new Error('Redis is away')) })
  await expect(deaf.resume('operator')).rejects.toMatchObject({ code: 'unwitnessed' })
  expect(await started().rest()).toMatchObject({ cause: 'operator' })
  await started().resume('operator')
  expect(await started().rest()).toBeUndefined()
})

test('a broker that has not looked since goes on after another one has resumed a restored registry', async () => {
  const idle = started()
  expect(await idle.rest()).toBeUndefined()
  await rolledBack('credit_entry')
  const control = started()
  expect(await control.rest()).toMatchObject({ cause: 'restored' })
  await control.resume('operator', { force: true })
  await idle.checkResumable()
  expect(await started().rest()).toBeUndefined()
})

test('who forces while another process waits for what Redis says is not overruled by that', async () => {
  await started().resume('operator', { force: true })
  await rolledBack('credit_entry')
  const { held, answer } = heldWitness(witness)
  const look = started(held).rest()
  await answer.reached
  desk.set(new Date(desk.now().getTime() + 1000))
  await started().resume('operator', { force: true })
  answer.open()
  expect(await look).toBeUndefined()
  expect(await started().rest()).toBeUndefined()
})

test('a snapshot from before the last resumption, brought back under a broker that runs, is known', async () => {
  const { pool } = desk.registry
  await started().resume('operator', { force: true })
  await rolledBack('credit_entry')
  const snapshot = await pool.query('SELECT resumed_as, database_fingerprint FROM billing_control')
  const running = started()
  expect(await running.rest()).toMatchObject({ cause: 'restored' })
  await running.resume('operator', { force: true })
  expect(await running.rest()).toBeUndefined()
  const [row] = snapshot.rows
  await pool.query('UPDATE billing_control SET resumed_as = $1, database_fingerprint = $2', [
    row?.resumed_as,
    row?.database_fingerprint,
  ])
  await expect(running.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
  expect(await running.rest()).toMatchObject({ cause: 'restored' })
  await running.resume('operator', { force: true })
})
