import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import express, { type RequestHandler, Router } from 'express'
import { answerManagerDisabled } from './compat/answer.ts'
import type { HttpSettings } from './settings.ts'

/** The folder of the built web interface beside this agent, or undefined where it was not built. */
export function findWebInterface(): string | undefined {
  const require = createRequire(import.meta.url)
  try {
    const folder = join(dirname(require.resolve('@odoo-backup/agent-ui/package.json')), 'dist')
    return existsSync(join(folder, 'index.html')) ? folder : undefined
  } catch {
    return undefined
  }
}

/**
 * Serves the built interface. Files with a hash in their name are kept by browsers for ever; any other path is the
 * page itself, which reads its address on its own. Off with `list_db`, as all pages are.
 */
export function webInterface(folder: string, settings: () => Pick<HttpSettings, 'listDb'>): RequestHandler {
  const router = Router()
  router.use((request, response, next) => {
    if (settings().listDb || request.path.startsWith('/api/')) next()
    else answerManagerDisabled(response)
  })
  router.use((request, response, next) => {
    // Its files are named relative to the folder, so the folder's own slash must stand in the address: of the folder
    // alone, as a proxy may have taken off what stands before it.
    if (request.path === '/' && !request.originalUrl.split('?', 1)[0]?.endsWith('/'))
      return response.redirect(308, `${basename(request.baseUrl)}/`)
    next()
  })
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  )
  router.use(express.static(folder, { index: false }))
  router.get('/{*page}', (request, response, next) => {
    if (request.path.startsWith('/api/') || !request.accepts('html')) return next()
    response.set('cache-control', 'no-cache')
    response.sendFile(join(folder, 'index.html'))
  })
  return router
}
