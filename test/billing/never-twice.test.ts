import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import fc from 'fast-check'
import { readStanding } from '../../apps/broker/src/billing/charging/account-standing.ts'
import { createRenewal, type Renewal } from '../../apps/broker/src/billing/charging/renewal.ts'
import { addCredit, readBalance } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import { createLedger, isOpen, type Ledger } from '../../apps/broker/src/billing/ledger/ledger.ts'
import { Plan, plansOf } from '../../apps/broker/src/billing/plans/plan.ts'
import { providersOf } from '../../apps/broker/src/billing/providers/payment-provider.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'
import { CANCELS_AFTER_CAPTURE, type CancelAfterCapture, type Fault, PaymentModel } from './payment-model.ts'

const SEQUENCES = 1000
const AT_ONCE = 6

type Action =
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'buy'; readonly credits: number }
  | { readonly do: 'grant'; readonly credits: number }
  | {
      readonly do: 'renew'
      readonly brokers: 1 | 2
      readonly faults: readonly Fault[]
      readonly dies?: number
      /** The work by the clock goes on with open attempts, beside. */
      readonly resumes: boolean
    }

// Those that lead astray together come more often.
const faults: fc.Arbitrary<Fault> = fc.constantFrom(
  ...Array<Fault>(4).fill('none'),
  ...Array<Fault>(3).fill('lost-after'),
  ...Array<Fault>(3).fill('refused'),
  'lost-before',
  'unreachable',
  'crash-before',
  'crash-after',
)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 2, 3, 30, 400, 745) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('buy' as const, 'grant' as const),
      credits: fc.constantFrom(3, 10, 25),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        do: fc.constant('renew' as const),
        brokers: fc.constantFrom(1 as const, 2 as const),
        faults: fc.array(faults, { maxLength: 4 }),
        // The process ends at its n-th write of a step.
        dies: fc.integer({ min: 0, max: 9 }),
        resumes: fc.boolean(),
      },
      { requiredKeys: ['do', 'brokers', 'faults', 'resumes'] },
    ),
  },
)
const sequences = fc.record({
  actions: fc.array(action, { minLength: 3, maxLength: 9 }),
  cancelAfterCapture: fc.constantFrom(...CANCELS_AFTER_CAPTURE),
})

const plan = Plan.parse({ name: 'standard', creditsPerMonth: 10, graceDays: 5 })
const log = createLogger({ name: 'test', level: 'silent' })

let registry: TestRegistry
beforeAll(async () => {
  registry = await openTestRegistry(AT_ONCE * 3)
})
afterAll(() => registry.drop())

/** One process of the broker: it may end in the middle of a call or of a write, and then does nothing more. */
function startBroker(
  model: PaymentModel,
  { accountId, now, dies }: { accountId: string; now: () => number; dies?: number | undefined },
) {
  let end: () => void = () => undefined
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const crash = () => {
    end()
    return new Promise<never>(() => undefined)
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
  const renewal: Renewal = createRenewal({
    pool: registry.pool,
    ledger,
    providers: providersOf(model.provider(crash)),
    plans: plansOf([plan]),
    notices: { raise: async () => undefined, withdraw: async () => undefined },
    isPaused: async () => false,
    mayLackSteps: async () => false,
    now: () => new Date(now()),
    log,
  })
  return {
    renew: () => Promise.race([renewal.renew(accountId, { asked: true }), ended]),
    resume: () => Promise.race([renewal.resumeAll(), ended]),
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
async function check(accountId: string, model: PaymentModel): Promise<void> {
  const taken = model.captured().map(({ description }) => description)
  expect(new Set(taken).size).toBe(taken.length)
  const books = await readBooks(accountId)
  // The books never claim what the service did not take.
  for (const { wording, asked } of books.captured.filter(entry => entry.asked > 0)) {
    expect(model.captured()).toContainEqual(expect.objectContaining({ description: wording, amount: asked }))
  }
  expect(await readBalance(registry.pool, accountId)).toBeGreaterThanOrEqual(0)
}

/** After all answers have come and all holds have ended, both sides agree to the last thousandth. */
async function settle(
  accountId: string,
  model: PaymentModel,
  granted: number,
  wait: (hours: number) => void,
  now: () => number,
) {
  model.order([])
  const books = createLedger(registry.pool)
  for (let round = 0; round < 4; round += 1) {
    await startBroker(model, { accountId, now }).renew()
    wait(3)
    // What stays in doubt is settled by the operator, who sees what the service did.
    for (const charge of await books.unpaid(accountId)) {
      const { state, transaction } = charge.last ?? {}
      if (state !== 'unknown' || transaction === undefined) continue
      await books.advance(charge, model.fateOf(transaction), { at: new Date(now()) })
    }
  }
  const { open, captured } = await readBooks(accountId)
  expect(open).toBe(0)
  expect(sum(captured.map(({ asked }) => asked))).toBe(sum(model.captured().map(({ amount }) => amount)))
  expect(await readBalance(registry.pool, accountId)).toBe(granted - sum(captured.map(({ kept }) => kept)))
}

interface Life {
  readonly actions: readonly Action[]
  readonly cancelAfterCapture: CancelAfterCapture
}

async function play({ actions, cancelAfterCapture }: Life): Promise<void> {
  let clock = Date.UTC(2026, 0, 31, 12)
  const now = () => clock
  const wait = (hours: number) => {
    clock += hours * 3_600_000
  }
  const model = new PaymentModel(now, cancelAfterCapture)
  const { accountId } = await registry.newAccount()
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
    } else {
      model.order(step.faults)
      const first = startBroker(model, { accountId, now, dies: step.dies }).renew()
      const second = step.brokers === 2 ? startBroker(model, { accountId, now }).renew() : undefined
      const third = step.resumes ? startBroker(model, { accountId, now }).resume() : undefined
      await Promise.all([first, second, third])
    }
    await check(accountId, model)
  }
  await settle(accountId, model, granted, wait, now)
  const standing = await readStanding(registry.pool, accountId)
  const paidPeriods = (await readBooks(accountId)).captured.length
  expect(paidPeriods).toBeLessThanOrEqual((standing?.period?.number ?? -1) + 1)
}

/** The ways to a second charge that are known: a capture whose answer is lost or cut off, and a refusal after it. */
const known: readonly Life[] = CANCELS_AFTER_CAPTURE.flatMap(cancelAfterCapture =>
  (['lost-after', 'crash-after'] as const).map(fault => ({
    cancelAfterCapture,
    actions: [
      { do: 'buy', credits: 25 },
      { do: 'renew', brokers: 1, faults: ['none', fault], resumes: false },
      { do: 'wait', hours: 3 },
      { do: 'renew', brokers: 2, faults: ['refused'], resumes: true },
      { do: 'wait', hours: 3 },
      { do: 'renew', brokers: 1, faults: ['refused'], resumes: false },
    ],
  })),
)

/** In parts, each with a time limit of its own: a slow machine plays them all too. */
const PARTS = 5
const seed = Number(process.env.BILLING_SEED ?? Date.now() % 1_000_000_007)
const lives: readonly Life[] = [...known, ...fc.sample(sequences, { numRuns: SEQUENCES, seed })]

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
