import { type Html, html, sendPage } from '@odoo-backup/service'
import type { Response } from 'express'
import { formToken } from '../pages/forms.ts'
import { languageLinks } from '../pages/language.ts'
import { doneSentence } from './done.ts'
import { menu, type Place } from './menu.ts'
import type { ConsoleMessages } from './messages/index.ts'
import { accountName } from './names.ts'
import type { Operator } from './operator-door.ts'

export interface OperatorPage {
  readonly place: Place
  readonly title: string
  /** The title with the places where its lines may end. */
  readonly heading?: Html
  readonly body: Html
  /** 200 by default. */
  readonly status?: number
  /** The word by which a change led here. */
  readonly done?: string | undefined
}

/** Sends a page of the operators' console. */
export function sendOperatorPage(
  response: Response,
  operator: Operator,
  { place, title, heading, body, status = 200, done }: OperatorPage,
): void {
  const { session, role, words, site } = operator
  const sentence = doneSentence(done, words)
  const who = html`<bdi>${accountName({ ...session.account, displayName: session.account.name })}</bdi>`
  sendPage(response, {
    title,
    ...(heading === undefined ? {} : { heading }),
    status,
    language: site.language,
    skip: site.skip,
    navigation: menu(operator, place),
    body: html`${sentence !== undefined && html`<p role="status" class="card good">${sentence}</p>`}${body}<p class="quiet">${words.youAre(who, site.particulars.roles[role])}</p>`,
    ...(response.req.method === 'GET'
      ? { footer: languageLinks(site, response.req.originalUrl.split('?', 2)[1]) }
      : {}),
  })
}

/** Where in a list one is. */
export interface ListPlace {
  /** Where this page begins; absent on the first one. */
  readonly cursor?: string | undefined
  /** Absent on the last page. */
  readonly nextCursor?: string | undefined
}

/** Leads to the rest of a list, and from there back to its beginning. */
export function otherPages(
  { firstPage, nextPage }: Pick<ConsoleMessages, 'firstPage' | 'nextPage'>,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  { cursor, nextCursor }: ListPlace,
): Html | false {
  if (cursor === undefined && nextCursor === undefined) return false
  const address = (begin: string | undefined) => {
    const parameters = new URLSearchParams()
    for (const [name, value] of Object.entries({ ...query, cursor: begin }))
      if (value !== undefined) parameters.set(name, value)
    return parameters.size === 0 ? path : `${path}?${parameters.toString()}`
  }
  return html`<p class="actions">${nextCursor !== undefined && html`<a class="button plain" href="${address(nextCursor)}">${nextPage}</a>`}${cursor !== undefined && html`<a href="${address(undefined)}">${firstPage}</a>`}</p>`
}

/** A form of one button that says why, as every change by an operator must. */
export function changeForm(
  { session, words, path }: Operator,
  { action, id, inside, button, dangerous = false }: ChangeForm,
): Html {
  return html`<form method="post" action="${action}">${formToken(session)}<input type="hidden" name="page" value="${path}">${inside}
<label for="reason-${id}">${words.why}</label>
<input type="text" id="reason-${id}" name="reason" required minlength="3" maxlength="500">
<p class="actions"><button type="submit"${dangerous && html` class="danger"`}>${button}</button></p></form>`
}

export interface ChangeForm {
  readonly action: string
  /** Unlike those of all other forms of the page. */
  readonly id: string
  readonly inside?: Html
  readonly button: string
  readonly dangerous?: boolean
}
