import type { Pool } from 'pg'
import type { PaymentProviders } from '../providers/payment-provider.ts'
import { isHoldOver } from './hold-life.ts'

/**
 * A hold that the service made for an attempt which had ended by then, as when a broker slept on its way to asking:
 * nothing may be captured of it.
 */
export interface LateHold {
  readonly provider: string
  readonly transaction: string
  readonly chargeId: string
  /** At the latest. */
  readonly heldAt: Date
}

export interface LateHolds {
  /** Gives one back. Written down first, so that it is asked for again until the service has done it. */
  giveBack(hold: LateHold): Promise<void>
  /** Asks again for all that were not given back yet; one that has certainly ended by itself is over. */
  giveAllBack(signal?: AbortSignal): Promise<void>
}

export interface LateHoldsDependencies {
  readonly pool: Pool
  readonly providers: PaymentProviders
  readonly now: () => Date
  readonly onFailure: (what: string, error: unknown) => void
}

const PAGE = 100

export function createLateHolds({ pool, providers, now, onFailure }: LateHoldsDependencies): LateHolds {
  async function tryOnce({ provider: name, transaction, heldAt }: LateHold): Promise<void> {
    const provider = providers.find(name)
    try {
      if (provider !== undefined) await provider.cancel(transaction)
    } catch (error) {
      onFailure('cancelling a hold that came too late', error)
      if (!isHoldOver(heldAt, provider, now())) return
    }
    if (provider === undefined && !isHoldOver(heldAt, provider, now())) return
    await pool.query('UPDATE late_hold SET ended_at = $3 WHERE provider = $1 AND transaction = $2', [
      name,
      transaction,
      now(),
    ])
  }

  return {
    async giveBack(hold) {
      const { provider, transaction, chargeId, heldAt } = hold
      await pool
        .query('INSERT INTO late_hold (provider, transaction, charge_id, held_at) VALUES ($1, $2, $3, $4)', [
          provider,
          transaction,
          chargeId,
          heldAt,
        ])
        .catch(error => onFailure('writing down a hold that came too late', error))
      await tryOnce(hold)
    },
    async giveAllBack(signal) {
      const { rows } = await pool.query<{
        provider: string
        transaction: string
        charge_id: string
        held_at: Date
      }>(
        `SELECT provider, transaction, charge_id, held_at FROM late_hold WHERE ended_at IS NULL
         ORDER BY held_at LIMIT $1`,
        [PAGE],
      )
      for (const { provider, transaction, charge_id: chargeId, held_at: heldAt } of rows) {
        signal?.throwIfAborted()
        await tryOnce({ provider, transaction, chargeId, heldAt })
      }
    },
  }
}
