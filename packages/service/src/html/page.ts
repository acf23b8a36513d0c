import type { Response } from 'express'
import { type Html, html, trusted } from './html.ts'
import { type Look, STYLESHEETS } from './stylesheet.ts'

export interface PageOptions {
  readonly title: string
  /** The title as the heading of the page, where its lines may not end anywhere. */
  readonly heading?: Html
  /** What stands below the heading. */
  readonly body: Html
  /** The nonce of this answer's content policy. */
  readonly nonce: string
  /** Beside the product's name, for those who are logged in. */
  readonly navigation?: Html
  /** BCP 47; English by default. */
  readonly language?: string
  /** What the link says by which the keyboard passes over the head of the page. */
  readonly skip?: string
  /** Below all else. */
  readonly footer?: Html
  /** A script of our own, run under the nonce; never text from outside. */
  readonly script?: string
  /** By default as all of the product looks. */
  readonly look?: Look
}

/** The product's mark, as in the agent's web interface (`apps/agent-ui/public/icon.svg`). */
const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#0f766e"/><path d="M8 12c0-2.2 3.6-4 8-4s8 1.8 8 4-3.6 4-8 4-8-1.8-8-4Zm0 4c0 2.2 3.6 4 8 4s8-1.8 8-4m-16 4c0 2.2 3.6 4 8 4s8-1.8 8-4" fill="none" stroke="#fff" stroke-width="2"/></svg>`
const ICON = `data:image/svg+xml,${encodeURIComponent(MARK)}`

/** A whole page with the shared style; its title is also its heading, unless that has marks of its own. */
export function page(options: PageOptions): string {
  const {
    title,
    heading = title,
    body,
    nonce,
    navigation,
    language = 'en',
    footer,
    script,
    look = 'own',
  } = options
  const { skip = 'Skip to the content' } = options
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · odoo-backup.sh</title>
<link rel="icon" href="${ICON}">
<style nonce="${nonce}">${trusted(STYLESHEETS[look])}</style>
</head>
<body>
<a class="skip" href="#content">${skip}</a>
<header class="top"><div><span class="brand">${trusted(MARK)}<span>odoo-backup.sh</span></span>${navigation}</div></header>
<main id="content">
<h1>${heading}</h1>
${body}
</main>
${footer && html`<footer>${footer}</footer>`}
${script === undefined ? '' : html`<script nonce="${nonce}">${trusted(script)}</script>`}
</body>
</html>`.toString()
}

/** Sends a page with the nonce of this answer; never kept by caches, since pages show what is private. */
export function sendPage(
  response: Response,
  options: Omit<PageOptions, 'nonce'> & { readonly status?: number },
): void {
  const { status = 200, ...rest } = options
  response.setHeader('Cache-Control', 'no-store')
  response
    .status(status)
    .type('html')
    .send(page({ ...rest, nonce: String(response.locals.nonce ?? '') }))
}
