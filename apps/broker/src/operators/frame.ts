import { type Html, html, sendPage } from '@odoo-backup/service'
import type { Response } from 'express'
import { formToken, logOutForm } from '../pages/forms.ts'
import { en } from '../pages/messages/en.ts'
import { doneSentence } from './done.ts'
import { includes, type Operator } from './operator-door.ts'

/** Where one is in the operators' pages; `undefined` for pages below one of them. */
export type Place = 'health' | 'accounts' | 'credentials' | 'billing' | 'audit'

/** `billing` is shown to those alone who see money. */
const PLACES: readonly (readonly [Place, string, string])[] = [
  ['health', '/operator', 'Health'],
  ['accounts', '/operator/accounts', 'Accounts'],
  ['credentials', '/operator/credentials', 'Credentials'],
  ['billing', '/operator/billing', 'Billing'],
  ['audit', '/operator/audit', 'Audit'],
]

export interface OperatorPage {
  readonly place: Place
  readonly title: string
  readonly body: Html
  /** 200 by default. */
  readonly status?: number
  /** The word by which a change led here. */
  readonly done?: string | undefined
}

/** Sends a page of the operators' console. */
export function sendOperatorPage(
  response: Response,
  { session, role }: Operator,
  { place, title, body, status = 200, done }: OperatorPage,
): void {
  const links = PLACES.filter(([name]) => name !== 'billing' || includes(role, 'billing')).map(
    ([name, href, label]) =>
      html`<a href="${href}"${name === place && html` aria-current="page"`}>${label}</a>`,
  )
  const sentence = doneSentence(done)
  sendPage(response, {
    title,
    status,
    navigation: html`<nav aria-label="Operator">${links}<a href="/account">My account</a></nav>${logOutForm(session, en)}`,
    body: html`${sentence !== undefined && html`<p role="status" class="card good">${sentence}</p>`}${body}<p class="quiet">You are <bdi>${session.account.email ?? session.account.name ?? session.account.subject}</bdi>, with the role ${role}.</p>`,
  })
}

/** Leads to the rest of a list; `nextCursor` is absent on its last page. */
export function nextPage(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  nextCursor: string | undefined,
): Html | false {
  if (nextCursor === undefined) return false
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...query, cursor: nextCursor }))
    if (value !== undefined) parameters.set(name, value)
  return html`<p><a class="button plain" href="${path}?${parameters.toString()}">Next page</a></p>`
}

/** A form of one button that says why, as every change by an operator must. */
export function changeForm(
  { session }: Operator,
  { action, id, inside, button, dangerous = false }: ChangeForm,
): Html {
  return html`<form method="post" action="${action}">${formToken(session)}${inside}
<label for="reason-${id}">Why, for the audit log</label>
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
