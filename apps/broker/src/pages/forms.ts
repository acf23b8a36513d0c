import { type Html, html } from '@odoo-backup/service'
import type { Session } from '../login/sessions.ts'
import type { Messages } from './messages/en.ts'

/** The hidden field without which a form is taken for one of another site. */
export function formToken({ formToken: token }: Session): Html {
  return html`<input type="hidden" name="form_token" value="${token}">`
}

export function logOutForm(session: Session, { logOut }: Pick<Messages, 'logOut'>): Html {
  return html`<form method="post" action="/logout">${formToken(session)}<button type="submit" class="plain">${logOut}</button></form>`
}
