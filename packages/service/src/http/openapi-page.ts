import { type Html, html } from '../html/html.ts'
import { type OpenApiDocument, problemsOf } from './openapi.ts'
import type { Route } from './route.ts'

/** The document for people: every route with its fields, as one page without scripts. */
export function openApiPage(routes: readonly Route[], document: OpenApiDocument): Html {
  const shown = routes.filter(({ hidden }) => hidden !== true)
  const tags = [...new Set(shown.map(tagOf))]
  return html`
    <p>${document.info.description ?? ''}</p>
    <p>Version ${document.info.version}. The same for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).
    Errors are problem documents (RFC 9457) with a stable <code>code</code>.</p>
    ${tags.map(
      tag =>
        html`<h2>${tag}</h2>${shown.filter(route => tagOf(route) === tag).map(route => section(route, document))}`,
    )}`
}

function tagOf(route: Route): string {
  return route.tags?.[0] ?? 'Other'
}

const proof = {
  bearer: 'Authorization: Bearer …',
  session: 'the session of a browser',
  none: 'nothing',
} as const

function section(route: Route, document: OpenApiDocument): Html {
  const { method, path, summary, description, security = 'none', params, query, body, answer } = route
  return html`<section class="card">
    <h3><code>${method.toUpperCase()} ${path}</code></h3>
    <p>${summary}${description === undefined ? '' : html`<br>${description}`}</p>
    <dl><dt>Needs</dt><dd>${proof[security]}</dd>
    <dt>Refusals</dt><dd>${problemsOf(route).join(', ')}</dd></dl>
    ${fields('In the path', Object.keys(params?.shape ?? {}))}
    ${fields('In the query', Object.keys(query?.shape ?? {}))}
    ${body === undefined ? '' : schemaOf('Body', document, route, 'requestBody')}
    ${answer === undefined ? '' : schemaOf('Answer', document, route, 'responses')}
  </section>`
}

function fields(title: string, names: readonly string[]): Html | string {
  return names.length === 0 ? '' : html`<p>${title}: ${names.map(name => html`<code>${name}</code> `)}</p>`
}

function schemaOf(
  title: string,
  document: OpenApiDocument,
  route: Route,
  part: 'requestBody' | 'responses',
): Html {
  const path = route.path.replaceAll(/[:*]([A-Za-z_]\w*)/g, '{$1}')
  const operation = document.paths?.[path]?.[route.method]
  const shape =
    part === 'requestBody' ? operation?.requestBody : operation?.responses?.[String(route.status ?? 200)]
  const content = shape !== undefined && 'content' in shape ? shape.content : undefined
  const schema = content?.['application/json']?.schema
  return html`<details><summary>${title}</summary><pre>${JSON.stringify(schema ?? {}, null, 2)}</pre></details>`
}
