import type { Charge } from '../ledger/ledger.ts'
import { NOTES } from '../notes.ts'
import { PaymentError, type PaymentErrorCode, type PaymentProvider } from '../providers/payment-provider.ts'
import type { CollectDependencies, Resumed } from './collecting.ts'
import { isHoldOver } from './hold-life.ts'

/**
 * What is known of the capture while an attempt with a hold is in doubt. `authorised` without any of them: it was
 * never asked for, unless the books were restored to before that. Only one process writes `ASKED`, and whoever asks again writes `UNANSWERED` first; so one refusal
 * settles the matter only for who finds its own `ASKED` still the last step. Whether the service lets a captured
 * transaction be cancelled is documented nowhere, so that what it says to a cancellation proves nothing.
 */
export const CAPTURE = {
  ASKED: NOTES.capture_asked,
  UNANSWERED: NOTES.capture_unanswered,
  /** The only time that it was asked for. Nothing was taken, and nobody asks again. */
  REFUSED: NOTES.capture_refused,
  /**
   * Beside `authorised`: books that rested asked for it, and that call never left. So the attempt is what it was; whether
   * it was asked for in steps that these books lack stays as unknown, also when they run again.
   */
  NOT_SENT: NOTES.capture_not_sent,
} as const

/** A capture that was begun so long ago has lost its process: the call takes seconds. */
const PATIENCE_MS = 60_000

interface Held {
  readonly charge: Charge
  readonly provider: PaymentProvider
}

/** Takes what was put aside, repeating until the service answers; ends the attempt when it certainly cannot be taken. */
export async function captureHold(deps: CollectDependencies, held: Held): Promise<Resumed> {
  const { charge, provider } = held
  const { state, note, transaction, at, heldSince } = charge.last ?? {}
  // All of it came from kept credits.
  if (transaction === undefined) return captured(deps, charge)
  if (note === CAPTURE.REFUSED) return letGo(deps, held, transaction)
  if (state === 'authorised') {
    // Then it may have been asked for already, and one refusal more says nothing.
    if (await deps.mayLackSteps()) return captureAtRest(deps, held, transaction)
    if (note === CAPTURE.NOT_SENT) return captureDoubtful(deps, held, transaction)
    if (isHoldOver(heldSince, provider, deps.now()))
      return cancelled(deps, charge, NOTES.hold_over_uncaptured)
    return captureFirst(deps, held, transaction)
  }
  if (note !== CAPTURE.ASKED) return captureAgain(deps, held, transaction)
  if (deps.now().getTime() - (at?.getTime() ?? 0) < PATIENCE_MS) return { charge, outcome: 'in_doubt' }
  return captureDoubtful(deps, held, transaction)
}

async function captureDoubtful(
  deps: CollectDependencies,
  { charge, provider }: Held,
  transaction: string,
): Promise<AskedAgain> {
  const doubtful = await doubt(deps, charge, CAPTURE.UNANSWERED)
  if (doubtful === undefined) return { charge, outcome: 'in_doubt' }
  return captureAgain(deps, { charge: doubtful, provider }, transaction)
}

/**
 * What may have been captured in steps that the books lack. Books that run go on with it every few minutes, and would have
 * two rows more each time; those that rest only when somebody compares them.
 */
async function captureAtRest(deps: CollectDependencies, held: Held, transaction: string): Promise<Resumed> {
  const { charge, outcome, code } = await captureDoubtful(deps, held, transaction)
  if (code !== 'unreachable') return { charge, outcome }
  const back = await deps.ledger.advance(charge, 'authorised', { at: deps.now(), note: CAPTURE.NOT_SENT })
  return { charge: back ?? charge, outcome }
}

async function captureFirst(
  deps: CollectDependencies,
  { charge, provider }: Held,
  transaction: string,
): Promise<Resumed> {
  const asked = await doubt(deps, charge, CAPTURE.ASKED)
  if (asked === undefined) return { charge, outcome: 'in_doubt' }
  try {
    await provider.capture(transaction)
  } catch (error) {
    deps.onFailure('capturing a payment', error)
    const code = codeOf(error)
    if (code === 'unreachable') {
      const back = await deps.ledger.advance(asked, 'authorised', { at: deps.now(), note: code })
      return { charge: back ?? asked, outcome: 'in_doubt' }
    }
    const isRefused = code === 'refused' || code === 'insufficient_credit'
    const doubtful = await doubt(deps, asked, isRefused ? CAPTURE.REFUSED : CAPTURE.UNANSWERED)
    if (doubtful === undefined || !isRefused) return { charge: doubtful ?? asked, outcome: 'in_doubt' }
    return letGo(deps, { charge: doubtful, provider }, transaction)
  }
  return captured(deps, asked)
}

interface AskedAgain extends Resumed {
  /** How the call failed. */
  readonly code?: PaymentErrorCode
}

/** The money may have been taken already: only a capture that is answered, or the operator, ends the doubt. */
async function captureAgain(
  deps: CollectDependencies,
  { charge, provider }: Held,
  transaction: string,
): Promise<AskedAgain> {
  try {
    await provider.capture(transaction)
  } catch (error) {
    deps.onFailure(
      `capturing a payment again; if the payment service shows what became of it: billing settle ${charge.id}`,
      error,
    )
    return { charge, outcome: 'in_doubt', code: codeOf(error) }
  }
  return captured(deps, charge)
}

function codeOf(error: unknown): PaymentErrorCode {
  return error instanceof PaymentError ? error.code : 'unknown'
}

/** Nothing was captured nor will be. What is held is given back, at the latest when the hold ends by itself. */
async function letGo(
  deps: CollectDependencies,
  { charge, provider }: Held,
  transaction: string,
): Promise<Resumed> {
  try {
    await provider.cancel(transaction)
  } catch (error) {
    deps.onFailure('cancelling a hold', error)
    if (!isHoldOver(charge.last?.heldSince, provider, deps.now())) return { charge, outcome: 'in_doubt' }
  }
  return cancelled(deps, charge, NOTES.not_captured)
}

function doubt(deps: CollectDependencies, charge: Charge, note: string): Promise<Charge | undefined> {
  return deps.ledger.advance(charge, 'unknown', { at: deps.now(), note })
}

/** Writes that all of it was taken. */
export async function captured(deps: CollectDependencies, charge: Charge): Promise<Resumed> {
  const written = await deps.ledger.advance(charge, 'captured', { at: deps.now() })
  return written === undefined ? { charge, outcome: 'in_doubt' } : { charge: written, outcome: 'captured' }
}

async function cancelled(deps: CollectDependencies, charge: Charge, note: string): Promise<Resumed> {
  const written = await deps.ledger.advance(charge, 'cancelled', { at: deps.now(), note })
  return written === undefined ? { charge, outcome: 'in_doubt' } : { charge: written, outcome: 'refused' }
}
