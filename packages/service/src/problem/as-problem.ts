import { ZodError } from 'zod'
import { HttpProblem } from './http-problem.ts'

const MOST = 10

/** `400 invalid_request` that names each wrong field; the values stay out of it. */
export function invalidRequest(error: ZodError, where?: string): HttpProblem {
  const issues = error.issues.slice(0, MOST).map(issue => ({
    path: [where, ...issue.path.map(String)].filter(part => part !== undefined).join('.'),
    code: fieldFaultCode(issue),
    ...mostLetters(issue),
    message: issue.message,
  }))
  const fields = error.issues
    .slice(0, MOST)
    .map(issue => ({ path: issue.path.map(String).join('.'), code: fieldFaultCode(issue) }))
  return new HttpProblem({
    status: 400,
    code: 'invalid_request',
    detail: issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' · '),
    faults: issues.map(({ message: _, ...fault }) => fault),
    ...(where === 'body' ? { fields: fields.filter(({ path }) => path !== '') } : {}),
  })
}

/** What is wrong with one value, as a page says it beside its field. */
function fieldFaultCode(issue: ZodError['issues'][number]): string {
  switch (issue.code) {
    case 'invalid_format':
      return issue.format === 'email' ? 'email' : issue.format === 'url' ? 'address' : 'invalid'
    case 'too_small':
      return issue.origin === 'string' ? 'required' : 'range'
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array' ? 'too_long' : 'range'
    default:
      return 'invalid'
  }
}

function mostLetters(issue: ZodError['issues'][number]): { readonly most?: number } {
  return issue.code === 'too_big' && issue.origin === 'string' ? { most: Number(issue.maximum) } : {}
}

/** What a request is answered that names nothing we have. */
export function notFound(): HttpProblem {
  return new HttpProblem({ status: 404, code: 'not_found', detail: 'There is nothing at this address.' })
}

/** What express and its body parsers throw: an error with a 4xx `status` and a `type`. */
interface RefusedRequest {
  readonly status: number
  readonly type?: unknown
}

function isRefusedRequest(error: unknown): error is RefusedRequest {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('expose' in error))
    return false
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500
}

const refusals: Readonly<Record<number, { code: string; detail: string }>> = {
  400: {
    code: 'invalid_request',
    detail: 'The request could not be read. Its body or address is malformed.',
  },
  413: { code: 'too_large', detail: 'The request is larger than this service accepts.' },
  415: { code: 'unsupported_media_type', detail: 'Send the body as application/json in UTF-8.' },
}

/** Any thrown value as the problem that the client is told; an unknown one is a 500 that says nothing of itself. */
export function asProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof ZodError) return unknownFailure(error)
  if (isRefusedRequest(error)) {
    const refusal = refusals[error.status] ?? {
      code: 'invalid_request',
      detail: 'The request cannot be accepted.',
    }
    // The error itself carries the body, and its message quotes it: the log may have neither.
    const cause = new Error(`The request was not read: ${String(error.type ?? 'unknown')}`)
    return new HttpProblem({ status: error.status, ...refusal, cause })
  }
  // express throws this for a malformed percent-encoding in a path, which its message quotes.
  if (error instanceof URIError) return new HttpProblem({ status: 400, ...malformed })
  return unknownFailure(error)
}

const malformed = { code: 'invalid_request', detail: 'The address is malformed.' }

function unknownFailure(cause: unknown): HttpProblem {
  return new HttpProblem({
    status: 500,
    code: 'internal_error',
    detail:
      'Something went wrong on our side. Try again in a moment; if it stays, tell the operator the time.',
    cause,
  })
}
