import { html } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { answerPage } from './answer.ts'
import type { CompatContext } from './context.ts'

/**
 * `GET /web/database/manager`, for visitors who reach the agent directly: behind a proxy this path is Odoo's own. A
 * page that leads on, not a redirect: browsers hold a form that came here to our own site (form-action).
 */
export function showManagerLink(context: CompatContext, request: Request, response: Response): void {
  const manager = odooAddress(context, request, '/web/database/manager')
  response.set('refresh', `0; url=${manager.href}`)
  answerPage(response, html`<p><a href="${manager.href}">Open Odoo's database manager</a></p>`)
}

/** `GET /web?db=NAME`, likewise: leads into that database of the running Odoo, as its own manager's list does. */
export function leadToOdoo(context: CompatContext, request: Request, response: Response): void {
  const web = odooAddress(context, request, '/web')
  const database: unknown = request.query.db
  if (typeof database === 'string') web.searchParams.set('db', database)
  response.redirect(302, web.href)
}

/** Where the visitor reaches Odoo: where the agent does, by the name that the visitor knows this machine by. */
function odooAddress(context: CompatContext, request: Request, path: string): URL {
  const address = new URL(path, context.settings().odooUrl)
  if (/^(127\.[\d.]+|localhost|\[::1\])$/.test(address.hostname)) address.hostname = request.hostname
  return address
}
