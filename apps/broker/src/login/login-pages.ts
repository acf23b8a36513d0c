import { type Html, html, safeHref } from '@odoo-backup/service'
import type { LoginProvider } from './authenticator.ts'

interface PageContent {
  readonly title: string
  readonly body: Html
  readonly script?: string
  readonly status?: number
}

/** Where several providers are configured: which one? */
export function choicePage(
  providers: readonly LoginProvider[],
  loginRequestId: string | undefined,
): PageContent {
  const query = loginRequestId === undefined ? '' : `?request=${encodeURIComponent(loginRequestId)}`
  return {
    title: 'Log in',
    body: html`<p>Your backups belong to the account with which you log in. Use the same one each time.</p>
<ul>${providers.map(({ id, label }) => html`<li><a href="/auth/${id}${query}">Log in with ${label}</a></li>`)}</ul>`,
  }
}

/**
 * Moves the answer of odoo.com from the fragment, which no server sees, into a form and posts it: the token is
 * never part of an address, so that no log, history or `Referer` has it.
 */
export function fragmentPage(providerId: string): PageContent {
  return {
    title: 'Logging in',
    body: html`<noscript><p>This step needs JavaScript: it hands the answer of the log-in service over without showing it in the address. Allow it for this page, then go back to your Odoo and begin again.</p></noscript>
<form id="answer" method="post" action="/auth/${providerId}/callback">
<input type="hidden" name="access_token"><input type="hidden" name="state"><input type="hidden" name="error">
</form>`,
    script: `const answer = new URLSearchParams(location.hash.slice(1))
history.replaceState(null, '', location.pathname)
const form = document.getElementById('answer')
for (const name of ['access_token', 'state', 'error']) form.elements[name].value = answer.get(name) ?? ''
form.submit()`,
  }
}

/** A page that says why something does not go on and what to do. */
export function refusalPage(title: string, message: string, status: number): PageContent {
  return { title, body: html`<p>${message}</p>`, status }
}

export function expiredPage(): PageContent {
  return refusalPage(
    'This link is no longer valid',
    'It was used already, or is older than ten minutes. Go back to your Odoo, or to the command line, and begin again.',
    410,
  )
}

/**
 * The answer to a form whose sender must log in first. A page, since browsers let no redirect after a form leave for
 * the log-in provider under a strict policy on forms: the click would do nothing at all.
 */
export function logInFirstPage(address: string): PageContent {
  return {
    title: 'Log in again',
    body: html`<p role="alert">Nothing was changed: for this your log-in must be younger than ten minutes. Log in, then do it again.</p>
<p><a class="button" href="${safeHref(address)}">Log in</a></p>`,
    status: 403,
  }
}

/** Leads back without a redirect: a strict policy on forms forbids one as the answer to a form. */
export function leadBackPage(title: string, message: string, address: string): PageContent {
  return {
    title,
    body: html`<p role="status">${message}</p>
<p><a id="back" href="${safeHref(address)}">Go back to ${new URL(address).host}</a></p>`,
    script: `location.replace(document.getElementById('back').href)`,
  }
}
