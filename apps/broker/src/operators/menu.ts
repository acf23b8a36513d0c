import { type Html, html } from '@odoo-backup/service'
import type { Session } from '../login/sessions.ts'
import { logOutForm } from '../pages/forms.ts'
import type { Messages } from '../pages/messages/en.ts'
import type { AdminRole } from '../registry/generated/client.ts'
import type { ConsoleMessages } from './messages/index.ts'
import { includes } from './roles.ts'

/** Where one is in the operators' pages. */
export type Place = 'health' | 'accounts' | 'credentials' | 'billing' | 'audit'

/** `billing` is shown to those alone who see money. */
const PLACES: readonly (readonly [Place, string])[] = [
  ['health', '/operator'],
  ['accounts', '/operator/accounts'],
  ['credentials', '/operator/credentials'],
  ['billing', '/operator/billing'],
  ['audit', '/operator/audit'],
]

/** Whose menu it is. */
export interface MenuReader {
  readonly session: Session
  readonly role: AdminRole
  /** The console in their language, and what it shares with the other pages. */
  readonly words: ConsoleMessages
  readonly site: Messages
}

/** The places of the console and the way out. @param here where one is; absent on a page that is none of them */
export function menu({ session, role, words, site }: MenuReader, here?: Place): Html {
  const links = PLACES.filter(([place]) => place !== 'billing' || includes(role, 'billing')).map(
    ([place, href]) =>
      html`<a href="${href}"${place === here && html` aria-current="page"`}>${words.places[place]}</a>`,
  )
  return html`<nav aria-label="${site.operator}">${links}<a href="/account">${words.myAccount}</a></nav>${logOutForm(session, site)}`
}
