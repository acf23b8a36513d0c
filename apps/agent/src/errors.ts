import { AgentErrorCode, type FieldFaultCode } from '@odoo-backup/protocol'
import type { CliExit, ErrorKind } from './error-kinds.ts'
import { KINDS } from './error-kinds.ts'

/**
 * Every failure that a person may see. `code` is stable and for programs, the message says what happened and
 * what to do and holds no secret, `cause` is for the log. Pages, API and command line render this one class.
 */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  readonly code: AgentErrorCode
  /** HTTP status that the API answers with. */
  readonly status: number
  /** Exit status of the command line (sysexits.h). */
  readonly exitCode: CliExit
  /** Whether the same may succeed later without anybody doing anything. */
  readonly retryable: boolean
  /** Where the administrator's browser must go, for `login_required`. */
  readonly authLink?: string
  /** Where credit can be bought, for `payment_required`. */
  readonly rechargeLink?: string
  /** Seconds to wait before trying again, where the other side said so. */
  readonly retryAfterSeconds?: number
  /** Which members of the request it is about, such as `schedules.0`. */
  readonly fields?: readonly AgentFieldFault[]

  constructor(code: AgentErrorCode, message: string, options: AgentErrorOptions = {}) {
    super(message, { cause: options.cause })
    const kind: ErrorKind = KINDS[code]
    this.code = code
    this.status = kind.status
    this.exitCode = kind.exitCode
    this.retryable = options.retryable ?? kind.retryable
    if (options.authLink !== undefined) this.authLink = options.authLink
    if (options.rechargeLink !== undefined) this.rechargeLink = options.rechargeLink
    if (options.fields !== undefined) this.fields = options.fields
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export interface AgentFieldFault {
  readonly path: string
  readonly code: FieldFaultCode
}

export interface AgentErrorOptions {
  readonly cause?: unknown
  readonly retryable?: boolean
  readonly authLink?: string
  readonly rechargeLink?: string
  readonly retryAfterSeconds?: number
  readonly fields?: readonly AgentFieldFault[]
}

export type { AgentErrorCode } from '@odoo-backup/protocol'

/** Reads a code that was stored, such as a failed job's; what is not known any more becomes `internal`. */
export function agentErrorCode(text: string): AgentErrorCode {
  return AgentErrorCode.safeParse(text).data ?? 'internal'
}
