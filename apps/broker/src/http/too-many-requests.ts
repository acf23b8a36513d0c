import { HttpProblem } from '@odoo-backup/service'
import type { AuditEvent } from '../audit/audit-trail.ts'

/** Whom a row of the audit trail names. */
export type Who = Pick<AuditEvent, 'actor' | 'instanceId' | 'accountId'>

export interface TooManyRequestsOptions {
  /** Which limit was reached, such as `address`: it stands in the audit trail. */
  readonly limit: string
  /** Whom it counts, in a form that is no secret; never shown, never written. */
  readonly subject: string
  /** Not given: nobody whom the registry knows. */
  readonly whose?: () => Promise<Who>
  readonly detail: string
  readonly retryAfterSeconds: number
}

/** `rate_limited` (429). It is in the audit trail by way of `RateRefusals`, whoever throws it. */
export class TooManyRequests extends HttpProblem {
  readonly limit: string
  readonly subject: string
  readonly whose: () => Promise<Who>

  constructor({ limit, subject, whose, detail, retryAfterSeconds }: TooManyRequestsOptions) {
    super({ status: 429, code: 'rate_limited', detail, retryAfterSeconds })
    this.name = 'TooManyRequests'
    this.limit = limit
    this.subject = subject
    this.whose = whose ?? (async () => ({ actor: 'unknown' }))
  }
}
