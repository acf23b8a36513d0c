import { clientAddress } from '@odoo-backup/service'
import type { ErrorRequestHandler } from 'express'
import { TooManyRequests } from '../http/too-many-requests.ts'
import type { AuditEvent, AuditTrail } from './audit-trail.ts'

/**
 * Requests that were refused for being too many (429). The first of a limit and its subject stands in the trail before
 * it is answered; a row for each further one would let whoever floods the broker fill its audit trail too, so these
 * are counted and have one row for each interval. `detail.requests` of all rows together is how many were refused.
 */
export interface RateRefusals {
  /** Stands before the handler that renders problems. */
  readonly note: ErrorRequestHandler
  /** To be called before the answer. Never rejects: a trail that cannot be written changes nothing of the refusal. */
  add(problem: TooManyRequests, address: string): Promise<void>
  /** Writes what is counted and ends the interval; also done by itself. */
  flush(): Promise<void>
  stop(): Promise<void>
}

const INTERVAL_MILLISECONDS = 60_000
/** Further subjects of one interval are counted together, for each limit. */
const MOST_SUBJECTS = 1000
const OTHERS = 'others'

export interface RateRefusalsOptions {
  readonly audit: AuditTrail
  readonly onFailure: (error: unknown) => void
}

interface Refused {
  event: Omit<AuditEvent, 'detail'>
  readonly limit: string
  /** The row of the first of this interval: settled once it is written or could not be. */
  first: Promise<void> | undefined
  /** Those that no row tells of yet. */
  unwritten: number
}

export function createRateRefusals({ audit, onFailure }: RateRefusalsOptions): RateRefusals {
  const refused = new Map<string, Refused>()

  const write = ({ event, limit }: Refused, requests: number) =>
    audit.record({ ...event, detail: { limit, requests } })

  /** Never rejects: what could not be written is counted, for the row at the end of the interval. */
  async function writeFirst(one: Refused, whose: TooManyRequests['whose']): Promise<void> {
    try {
      one.event = { ...one.event, ...(await whose()) }
      await write(one, 1)
    } catch (error) {
      one.unwritten += 1
      onFailure(error)
    }
  }

  async function add(problem: TooManyRequests, address: string): Promise<void> {
    const { limit } = problem
    const its = `${limit} ${problem.subject}`
    const isOne = refused.has(its) || refused.size < MOST_SUBJECTS
    const name = isOne ? its : `${limit} ${OTHERS}`
    const one = refused.get(name) ?? {
      event: {
        action: 'request.rate_limited',
        outcome: 'refused',
        actor: 'unknown',
        reason: problem.code,
        address: isOne ? address : OTHERS,
      },
      limit,
      first: undefined,
      unwritten: 0,
    }
    refused.set(name, one)
    if (one.first === undefined)
      one.first = writeFirst(one, isOne ? problem.whose : async () => ({ actor: 'unknown' }))
    else one.unwritten += 1
    await one.first
  }

  async function endInterval(name: string, one: Refused): Promise<void> {
    await one.first
    const requests = one.unwritten
    one.unwritten = 0
    one.first = undefined
    try {
      if (requests > 0) await write(one, requests)
    } catch (error) {
      one.unwritten += requests
      throw error
    }
    if (one.first === undefined) refused.delete(name)
  }

  async function flush(): Promise<void> {
    const ended = await Promise.allSettled([...refused].map(([name, one]) => endInterval(name, one)))
    for (const outcome of ended) if (outcome.status === 'rejected') onFailure(outcome.reason)
  }

  const timer = setInterval(() => void flush(), INTERVAL_MILLISECONDS)
  timer.unref()
  return {
    async note(error, request, _response, next) {
      if (error instanceof TooManyRequests) await add(error, clientAddress(request))
      next(error)
    },
    add,
    flush,
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}
