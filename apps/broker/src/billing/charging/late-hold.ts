import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { PaymentProvider, PaymentProviders } from '../providers/payment-provider.ts'
import { isHoldOver } from './hold-life.ts'

/**
 * A hold that the service made for an attempt which had ended by then, as when a broker slept on its way to asking:
 * nothing may be captured of it.
 */
export interface LateHold {
  readonly provider: string
  /** Undefined: the answer was lost. If it was made, it has a name that nobody knows, and ends by itself. */
  readonly transaction: string | undefined
  readonly chargeId: string
  /** At the latest. */
  readonly heldAt: Date
}

export interface LateHolds {
  /**
   * Gives one back. Written down first, so that it is asked for again until the service has done it; and so that nobody
   * is told of missing credit for one without a name.
   */
  giveBack(hold: LateHold): Promise<void>
  /** Asks again for all that were not given back yet, or an account's; one that has certainly ended by itself is over. */
  giveAllBack(which: {
    readonly accountId?: string
    readonly signal?: AbortSignal | undefined
  }): Promise<void>
}

export interface LateHoldsDependencies {
  readonly pool: Pool
  readonly providers: PaymentProviders
  readonly now: () => Date
  readonly onFailure: (what: string, error: unknown) => void
}

const PAGE = 100
/** Stands for the name that nobody knows. */
const UNNAMED = 'unnamed:'

export function createLateHolds({ pool, providers, now, onFailure }: LateHoldsDependencies): LateHolds {
  /** False: the service has not done it. */
  async function cancel(provider: PaymentProvider, transaction: string): Promise<boolean> {
    try {
      await provider.cancel(transaction)
      return true
    } catch (error) {
      onFailure('cancelling a hold that came too late', error)
      return false
    }
  }

  /** @param isAsked false: the service is not asked, only whether the hold has ended by itself is looked at */
  /** False: the service was asked in vain. */
  async function tryOnce(
    { provider: name, transaction, heldAt }: LateHold & { readonly transaction: string },
    isAsked: boolean,
  ): Promise<boolean> {
    const provider = providers.find(name)
    const isNamed = !transaction.startsWith(UNNAMED)
    const isGiven = isAsked && isNamed && provider !== undefined && (await cancel(provider, transaction))
    if (!isGiven && !isHoldOver(heldAt, provider, now())) return !isNamed
    await pool.query('UPDATE late_hold SET ended_at = $3 WHERE provider = $1 AND transaction = $2', [
      name,
      transaction,
      now(),
    ])
    return isGiven || !isNamed
  }

  return {
    async giveBack(hold) {
      const { provider, chargeId } = hold
      const transaction = hold.transaction ?? `${UNNAMED}${randomUUID()}`
      // An account's clock may be ahead, of a broker whose clock was: its hold would be open for as long.
      const heldAt = new Date(Math.min(hold.heldAt.getTime(), now().getTime()))
      await pool
        .query('INSERT INTO late_hold (provider, transaction, charge_id, held_at) VALUES ($1, $2, $3, $4)', [
          provider,
          transaction,
          chargeId,
          heldAt,
        ])
        .catch(error => onFailure('writing down a hold that came too late', error))
      await tryOnce({ ...hold, heldAt, transaction }, true)
    },
    async giveAllBack({ accountId, signal }) {
      const { rows } = await pool.query<{
        provider: string
        transaction: string
        charge_id: string
        held_at: Date
      }>(
        `SELECT h.provider, h.transaction, h.charge_id, h.held_at FROM late_hold h JOIN charge c ON c.id = h.charge_id
         WHERE h.ended_at IS NULL AND ($1::uuid IS NULL OR c.account_id = $1) ORDER BY h.held_at LIMIT $2`,
        [accountId ?? null, PAGE],
      )
      // A service that fails once is not waited for again: open payments come next.
      const failing = new Set<string>()
      for (const { provider, transaction, charge_id: chargeId, held_at: heldAt } of rows) {
        signal?.throwIfAborted()
        const hold = { provider, transaction, chargeId, heldAt }
        if (!(await tryOnce(hold, !failing.has(provider)))) failing.add(provider)
      }
    },
  }
}
