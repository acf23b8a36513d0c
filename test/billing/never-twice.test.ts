import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import fc from 'fast-check'
import { readStanding } from '../../apps/broker/src/billing/charging/account-standing.ts'
import { LONGEST_HOLD_MS } from '../../apps/broker/src/billing/charging/hold-life.ts'
import { createLateHolds } from '../../apps/broker/src/billing/charging/late-hold.ts'
import { createRenewal, type Renewal } from '../../apps/broker/src/billing/charging/renewal.ts'
import { addCredit, readBalance } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import { createLedger, isOpen, type Ledger } from '../../apps/broker/src/billing/ledger/ledger.ts'
import { Plan, plansOf } from '../../apps/broker/src/billing/plans/plan.ts'
import { providersOf } from '../../apps/broker/src/billing/providers/payment-provider.ts'
import { type Gate, gate } from '../fixtures/gate.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'
import { known, type Life, sequences, slept } from './account-lives.ts'
import { PaymentModel } from './payment-model.ts'

const SEQUENCES = 1000
const AT_ONCE = 6

const plan = Plan.parse({ name: 'standard', creditsPerMonth: 10, graceDays: 5 })
const log = createLogger({ name: 'test', level: 'silent' })

let registry: TestRegistry
beforeAll(async () => {
  registry = await openTestRegistry(AT_ONCE * 3)
})
afterAll(() => registry.drop())

/** One life of an account: its payment service, its clock, and the brokers that sleep. */
interface World {
  readonly model: PaymentModel
  readonly accountId: string
  readonly now: () => number
  readonly sleepers: Set<Sleeper>
}

interface Sleeper {
  /** Until its work is done, its process has ended, or it sleeps again. */
  wake(): Promise<unknown>
}

/**
 * One process of the broker: it may end in the middle of a call or of a write, and then does nothing more, or fall asleep
 * within a call and go on with it when others have moved on.
 */
function startBroker(
  { model, accountId, now, sleepers }: World,
  { dies }: { dies?: number | undefined } = {},
) {
  const end = gate()
  const crash = () => {
    end.arrive()
    return new Promise<never>(() => undefined)
  }
  let night: Gate = gate()
  const sleep = () => {
    night.arrive()
    return night.opened
  }
  const untilItStands = async (work: Promise<unknown>): Promise<void> => {
    const tonight = night
    const sleeper: Sleeper = {
      wake() {
        sleepers.delete(sleeper)
        night = gate()
        tonight.open()
        return untilItStands(work)
      },
    }
    const standing = tonight.reached.then(() => void sleepers.add(sleeper))
    await Promise.race([work, end.reached, standing])
  }
  let writes = 0
  const books = createLedger(registry.pool)
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    const number = writes
    writes += 1
    // Even numbers end it before the write, odd ones after.
    if (dies !== undefined && number === Math.floor(dies / 2) && dies % 2 === 0) return crash()
    const written = await work()
    return dies !== undefined && number === Math.floor(dies / 2) ? crash() : written
  }
  const ledger: Ledger = {
    ...books,
    plan: (...given) => write(() => books.plan(...given)),
    advance: (...given) => write(() => books.advance(...given)),
    // Each life has a payment service of its own, so its brokers go on with its own attempts alone.
    open: async () => (await books.unpaid(accountId)).filter(({ last }) => isOpen(last?.state)),
  }
  const providers = providersOf(model.provider(crash, sleep))
  const lateHolds = createLateHolds({
    pool: registry.pool,
    providers,
    now: () => new Date(now()),
    onFailure: () => undefined,
  })
  const renewal: Renewal = createRenewal({
    pool: registry.pool,
    ledger,
    providers,
    // As with open attempts: its own alone.
    lateHolds: { ...lateHolds, giveAllBack: ({ signal }) => lateHolds.giveAllBack({ accountId, signal }) },
    plans: plansOf([plan]),
    notices: { raise: async () => undefined, withdraw: async () => undefined },
    isPaused: async () => false,
    mayLackSteps: async () => false,
    now: () => new Date(now()),
    log,
  })
  return {
    renew: () => untilItStands(renewal.renew(accountId, { asked: true })),
    resume: () => untilItStands(renewal.resumeAll()),
  }
}

interface Books {
  readonly captured: { wording: string; kept: number; asked: number }[]
  readonly open: number
}

async function readBooks(accountId: string): Promise<Books> {
  const { rows } = await registry.pool.query<{
    wording: string
    state: string
    kept_part: string
    provider_part: string
  }>(
    `SELECT c.wording, l.state, l.kept_part, l.provider_part FROM charge c JOIN LATERAL
       (SELECT * FROM ledger_entry e WHERE e.charge_id = c.id ORDER BY attempt DESC, sequence DESC LIMIT 1) l ON TRUE
     WHERE c.account_id = $1`,
    [accountId],
  )
  return {
    captured: rows
      .filter(({ state }) => state === 'captured')
      .map(row => ({ wording: row.wording, kept: Number(row.kept_part), asked: Number(row.provider_part) })),
    open: rows.filter(({ state }) => ['planned', 'authorised', 'unknown'].includes(state)).length,
  }
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** What must hold after every action, whatever happened. */
async function check({ accountId, model }: World): Promise<void> {
  const taken = model.captured().map(({ description }) => description)
  expect(new Set(taken).size).toBe(taken.length)
  const books = await readBooks(accountId)
  // The books never claim what the service did not take.
  for (const { wording, asked } of books.captured.filter(entry => entry.asked > 0)) {
    expect(model.captured()).toContainEqual(expect.objectContaining({ description: wording, amount: asked }))
  }
  expect(await readBalance(registry.pool, accountId)).toBeGreaterThanOrEqual(0)
}

async function wakeAll({ sleepers }: World): Promise<void> {
  await Promise.all([...sleepers].map(sleeper => sleeper.wake()))
}

/** What stays in doubt is settled by the operator, who sees what the service did when no hold lives any more. */
async function settleDoubts({ accountId, model, now }: World): Promise<void> {
  const books = createLedger(registry.pool)
  for (const charge of await books.unpaid(accountId)) {
    const { state, transaction, heldSince } = charge.last ?? {}
    if (state !== 'unknown' || transaction === undefined) continue
    if (now() - (heldSince?.getTime() ?? 0) < LONGEST_HOLD_MS) continue
    await books.advance(charge, model.fateOf(transaction), { at: new Date(now()) })
  }
}

/** After all answers have come and all holds have ended, both sides agree to the last thousandth. */
async function settle(world: World, granted: number, wait: (hours: number) => void) {
  const { accountId, model, sleepers } = world
  model.order([])
  for (let round = 0; round < 4; round += 1) {
    await startBroker(world).renew()
    wait(3)
    await settleDoubts(world)
    // Those that slept through all of it until now.
    if (round === 1) await wakeAll(world)
    await check(world)
  }
  expect(sleepers.size).toBe(0)
  const { open, captured } = await readBooks(accountId)
  expect(open).toBe(0)
  expect(sum(captured.map(({ asked }) => asked))).toBe(sum(model.captured().map(({ amount }) => amount)))
  expect(await readBalance(registry.pool, accountId)).toBe(granted - sum(captured.map(({ kept }) => kept)))
  expect(model.available()).toBe(model.balance)
  const { rows } = await registry.pool.query(
    'SELECT h.transaction FROM late_hold h JOIN charge c ON c.id = h.charge_id WHERE c.account_id = $1 AND h.ended_at IS NULL',
    [accountId],
  )
  expect(rows).toEqual([])
}

async function play({ actions, cancelAfterCapture }: Life): Promise<void> {
  let clock = Date.UTC(2026, 0, 31, 12)
  const now = () => clock
  const wait = (hours: number) => {
    clock += hours * 3_600_000
  }
  const model = new PaymentModel(now, cancelAfterCapture)
  const { accountId } = await registry.newAccount()
  const world: World = { model, accountId, now, sleepers: new Set() }
  let granted = 0
  for (const [index, step] of actions.entries()) {
    if (step.do === 'wait') wait(step.hours)
    else if (step.do === 'buy') model.balance += step.credits * 1000
    else if (step.do === 'grant') {
      const amount = step.credits * 1000
      granted += amount
      await addCredit(registry.pool, {
        accountId,
        kind: 'grant',
        amount,
        reference: `${accountId}:${index}`,
        actor: 'test',
        at: new Date(clock),
      })
    } else if (step.do === 'settle') await settleDoubts(world)
    else if (step.do === 'wake') {
      model.order(step.faults)
      await wakeAll(world)
    } else {
      model.order(step.faults)
      const first = startBroker(world, { dies: step.dies }).renew()
      const second = step.brokers === 2 ? startBroker(world).renew() : undefined
      const third = step.resumes ? startBroker(world).resume() : undefined
      await Promise.all([first, second, third])
    }
    await check(world)
  }
  await settle(world, granted, wait)
  const standing = await readStanding(registry.pool, accountId)
  const paidPeriods = (await readBooks(accountId)).captured.length
  expect(paidPeriods).toBeLessThanOrEqual((standing?.period?.number ?? -1) + 1)
}

/** In parts, each with a time limit of its own: a slow machine plays them all too. */
const PARTS = 5
const seed = Number(process.env.BILLING_SEED ?? Date.now() % 1_000_000_007)
const lives: readonly Life[] = [...known, ...slept, ...fc.sample(sequences, { numRuns: SEQUENCES, seed })]

test.each(Array.from({ length: PARTS }, (_, part) => [part + 1]))(
  `in ${SEQUENCES} lives full of lost answers and crashes, nothing is charged twice and the books agree (part %i of ${PARTS})`,
  async part => {
    const waiting = [...lives.entries()].filter(([index]) => index % PARTS === part - 1).values()
    async function work(): Promise<void> {
      for (const [index, life] of waiting) {
        await play(life).catch(error => {
          throw new Error(`BILLING_SEED=${seed}, sequence ${index}: ${JSON.stringify(life)}`, {
            cause: error,
          })
        })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  },
)
