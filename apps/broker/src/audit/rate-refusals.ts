import { clientAddress, HttpProblem } from '@odoo-backup/service'
import type { ErrorRequestHandler } from 'express'
import type { AuditTrail } from './audit-trail.ts'

/**
 * Requests that were refused for being too many (429). A row for each would let whoever floods the broker fill its
 * audit trail too, so there is one row for each address and interval, with their number.
 */
export interface RateRefusals {
  /** Stands before the handler that renders problems. */
  readonly note: ErrorRequestHandler
  /** Writes what is counted; also done by itself. */
  flush(): Promise<void>
  stop(): Promise<void>
}

const INTERVAL_MILLISECONDS = 30_000
/** Further addresses of one interval are counted together. */
const MOST_ADDRESSES = 1000
const OTHERS = 'others'

export interface RateRefusalsOptions {
  readonly audit: AuditTrail
  readonly onFailure: (error: unknown) => void
}

export function createRateRefusals({ audit, onFailure }: RateRefusalsOptions): RateRefusals {
  let counted = new Map<string, number>()

  async function flush(): Promise<void> {
    const refused = counted
    counted = new Map()
    const common = { action: 'request.rate_limited', outcome: 'refused', actor: 'unknown' } as const
    for (const [address, requests] of refused)
      await audit.record({ ...common, reason: 'rate_limited', address, detail: { requests } })
  }

  const timer = setInterval(() => void flush().catch(onFailure), INTERVAL_MILLISECONDS)
  timer.unref()
  return {
    note(error, request, _response, next) {
      if (error instanceof HttpProblem && error.status === 429) {
        const address = clientAddress(request)
        const name = counted.has(address) || counted.size < MOST_ADDRESSES ? address : OTHERS
        counted.set(name, (counted.get(name) ?? 0) + 1)
      }
      next(error)
    },
    flush,
    async stop() {
      clearInterval(timer)
      await flush().catch(onFailure)
    },
  }
}
