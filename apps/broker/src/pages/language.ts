import { type Html, type HttpProblem, html, type ProblemWording, safeHref } from '@odoo-backup/service'
import type { Request, RequestHandler, Response } from 'express'
import { readCookie } from '../http/read-cookie.ts'
import { Refusal } from '../http/refusal.ts'
import { footerOf } from './footer.ts'
import { de } from './messages/de.ts'
import { en, type Messages } from './messages/en.ts'

/** The languages of the pages; the first is that of readers whose own is not among them. */
export const LANGUAGES: readonly [Messages, ...Messages[]] = [en, de]

const COOKIE = 'odoo_backup_language'
const YEAR_MS = 365 * 86_400_000

function find(language: unknown): Messages | undefined {
  return LANGUAGES.find(words => words.language === language)
}

/** The words of a language that was noted; English where none was, or is spoken no more. */
export function wordsIn(language: string | null | undefined): Messages {
  return find(language) ?? en
}

/** The words for the reader of an answer: as they chose, else as their browser asks for. */
export function wordsOf({ req }: Pick<Response, 'req'>): Messages {
  return (
    find(req.query.language) ??
    find(readCookie(req, COOKIE)) ??
    find(req.acceptsLanguages(LANGUAGES.map(({ language }) => language))) ??
    en
  )
}

/** Keeps the language that a link of `languageLinks` asked for. */
export function keepLanguage({ secure }: { readonly secure: boolean }): RequestHandler {
  return (request, response, next) => {
    const chosen = request.method === 'GET' ? find(request.query.language) : undefined
    if (chosen !== undefined)
      response.cookie(COOKIE, chosen.language, {
        httpOnly: true,
        sameSite: 'lax',
        secure,
        path: '/',
        maxAge: YEAR_MS,
      })
    next()
  }
}

/** Links by which the page as it is now, with what it was `asked` for, is read in another language. */
export function languageLinks(words: Messages, asked = ''): Html {
  const inLanguage = (language: string) => {
    const query = new URLSearchParams(asked)
    query.set('language', language)
    return `?${query.toString()}`
  }
  return html`<nav aria-label="${words.languages}">${LANGUAGES.map(({ language, name }) =>
    language === words.language
      ? html`<span aria-current="true">${name}</span>`
      : html`<a href="${inLanguage(language)}" lang="${language}" hreflang="${language}">${name}</a>`,
  )}</nav>`
}

/** Refusals whose English sentence says no more than another language’s, below which it would stand. */
const WHOLE: ReadonlySet<string> = new Set([
  'not_found',
  'invalid_request',
  'too_large',
  'unsupported_media_type',
  'internal_error',
  'rate_limited',
  'no_online_payment',
])

/** What is said of a refusal beyond its code, in the words of its reader; undefined: it is English alone. */
export function particularsOf(problem: HttpProblem, { particulars, problems }: Messages): string | undefined {
  if (problem instanceof Refusal) return problem.toldIn(particulars)
  const faults = problem.faults.map(({ path, code, most }) => {
    const [where = '', name = where] = path.split('.')
    const fault = most === undefined ? problems.faults[code] : problems.tooLong(most)
    return fault && `${problems.values[name] ?? name} (${fault})`
  })
  return faults.length === 0 || faults.includes(undefined) ? undefined : problems.faulty(faults.join(', '))
}

/** A refusal of this request leads its reader, who is an operator, back to the console. */
export function leadToConsole(response: Response): void {
  leadBack(response, ({ operatorConsole }) => ({ href: '/operator', text: operatorConsole }))
}

/** A refusal for now: a page leads to itself once more, as its address has it, and a form to the account. */
export function leadToItself({ method, originalUrl }: Request, response: Response): void {
  if (method !== 'POST')
    leadBack(response, ({ loginFailure: { again: text } }) => ({ href: originalUrl, text }))
}

interface WayBack {
  /** A path of ours. */
  readonly href: string
  readonly text: string
}
const waysBack = new WeakMap<Response, (words: Messages) => WayBack>()
const menus = new WeakMap<Response, Html>()

/** A refusal of this request leads its reader on by this way. */
export function leadBack(response: Response, way: (words: Messages) => WayBack): void {
  waysBack.set(response, way)
}

/** A refusal of this request shows its reader the menu that the pages have from which it came. */
export function showMenu(response: Response, menu: Html): void {
  menus.set(response, menu)
}

/** Whether a refusal of this request shows a menu already. */
export function hasMenu(response: Response): boolean {
  return menus.has(response)
}

/** Words the pages of errors, which lead on to the account's page unless another way was named. */
export const problemWording: ProblemWording = (response, problem) => {
  const { status, code, title } = problem
  const words = wordsOf(response)
  const { language, skip, logIn, problems, credit, toAccount } = words
  const particulars = particularsOf(problem, words)
  const navigation = menus.get(response)
  return {
    language,
    skip,
    logIn,
    buyCredit: credit.buy,
    title: problems.titlesOf[code] ?? problems.titles[status] ?? title,
    detail: particulars ?? problems.texts[code],
    isWhole: particulars !== undefined || (language !== 'en' && WHOLE.has(code)),
    wayBack: waysBack.get(response)?.(words) ??
      onceMore(response.req, problem, words) ?? { href: '/account', text: toAccount },
    ...(navigation === undefined ? {} : { navigation }),
    ...footerOf(response, words, {
      languages: isOpenedPlainly(response.req) ? languageLinks(words) : undefined,
      // Whoever has the menu of the console is the operator.
      hasContact: navigation === undefined,
    }),
  }
}

/** Of too many requests the next one is refused as well, until some time has passed: the page itself is as good as any. */
function onceMore(
  { method, originalUrl }: Request,
  { status }: HttpProblem,
  { loginFailure: { again } }: Messages,
): WayBack | undefined {
  if (status !== 429 || method !== 'GET') return undefined
  const href = safeHref(originalUrl)
  return href === originalUrl ? { href, text: again } : undefined
}

/** Asked for again in another language it is the same page: no form, and nothing in its address but the language. */
function isOpenedPlainly({ method, query }: Request): boolean {
  return method === 'GET' && Object.keys(query).every(name => name === 'language')
}
