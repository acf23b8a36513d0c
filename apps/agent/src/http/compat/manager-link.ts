import { html } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { answerPage, waysBack } from './answer.ts'
import type { CompatContext } from './context.ts'
import { alert, brokenWell } from './pages/frame.ts'
import { wordsFor } from './pages/words.ts'

/**
 * `GET /web/database/manager`, for visitors who reach the agent directly: behind a proxy this path is Odoo's own. A
 * page that leads on, not a redirect: browsers hold a form that came here to our own site (form-action).
 */
export async function showManagerLink(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const { odooUrl } = context.settings()
  const words = wordsFor(request)
  const manager = odooAddress(context, request, '/web/database/manager')
  const link = html`<p><a href="${manager.href}">${words.openManager}</a></p>`
  if (await doesAnswer(odooUrl)) {
    response.set('refresh', `0; url=${manager.href}`)
    answerPage(response, link)
  } else {
    // No failure of the agent's: whoever comes from a restore learns that it is done and what is left to do.
    answerPage(
      response,
      html`${alert('warn', brokenWell(words.odooSilent(new URL(odooUrl).origin)))}${link}
        <p><a href="/web/database/backups">${words.toBackups}</a></p>`,
    )
  }
}

const ODOO_PATIENCE_MS = 3_000

/**
 * `GET /web?db=NAME`, likewise: leads into that database of the running Odoo, as its own manager's list does. Where no
 * Odoo runs, a page says so: the browser's own words for it name neither Odoo nor what to do.
 */
export async function leadToOdoo(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const { odooUrl } = context.settings()
  if (!(await doesAnswer(odooUrl))) {
    const words = wordsFor(request)
    const said = brokenWell(words.odooSilent(new URL(odooUrl).origin))
    return answerPage(response, html`${alert('danger', said)}${waysBack(words, words.toBackups)}`, 503)
  }
  const web = odooAddress(context, request, '/web')
  const database: unknown = request.query.db
  if (typeof database === 'string') web.searchParams.set('db', database)
  response.redirect(302, web.href)
}

/** Whatever it answers: that somebody listens is enough. */
async function doesAnswer(odooUrl: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ODOO_PATIENCE_MS)
    const answer = await fetch(new URL('/web/login', odooUrl), { method: 'HEAD', redirect: 'manual', signal })
    await answer.body?.cancel()
    return true
  } catch {
    return false
  }
}

/** Where the visitor reaches Odoo: where the agent does, by the name that the visitor knows this machine by. */
function odooAddress(context: CompatContext, request: Request, path: string): URL {
  const address = new URL(path, context.settings().odooUrl)
  if (/^(127\.[\d.]+|localhost|\[::1\])$/.test(address.hostname)) address.hostname = request.hostname
  return address
}
