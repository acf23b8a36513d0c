import { sendPage } from '../html/page.ts'
import { type ApiTitle, openApiDocument } from './openapi.ts'
import { openApiPage } from './openapi-page.ts'
import { type Route, route } from './route.ts'

/** `GET /openapi.json` and `GET /api-documentation`, a page to read it by. */
export function openApiRoutes(routes: readonly Route[], about: ApiTitle): Route[] {
  const document = openApiDocument(routes, about)
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      summary: 'This document.',
      hidden: true,
      handle: ({ response }) => void response.json(document),
    }),
    route({
      method: 'get',
      path: '/api-documentation',
      summary: 'This document as a page.',
      hidden: true,
      produces: 'text/html',
      handle: ({ response }) =>
        sendPage(response, { title: about.title, body: openApiPage(routes, document) }),
    }),
  ]
}
