import type { Charge } from '../ledger/ledger.ts'
import { NOTES } from '../notes.ts'
import { type Payer, PaymentError, type PaymentProvider } from '../providers/payment-provider.ts'
import { captured, captureHold } from './capture-hold.ts'
import type { CollectDependencies, Collected, Resumed } from './collecting.ts'
import { isHoldOver } from './hold-life.ts'

/** A `planned` step this old has lost its process: the call that it announced takes seconds. */
const PLANNED_PATIENCE_MS = 60_000

/**
 * Goes on with the charge's open attempt, or begins a new one if there is none. Every step is written before and
 * after the outside call, and the database refuses a second open attempt: a crash anywhere, and another broker at
 * the same time, lead to the same place.
 */
export async function collect(deps: CollectDependencies, charge: Charge, payer: Payer): Promise<Collected> {
  const settled = await resume(deps, charge)
  if (settled.outcome !== 'refused') return settled.outcome
  const { current } = deps.providers
  const planned = await deps.ledger.plan(settled.charge, current.name, deps.now())
  if (planned === undefined) return 'in_doubt'
  return authorize(deps, planned, { payer, provider: current })
}

/**
 * Brings an open attempt as far as it can be, with the service that it was begun with; begins none. One that never had a
 * hold under a name ends also where that service is not set up any more. `refused` when no attempt is open any more.
 */
export async function resume(deps: CollectDependencies, charge: Charge): Promise<Resumed> {
  const { last } = charge
  if (last === undefined) return { charge, outcome: 'refused' }
  const { state, transaction } = last
  if (state === 'captured') return { charge, outcome: 'captured' }
  if (state === 'failed' || state === 'cancelled') return { charge, outcome: 'refused' }
  if (state === 'planned') return afterPlan(deps, charge)
  const provider = deps.providers.find(last.provider)
  if (transaction === undefined) {
    // Nothing can be taken under a name that nobody has, so this ends without the service, too.
    return state === 'unknown' ? afterHold(deps, charge, provider) : captured(deps, charge)
  }
  if (provider === undefined) {
    deps.onFailure(
      `charge ${charge.id} waits for the payment service "${last.provider}", which is not set up any more: set it up again, or billing settle`,
      undefined,
    )
    return { charge, outcome: 'in_doubt' }
  }
  return captureHold(deps, { charge, provider })
}

async function afterPlan(deps: CollectDependencies, charge: Charge): Promise<Resumed> {
  const age = deps.now().getTime() - (charge.last?.at.getTime() ?? 0)
  if (age >= PLANNED_PATIENCE_MS) {
    await deps.ledger.advance(charge, 'unknown', {
      at: deps.now(),
      note: NOTES.hold_lost,
    })
  }
  return { charge, outcome: 'in_doubt' }
}

/** No token, so nothing was captured; once the hold has ended by itself, it is certain that nothing will be. */
async function afterHold(
  deps: CollectDependencies,
  charge: Charge,
  provider: PaymentProvider | undefined,
): Promise<Resumed> {
  if (!isHoldOver(charge.last?.at, provider, deps.now())) return { charge, outcome: 'in_doubt' }
  const failed = await deps.ledger.advance(charge, 'failed', {
    at: deps.now(),
    note: NOTES.hold_over,
  })
  return failed === undefined ? { charge, outcome: 'in_doubt' } : { charge: failed, outcome: 'refused' }
}

async function authorize(
  deps: CollectDependencies,
  charge: Charge,
  { payer, provider }: { readonly payer: Payer; readonly provider: PaymentProvider },
): Promise<Collected> {
  const amount = charge.last?.providerPart ?? charge.amount
  let transaction: string | undefined
  if (amount > 0) {
    try {
      transaction = await provider.authorize({ payer, amount, description: charge.wording })
    } catch (error) {
      return notAuthorized(deps, { charge, provider }, error)
    }
  }
  const authorised = await writeHold(deps, charge, transaction)
  if (authorised === undefined) {
    // The attempt has ended without this process.
    if (transaction !== undefined)
      await deps.lateHolds.giveBack({
        provider: provider.name,
        transaction,
        chargeId: charge.id,
        heldAt: deps.now(),
      })
    return 'in_doubt'
  }
  return (await captureHold(deps, { charge: authorised, provider })).outcome
}

/** Another broker may have taken this process for dead, and its hold for lost: here it is. */
async function writeHold(
  deps: CollectDependencies,
  charge: Charge,
  transaction: string | undefined,
): Promise<Charge | undefined> {
  const step = { at: deps.now(), ...(transaction === undefined ? {} : { transaction }) }
  const authorised = await deps.ledger.advance(charge, 'authorised', step)
  if (authorised !== undefined || transaction === undefined) return authorised
  const now = await deps.ledger.find(charge.id)
  const isTakenForLost =
    now?.last?.attempt === charge.last?.attempt &&
    now?.last?.state === 'unknown' &&
    now.last.transaction === undefined
  return isTakenForLost ? deps.ledger.advance(now, 'authorised', step) : undefined
}

async function notAuthorized(
  deps: CollectDependencies,
  { charge, provider }: { readonly charge: Charge; readonly provider: PaymentProvider },
  error: unknown,
): Promise<Collected> {
  const code = error instanceof PaymentError ? error.code : 'unknown'
  if (code !== 'insufficient_credit') deps.onFailure('asking the payment service for a hold', error)
  const isCertain = code !== 'unknown'
  const step = { at: deps.now(), note: code }
  const written = await deps.ledger.advance(charge, isCertain ? 'failed' : 'unknown', step)
  // Others count the life of this hold from when they took it for lost, and this process asked later.
  if (!isCertain && written === undefined)
    await deps.lateHolds.giveBack({
      provider: provider.name,
      transaction: undefined,
      chargeId: charge.id,
      heldAt: deps.now(),
    })
  return isCertain && written !== undefined ? 'refused' : 'in_doubt'
}
