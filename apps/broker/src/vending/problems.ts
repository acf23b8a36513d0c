import { HttpProblem } from '@odoo-backup/service'
import { VendingError } from './vending-error.ts'

/** What a client is told when vending fails. The cause goes to the log alone. */
export function vendingProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (!(error instanceof VendingError)) throw error
  if (error.code === 'unavailable')
    return new HttpProblem({
      status: 503,
      code: 'unavailable',
      detail: error.message,
      retryAfterSeconds: error.retryAfterSeconds ?? 1,
      cause: error,
    })
  return new HttpProblem({
    status: 502,
    code: 'store_refused',
    detail: 'The storage refuses to issue credentials: the operator of this service has to mend it.',
    cause: error,
  })
}
