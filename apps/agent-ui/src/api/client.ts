import type { Problem } from '@odoo-backup/protocol'
import { attendanceHeaders } from './attendance.ts'
import { tellUnknownOutcome } from './outcome-news.ts'
import { tellSession } from './session-news.ts'

/**
 * A refusal or failure as the agent describes it. When no answer of the agent came at all: `offline`, or
 * `outcome_unknown` of what changes something, as it may have been done all the same.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly status: number
  readonly problem: Problem | undefined

  constructor(code: string, status: number, message: string, problem?: Problem) {
    super(message)
    this.code = code
    this.status = status
    this.problem = problem
  }
}

/** The code of every refusal for want of a session. */
export const NOT_SIGNED_IN = 'not_signed_in'

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** The revision that a change was thought of: refused with `settings_changed` where there is another. */
  readonly revision?: string | undefined
  /** Nothing is done by it, whatever its method: it may be asked again without a look. */
  readonly isQuestion?: boolean
  readonly signal?: AbortSignal
}

/** What a proxy before the agent says when the agent does not answer it. */
const OF_A_PROXY: ReadonlySet<number> = new Set([502, 503, 504])

/** The code of an answer that the agent did not explain. */
export const codeOf = (status: number) => (OF_A_PROXY.has(status) ? 'offline' : 'unknown')

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Relative to the page, so that it works below any path prefix. */
export function apiAddress(path: string, query: CallOptions['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value))
  }
  const words = search.toString()
  return `./api/${path}${words === '' ? '' : `?${words}`}`
}

function problemOf(text: string): Problem | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isProblem(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
}

/**
 * One call of the agent's API. `Answer` is the schema's type in the wire contract: the agent validates what it
 * sends against it, so it is not checked a second time here.
 */
export async function call<Answer>(method: Method, path: string, options: CallOptions = {}): Promise<Answer> {
  try {
    return await exchange<Answer>(method, path, options)
  } catch (error) {
    const isQuestion = method === 'GET' || options.isQuestion === true
    if (isQuestion || !(error instanceof ApiError && error.code === 'offline')) throw error
    // It may have reached the agent, and only the answer was lost.
    tellUnknownOutcome()
    throw new ApiError('outcome_unknown', error.status, '')
  }
}

async function exchange<Answer>(method: Method, path: string, options: CallOptions): Promise<Answer> {
  const { body, query, signal, revision } = options
  let response: Response
  let text: string
  try {
    response = await fetch(apiAddress(path, query), {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...attendanceHeaders(),
        ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    text = await response.text()
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError('offline', 0, '')
  }
  if (response.ok) return text === '' ? (undefined as Answer) : (JSON.parse(text) as Answer)
  const problem = problemOf(text)
  if (problem?.code === NOT_SIGNED_IN) tellSession('ended')
  throw new ApiError(
    problem?.code ?? codeOf(response.status),
    response.status,
    problem?.detail ?? problem?.title ?? '',
    problem,
  )
}
