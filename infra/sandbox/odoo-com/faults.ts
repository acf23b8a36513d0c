import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { page } from './html.ts'
import { errorBody, RpcError } from './json-rpc.ts'

/** An order of a test: how the next answers on a path shall go wrong. */
export const FaultOrder = z.object({
  path: z.string(),
  /**
   * `error`: an application error; `refused`: the connection breaks before the work; `lost`: it breaks after the
   * work was done; `hang`: the work is done and no answer ever comes; `html`: a page where JSON is due;
   * `500`, `503`: that status; `redirect`: a redirect to itself; `huge`: 64 MiB of body.
   */
  fault: z.enum(['error', 'refused', 'lost', 'hang', 'html', '500', '503', 'redirect', 'huge']),
  times: z.number().int().positive().default(1),
  /** Only requests that hold this text in query or body are meant: so tests that run side by side do not meet. */
  containing: z.string().optional(),
  /** For `error`: the Python class and message. */
  name: z.string().default('odoo.exceptions.UserError'),
  message: z.string().default('Ordered by a test.'),
})
export type FaultOrder = z.infer<typeof FaultOrder>

/** Lets each order of a test meet the requests that it names, in the order of ordering. */
export class Faults {
  #orders: FaultOrder[] = []

  order(order: FaultOrder): void {
    this.#orders.push({ ...order })
  }

  clear(): void {
    this.#orders = []
  }

  readonly middleware: RequestHandler = (request, response, next) => {
    if (request.path.startsWith('/sandbox/')) {
      next()
      return
    }
    const text = `${decodeURIComponent(request.url.replaceAll('+', ' '))}\n${request.body ?? ''}`
    const order = this.#orders.find(
      each => each.path === request.path && (each.containing === undefined || text.includes(each.containing)),
    )
    if (order === undefined) {
      next()
      return
    }
    order.times -= 1
    if (order.times === 0) this.#orders = this.#orders.filter(each => each !== order)
    misbehave(order, request, response, next)
  }
}

function misbehave(order: FaultOrder, request: Request, response: Response, next: () => void): void {
  switch (order.fault) {
    case 'error':
      response.json({ jsonrpc: '2.0', id: null, error: errorBody(new RpcError(order.name, order.message)) })
      return
    case 'refused':
      request.socket.destroy()
      return
    case 'lost':
      response.end = () => {
        request.socket.destroy()
        return response
      }
      next()
      return
    case 'hang':
      response.end = () => response
      next()
      return
    case 'html':
      response.send(page('Maintenance', '<p>odoo.com is being upgraded.</p>'))
      return
    case '500':
    case '503':
      response.status(Number(order.fault)).send(page('Internal Server Error', ''))
      return
    case 'redirect':
      response.redirect(302, request.originalUrl)
      return
    case 'huge':
      response.type('json').send(Buffer.alloc(64 * 1024 * 1024, 0x20))
      return
  }
}
