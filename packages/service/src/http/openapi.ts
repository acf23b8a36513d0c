import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { Problem } from '@odoo-backup/protocol'
import { z } from 'zod'
import type { Route } from './route.ts'

export interface ApiTitle {
  readonly title: string
  readonly version: string
  readonly description?: string
  /** The name of the session cookie, for routes whose security is `session`. */
  readonly sessionCookie?: string
}

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>

const problemTexts: Readonly<Record<number, string>> = {
  400: 'The request is not valid (code `invalid_request`).',
  401: 'Log in first.',
  402: 'Payment is required.',
  403: 'Not allowed.',
  404: 'There is no such thing.',
  408: 'The request did not come in time (code `request_timeout`).',
  409: 'Not possible in the present state.',
  412: 'It was changed meanwhile: read it again (see `If-Match`).',
  413: 'The request is too large (code `too_large`).',
  415: 'The body is of another kind, or spelled in another way, than this service reads (code `unsupported_media_type`).',
  422: 'The request is understood but cannot be carried out.',
  429: 'Too many requests; see `Retry-After`.',
  431: 'The headers are too large (code `headers_too_large`).',
  500: 'Something went wrong on our side.',
  503: 'Not available now; see `Retry-After`.',
}

/** Named, so that the document holds it once. */
const problemComponent = Problem.meta({ id: 'Problem' })

/** What any request may be answered, whatever its route: it was malformed, slow or too large, or we failed. */
const ANY_REQUEST = [400, 408, 431, 500]
/** What any request that may have a body can be answered besides. */
const ANY_BODY = [413, 415]

/** `/v1/x/:id` as OpenAPI writes it: `/v1/x/{id}`. */
export function openApiPath(path: string): string {
  return path.replaceAll(/[:*]([A-Za-z_]\w*)/g, '{$1}')
}

/** The OpenAPI 3.1 document of these routes, made from the schemas that check them. */
export function openApiDocument(routes: readonly Route[], about: ApiTitle): OpenApiDocument {
  const registry = new OpenAPIRegistry()
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: about.sessionCookie ?? 'session',
  })
  for (const route of routes.filter(({ hidden }) => hidden !== true)) describe(registry, route)
  const { title, version, description } = about
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title, version, ...(description === undefined ? {} : { description }) },
  })
}

/** The statuses of all problems that a route may answer. */
export function problemsOf({ method, problems = [] }: Route): number[] {
  return [...new Set([...ANY_REQUEST, ...(method === 'get' ? [] : ANY_BODY), ...problems])].sort()
}

function describe(registry: OpenAPIRegistry, route: Route): void {
  const { method, path, summary, description, tags, security = 'none', params, query, body } = route
  const { answer, status = 200, produces = 'application/json' } = route
  registry.registerPath({
    method,
    path: openApiPath(path),
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [...(tags ?? [])],
    security: security === 'none' ? [] : [{ [security]: [] }],
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      [status]: {
        description: 'Done.',
        ...(answer === undefined && route.produces === undefined
          ? {}
          : { content: { [produces]: { schema: answer ?? z.string() } } }),
      },
      ...Object.fromEntries(
        problemsOf(route).map(code => [
          code,
          {
            description: problemTexts[code] ?? 'Refused.',
            content: { 'application/problem+json': { schema: problemComponent } },
          },
        ]),
      ),
    },
  })
}
