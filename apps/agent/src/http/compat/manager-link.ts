import { html } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { answerPage } from './answer.ts'
import type { CompatContext } from './context.ts'

/**
 * `GET /web/database/manager`, for visitors who reach the agent directly: behind a proxy this path is Odoo's own. A
 * page that leads on, not a redirect: browsers hold a form that came here to our own site (form-action).
 */
export function showManagerLink(context: CompatContext, request: Request, response: Response): void {
  const manager = new URL('/web/database/manager', context.settings().odooUrl)
  const isLocal = /^(127\.[\d.]+|localhost|\[::1\])$/.test(manager.hostname)
  if (isLocal) manager.hostname = request.hostname
  response.set('refresh', `0; url=${manager.href}`)
  answerPage(response, html`<p><a href="${manager.href}">Open Odoo's database manager</a></p>`)
}
