import { type Html, html } from '@odoo-backup/service'
import type { Session } from '../login/sessions.ts'

/** The hidden field without which a form is taken for one of another site. */
export function formToken({ formToken: token }: Session): Html {
  return html`<input type="hidden" name="form_token" value="${token}">`
}

export function logOutForm(session: Session): Html {
  return html`<form method="post" action="/logout">${formToken(session)}<button type="submit" class="plain">Log out</button></form>`
}
