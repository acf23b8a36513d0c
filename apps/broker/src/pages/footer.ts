import { type Html, html } from '@odoo-backup/service'
import type { Response } from 'express'
import { contactLink } from './contact.ts'
import type { Messages } from './messages/en.ts'

/** What stands below a page: where the operator is reached, and the links to other languages where there are any. */
export function footerOf(
  response: Response,
  { contact }: Pick<Messages, 'contact'>,
  { languages, hasContact = true }: { readonly languages: Html | undefined; readonly hasContact?: boolean },
): { readonly footer?: Html } {
  const link = hasContact ? contactLink(response) : undefined
  if (link === undefined && languages === undefined) return {}
  return { footer: html`${link !== undefined && html`<p>${contact} ${link}</p>`}${languages}` }
}
