import type { Response } from 'express'
import { type Html, html, trusted } from './html.ts'
import { stylesheet } from './stylesheet.ts'

export interface PageOptions {
  readonly title: string
  /** What stands below the heading. */
  readonly body: Html
  /** The nonce of this answer's content policy. */
  readonly nonce: string
  /** Beside the product's name, for those who are logged in. */
  readonly navigation?: Html
  /** BCP 47; English by default. */
  readonly language?: string
  /** A script of our own, run under the nonce; never text from outside. */
  readonly script?: string
}

/** A whole page with the shared style; its title is also its heading. */
export function page(options: PageOptions): string {
  const { title, body, nonce, navigation, language = 'en', script } = options
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · odoo-backup.sh</title>
<style nonce="${nonce}">${trusted(stylesheet)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><div><strong>odoo-backup.sh</strong>${navigation}</div></header>
<main id="content">
<h1>${title}</h1>
${body}
</main>
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
