import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { invalidRequest } from '../problem/as-problem.ts'
import { HttpProblem } from '../problem/http-problem.ts'

/** How a caller of a route proves who they are, as the API document says it. */
export type RouteSecurity = 'bearer' | 'session' | 'none'
export type RouteMethod = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What a handler is given: the parts of the request that passed their schemas. */
export interface RouteInput<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly request: Request
  readonly response: Response
}

export interface RouteDefinition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: RouteMethod
  /** Such as `/v1/accounts/:id`; `{*rest}` as express 5 knows them is written `/*rest`. */
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly security?: RouteSecurity
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** The shape of the success answer; unknown members are left out. Absent: the handler writes the response itself. */
  readonly answer?: Answer
  /** The status of success, 200 by default. */
  readonly status?: number
  /** The media type of what a handler writes itself, for the document. */
  readonly produces?: string
  /** Statuses of the problems that this route may answer besides 400 and 500. */
  readonly problems?: readonly number[]
  /** Left out of the document: pages of ours, old calls described elsewhere. */
  readonly hidden?: boolean
  readonly before?: readonly RequestHandler[]
  readonly handle: (
    input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => z.input<Answer> | Promise<z.input<Answer>>
}

type AnyDefinition = RouteDefinition<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>

/** One route: what it is for the router and for the document. Made by `route`. */
export interface Route extends Omit<AnyDefinition, 'handle'> {
  readonly run: (request: Request, response: Response) => Promise<void>
}

/** Read as an object without members where a route declares nothing: what it does not know it does not see. */
const nothing = z.object({})

function check<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value)
  if (!result.success) throw invalidRequest(result.error, where)
  if (holdsNul(result.data)) throw nulRefused(where)
  return result.data
}

/** Whether a text in it holds NUL, which no database of ours takes and no person types. */
function holdsNul(value: unknown): boolean {
  const left = [value]
  while (left.length > 0) {
    const one = left.pop()
    if (typeof one === 'string' && one.includes('\u0000')) return true
    if (typeof one === 'object' && one !== null) left.push(...Object.entries(one).flat())
  }
  return false
}

function nulRefused(where: string): HttpProblem {
  return new HttpProblem({
    status: 400,
    code: 'invalid_request',
    detail: `${where}: a text holds the character NUL (U+0000).`,
  })
}

/**
 * Declares a route once: the same schemas check the request, type the handler, bound the answer and make the
 * OpenAPI document.
 */
export function route<
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodVoid,
>(definition: RouteDefinition<Params, Query, Body, Answer>): Route
export function route(definition: AnyDefinition): Route {
  const { handle, ...declared } = definition
  const { params = nothing, query = nothing, body, answer, status = 200 } = declared
  return {
    ...declared,
    run: async (request, response) => {
      const result = await handle({
        params: check(params, request.params, 'path'),
        query: check(query, request.query, 'query'),
        body: body === undefined ? undefined : check(body, request.body ?? {}, 'body'),
        request,
        response,
      })
      if (answer === undefined) return
      const checked = answer.safeParse(result)
      if (!checked.success) {
        throw new HttpProblem({ status: 500, code: 'internal_error', cause: checked.error })
      }
      if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store')
      sendJson(response, status, checked.data)
    },
  }
}

/**
 * As one string, which Node writes together with the headers in one piece: `response.json` makes a buffer of all but
 * the shortest answers, and two pieces of each.
 */
function sendJson(response: Response, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
