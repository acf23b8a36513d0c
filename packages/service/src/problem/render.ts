import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { type Html, html } from '../html/html.ts'
import { page } from '../html/page.ts'
import { requestLog } from '../http/request-context.ts'
import type { Log } from '../log/logger.ts'
import { asProblem, notFound } from './as-problem.ts'
import type { HttpProblem } from './http-problem.ts'

/** How a problem's page is worded: `detail` is the problem's own text where it is undefined. */
export interface ProblemWords {
  readonly language: string
  readonly title: string
  readonly detail: string | undefined
  /** `detail` says all that the problem's own text does. */
  readonly isWhole?: boolean
  readonly logIn: string
  readonly buyCredit: string
  readonly skip: string
  /** Where one goes on from there, unless the problem itself leads somewhere. */
  readonly wayBack?: { readonly href: string; readonly text: string }
  /** Beside the product's name, for those who are logged in. */
  readonly navigation?: Html
  /** Below all else, such as links to other languages. */
  readonly footer?: Html
}

/** The words for the reader of a request; undefined: English. */
export type ProblemWording = (response: Response, problem: HttpProblem) => ProblemWords | undefined

/** Writes a problem: `application/problem+json`, or a small page where a browser asks for HTML. */
export function sendProblem(
  request: Request,
  response: Response,
  problem: HttpProblem,
  wording?: ProblemWording,
): void {
  response.status(problem.status)
  response.setHeader('Cache-Control', 'no-store')
  if (problem.retryAfterSeconds !== undefined)
    response.setHeader('Retry-After', String(Math.max(1, Math.ceil(problem.retryAfterSeconds))))
  if (request.accepts(['json', 'html']) === 'html') {
    response.type('html').send(problemPage(response, problem, wording?.(response, problem)))
    return
  }
  const { status, code, title, detail, extra, fields } = problem
  const named = fields.length === 0 ? {} : { fields }
  response.type('application/problem+json').send(
    JSON.stringify({
      ...extra,
      ...named,
      type: 'about:blank',
      title,
      status,
      code,
      ...(detail ? { detail } : {}),
    }),
  )
}

function problemPage(response: Response, problem: HttpProblem, words: ProblemWords | undefined): string {
  const { authLink, rechargeLink } = problem.extra
  const own = problem.detail ?? ''
  const wayBack = authLink === undefined && rechargeLink === undefined ? words?.wayBack : undefined
  // Words of another language come first; what the service itself says of it may name more.
  const isOther = words?.detail !== undefined && words.detail !== own
  return page({
    title: words?.title ?? problem.title,
    ...(words === undefined ? {} : { language: words.language, skip: words.skip }),
    ...(words?.navigation === undefined ? {} : { navigation: words.navigation }),
    ...(words?.footer === undefined ? {} : { footer: words.footer }),
    nonce: String(response.locals.nonce ?? ''),
    body: html`
      <p>${isOther ? words?.detail : own}</p>
      ${isOther && own !== '' && words?.isWhole !== true && html`<p class="quiet" lang="en">${own}</p>`}
      ${typeof authLink === 'string' ? html`<p><a class="button" href="${authLink}">${words?.logIn ?? 'Log in'}</a></p>` : ''}
      ${typeof rechargeLink === 'string' ? html`<p><a class="button" href="${rechargeLink}">${words?.buyCredit ?? 'Buy credit'}</a></p>` : ''}
      ${wayBack !== undefined && html`<p><a class="button" href="${wayBack.href}">${wayBack.text}</a></p>`}
      <p class="quiet">${problem.status} · ${problem.code}</p>`,
  })
}

/** The last ordinary handler: whatever no route took. */
export const answerNotFound: RequestHandler = () => {
  throw notFound()
}

/** The error handler of an app: logs the private part, sends the public one. */
export function renderProblems(log: Log, wording?: ProblemWording): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error, request, response, _next) => {
    const problem = asProblem(error)
    const own = requestLog(response) ?? log
    if (problem.status >= 500)
      own.error({ err: problem.cause ?? problem, status: problem.status }, 'request failed')
    else if (problem.cause !== undefined)
      own.debug({ err: problem.cause, status: problem.status }, 'request refused')
    // A body that has begun cannot become another one; cut, it is not taken for whole. Express would do the same, but print
    // the error with its cause past the log.
    if (response.headersSent) request.socket.destroy()
    else sendProblem(request, response, problem, wording)
  }
}
