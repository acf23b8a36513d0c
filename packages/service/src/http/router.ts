import { Router } from 'express'
import type { Route } from './route.ts'

/** An express router of declared routes; HEAD is answered as GET without its body. */
export function routerOf(routes: readonly Route[]): Router {
  const router = Router({ caseSensitive: true, strict: true })
  for (const { method, path, before = [], run } of routes) {
    router[method](path, ...before, (request, response) => run(request, response))
  }
  return router
}
