import type { Route } from '@odoo-backup/service'
import type { Request } from 'express'

/**
 * The route that a request was sent to, also where it never arrived there: with an error on the way express passes over
 * routes. Compared as it was sent, since express decodes no broken address.
 */
export function sentRoute<Known extends Pick<Route, 'method' | 'path'>>(
  routes: readonly Known[],
  request: Request,
): Known | undefined {
  return routes.find(({ method, path }) => {
    const [wanted, sent] = [path.split('/'), request.path.split('/')]
    return (
      request.method === method.toUpperCase() &&
      wanted.length === sent.length &&
      wanted.every((part, index) => part === sent[index] || (part.startsWith(':') && sent[index] !== ''))
    )
  })
}

/** What the address of such a request says in a parameter of its route; undefined: the route has none of this name. */
export function sentParameter(
  { path }: Pick<Route, 'path'>,
  name: string,
  request: Request,
): string | undefined {
  return request.path.split('/')[path.split('/').indexOf(`:${name}`)]
}
