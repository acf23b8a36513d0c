import { STATUS_CODES } from 'node:http'

/** Which member of a request's body is wrong, such as `notices.mailTo.0`, and in what way: stable, for programs. */
export interface FieldFault {
  readonly path: string
  readonly code: string
}

/** The same for a page, which also says how long a text may be that is too long. */
export interface ToldFault extends FieldFault {
  readonly most?: number
}

export interface HttpProblemOptions {
  /** 400 to 599. */
  readonly status: number
  /** Stable, for programs: lower case and underscores. */
  readonly code: string
  /** For people: what happened and what to do. Everyone may read it. */
  readonly detail?: string
  /** A short name of the kind; by default that of the status. */
  readonly title?: string
  /** What only the log may know. */
  readonly cause?: unknown
  /** Further members of the document, such as `authLink` or `rechargeLink`. */
  readonly extra?: Readonly<Record<string, string | number | boolean>>
  readonly fields?: readonly FieldFault[] | undefined
  /** All that is wrong, also in the address, by paths that begin with `body`, `query` or `path`: for pages alone. */
  readonly faults?: readonly ToldFault[]
  /** Becomes the header `Retry-After`. */
  readonly retryAfterSeconds?: number
}

/** An answer that refuses: thrown anywhere below a route, rendered in one place (RFC 9457). */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string | undefined
  readonly title: string
  readonly extra: Readonly<Record<string, string | number | boolean>>
  readonly fields: readonly FieldFault[]
  readonly faults: readonly ToldFault[]
  readonly retryAfterSeconds: number | undefined

  constructor(options: HttpProblemOptions) {
    super(options.detail ?? options.code, { cause: options.cause })
    this.name = 'HttpProblem'
    this.status = options.status
    this.code = options.code
    this.detail = options.detail
    this.title = options.title ?? STATUS_CODES[options.status] ?? 'Error'
    this.extra = options.extra ?? {}
    this.fields = options.fields ?? []
    this.faults = options.faults ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
