import { type Html, html, httpUrl } from '@odoo-backup/service'
import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import { mailAddress, webAddress } from './line-ends.ts'

/** Where the operator of the service is reached: an e-mail address, or the address of a page. */
export const Contact = z
  .string()
  .refine(
    contact => [z.email().max(320), httpUrl()].some(kind => kind.safeParse(contact).success),
    'Give an e-mail address, or an absolute http:// or https:// URL.',
  )

const contacts = new WeakMap<Response, string>()

/** The pages that answer tell their readers where the operator is reached; nothing where no contact is given. */
export function tellContact(contact: string | undefined): RequestHandler {
  return (_request, response, next) => {
    if (contact !== undefined) contacts.set(response, contact)
    next()
  }
}

/** The link by which the operator is reached; undefined where nobody is named. */
export function contactLink(response: Response): Html | undefined {
  const contact = contacts.get(response)
  if (contact === undefined) return undefined
  return URL.canParse(contact)
    ? html`<a href="${contact}">${webAddress(contact)}</a>`
    : html`<a href="mailto:${contact}">${mailAddress(contact)}</a>`
}
