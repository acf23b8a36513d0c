import type { Charge, Ledger } from '../ledger/ledger.ts'
import { type Payer, PaymentError, type PaymentProvider } from '../providers/payment-provider.ts'

/** What came of trying to collect a charge. */
export type Collected =
  | 'captured'
  /** Certainly not paid. */
  | 'refused'
  /** It may have been paid, or will be: nobody may ask for it a second time yet. */
  | 'in_doubt'

export interface CollectDependencies {
  readonly ledger: Ledger
  readonly provider: PaymentProvider
  /** The account's clock, which never goes back. */
  readonly now: () => Date
  readonly onFailure: (what: string, error: unknown) => void
}

/** A `planned` step this old has lost its process: the call that it announced takes seconds. */
const PLANNED_PATIENCE_MS = 60_000
/** Added to the life of a hold, for clocks that differ. */
const MARGIN_MS = 5 * 60_000

/**
 * Goes on with the charge's open attempt, or begins a new one if there is none. Every step is written before and
 * after the outside call, and the database refuses a second open attempt: a crash anywhere, and another broker at
 * the same time, lead to the same place.
 */
export async function collect(deps: CollectDependencies, charge: Charge, payer: Payer): Promise<Collected> {
  const settled = await resume(deps, charge)
  if (settled.outcome !== 'refused') return settled.outcome
  const planned = await deps.ledger.plan(settled.charge, deps.provider.name, deps.now())
  if (planned === undefined) return 'in_doubt'
  return authorize(deps, planned, payer)
}

interface Resumed {
  readonly charge: Charge
  readonly outcome: Collected
}

/** Brings an open attempt as far as it can be; begins none. `refused` when no attempt is open any more. */
export async function resume(deps: CollectDependencies, charge: Charge): Promise<Resumed> {
  const { last } = charge
  if (last === undefined) return { charge, outcome: 'refused' }
  const age = deps.now().getTime() - last.at.getTime()
  switch (last.state) {
    case 'captured':
      return { charge, outcome: 'captured' }
    case 'failed':
    case 'cancelled':
      return { charge, outcome: 'refused' }
    case 'planned':
      if (age >= PLANNED_PATIENCE_MS)
        await step(
          deps,
          charge,
          'unknown',
          'The process that asked for the hold ended before it had an answer.',
        )
      return { charge, outcome: 'in_doubt' }
    case 'unknown':
      if (last.transaction === undefined) return afterHold(deps, charge, age)
      return capture(deps, charge)
    case 'authorised':
      return capture(deps, charge)
  }
}

/** No token, so nothing was captured; once the hold has ended by itself, it is certain that nothing will be. */
async function afterHold(deps: CollectDependencies, charge: Charge, age: number): Promise<Resumed> {
  if (age < deps.provider.holdSeconds * 1000 + MARGIN_MS) return { charge, outcome: 'in_doubt' }
  const failed = await step(deps, charge, 'failed', 'The hold, if there was one, has ended by itself.')
  return failed === undefined ? { charge, outcome: 'in_doubt' } : { charge: failed, outcome: 'refused' }
}

async function authorize(deps: CollectDependencies, charge: Charge, payer: Payer): Promise<Collected> {
  const amount = charge.last?.providerPart ?? charge.amount
  let transaction: string | undefined
  if (amount > 0) {
    try {
      transaction = await deps.provider.authorize({ payer, amount, description: charge.wording })
    } catch (error) {
      return notAuthorized(deps, charge, error)
    }
  }
  const authorised = await deps.ledger.advance(charge, 'authorised', {
    at: deps.now(),
    ...(transaction === undefined ? {} : { transaction }),
  })
  if (authorised === undefined) {
    // Another broker took this process for dead. Its step stands; the hold is let go of.
    if (transaction !== undefined) await letGo(deps, transaction)
    return 'in_doubt'
  }
  return (await capture(deps, authorised)).outcome
}

async function notAuthorized(deps: CollectDependencies, charge: Charge, error: unknown): Promise<Collected> {
  const code = error instanceof PaymentError ? error.code : 'unknown'
  if (code !== 'insufficient_credit') deps.onFailure('asking the payment service for a hold', error)
  const isCertain = code !== 'unknown'
  const written = await step(deps, charge, isCertain ? 'failed' : 'unknown', code)
  return isCertain && written !== undefined ? 'refused' : 'in_doubt'
}

async function capture(deps: CollectDependencies, charge: Charge): Promise<Resumed> {
  const { transaction, state } = charge.last ?? {}
  if (transaction !== undefined) {
    try {
      await deps.provider.capture(transaction)
    } catch (error) {
      deps.onFailure('capturing a payment', error)
      if (error instanceof PaymentError && error.code === 'refused')
        return afterRefusal(deps, charge, transaction)
      // Repeated until answered. What is written tells the operator that money may have moved.
      const lost =
        error instanceof PaymentError && error.code === 'unreachable' ? undefined : 'capture unanswered'
      if (lost !== undefined && state === 'authorised') await step(deps, charge, 'unknown', lost)
      return { charge, outcome: 'in_doubt' }
    }
  }
  const captured = await step(deps, charge, 'captured')
  return { charge: captured ?? charge, outcome: captured === undefined ? 'in_doubt' : 'captured' }
}

/**
 * A capture may be repeated, so one that is refused was never made, if the refusal was about the transaction and not
 * about our key: that the service lets us cancel it proves both.
 */
async function afterRefusal(
  deps: CollectDependencies,
  charge: Charge,
  transaction: string,
): Promise<Resumed> {
  if (!(await letGo(deps, transaction))) return { charge, outcome: 'in_doubt' }
  const cancelled = await step(deps, charge, 'cancelled', 'The hold had ended before it was captured.')
  return cancelled === undefined ? { charge, outcome: 'in_doubt' } : { charge: cancelled, outcome: 'refused' }
}

async function letGo(deps: CollectDependencies, transaction: string): Promise<boolean> {
  try {
    await deps.provider.cancel(transaction)
    return true
  } catch (error) {
    deps.onFailure('cancelling a hold', error)
    return false
  }
}

function step(
  deps: CollectDependencies,
  charge: Charge,
  state: 'unknown' | 'failed' | 'cancelled' | 'captured',
  note?: string,
) {
  return deps.ledger.advance(charge, state, { at: deps.now(), ...(note === undefined ? {} : { note }) })
}
