import { html, safeHref } from '@odoo-backup/service'
import { logOutForm } from '../pages/forms.ts'
import { webAddress } from '../pages/line-ends.ts'
import type { Messages } from '../pages/messages/en.ts'
import type { WordedPage } from '../pages/send-page.ts'
import type { LoginProvider } from './authenticator.ts'
import { aimQuery, type LoginAim, logInAddress } from './login-aim.ts'
import type { LoginFailure } from './login-failure.ts'
import type { Session } from './sessions.ts'

/** Where several providers are configured: which one? */
export function choicePage(providers: readonly LoginProvider[], aim: LoginAim): WordedPage {
  const query = aimQuery(aim)
  return ({ choice }) => ({
    title: choice.title,
    query: aimQuery({ returnPath: aim.returnPath }),
    body: html`<p>${choice.about}</p>
<ul class="choices">${providers.map(({ id, label }) => html`<li><a class="button" href="/auth/${id}${query}">${choice.with(label)}</a></li>`)}</ul>`,
  })
}

/**
 * Moves the answer of odoo.com from the fragment, which no server sees, into a form and posts it: the token is
 * never part of an address, so that no log, history or `Referer` has it.
 */
export function fragmentPage(providerId: string): WordedPage {
  return ({ fragment }) => ({
    title: fragment.title,
    isSwitchable: false,
    body: html`<noscript><p>${fragment.noScript}</p></noscript>
<form id="answer" method="post" action="/auth/${providerId}/callback">
<input type="hidden" name="access_token"><input type="hidden" name="state"><input type="hidden" name="error">
</form>`,
    script: `const answer = new URLSearchParams(location.hash.slice(1))
history.replaceState(null, '', location.pathname)
const form = document.getElementById('answer')
for (const name of ['access_token', 'state', 'error']) form.elements[name].value = answer.get(name) ?? ''
form.submit()`,
  })
}

/** Says why a log-in failed, and leads to another one for the same page or question. */
export function failurePage({ code, status, aim: { loginRequestId, returnPath } }: LoginFailure): WordedPage {
  const again = loginRequestId === undefined ? logInAddress(returnPath) : `/login/${loginRequestId}`
  return ({ loginFailure: texts, logIn }) => ({
    title: texts.title,
    body: html`<p role="alert">${texts[code]}</p>
<p class="actions"><a class="button" href="${again}">${code === 'state_refused' ? logIn : texts.again}</a>${
      returnPath !== undefined && html`<a class="button plain" href="${returnPath}">${texts.back}</a>`
    }</p>`,
    status,
    isSwitchable: false,
  })
}

/** A page that says why something does not go on and what to do. */
export function refusalPage(name: keyof Messages['refusals'], status: number): WordedPage {
  return ({ refusals, toAccount, logIn }) => ({
    title: refusals[name].title,
    body: html`<p>${refusals[name].text}</p>${
      GO_ON.has(name) &&
      html`<p><a class="button" href="/account">${LOGGED_OUT.has(name) ? logIn : toAccount}</a></p>`
    }`,
    status,
  })
}

/** The answer to a form that is none of this browser's: it is opened again at its page, by default that of the account. */
export function foreignFormPage(page: string | undefined): WordedPage {
  return ({ refusals: { foreignForm }, loginFailure, toAccount }) => ({
    title: foreignForm.title,
    body: html`<p role="alert">${foreignForm.text}</p>
<p><a class="button" href="${safeHref(page ?? '/account')}">${page === undefined ? toAccount : loginFailure.back}</a></p>`,
    status: 403,
  })
}

/** Why an account cannot answer a question, with the ways to the account and to another log-in. */
export function wrongAccountPage(
  name: 'suspended' | 'otherAccount',
  status: number,
  session: Session,
): WordedPage {
  return words => ({ ...refusalPage(name, status)(words), navigation: logOutForm(session, words) })
}

/** Refusals after which somebody goes on with their account. */
const GO_ON: ReadonlySet<keyof Messages['refusals']> = new Set([
  'noInstallation',
  'noLogin',
  'expiredRecharge',
  'suspended',
  'otherAccount',
  'loggedOut',
  'noAccount',
])

/** Those of them that nobody who is logged in meets, or that a log-in mends. */
const LOGGED_OUT: ReadonlySet<keyof Messages['refusals']> = new Set(['noLogin', 'loggedOut', 'noAccount'])

/** The answer to an approval of nothing: the question at that address is still open. */
export function nothingToApprovePage(address: string): WordedPage {
  return ({ refusals: { nothingToApprove }, consent }) => ({
    title: nothingToApprove.title,
    body: html`<p role="alert">${nothingToApprove.text}</p>
<p><a class="button" href="${address}">${consent.backToQuestion}</a></p>`,
    status: 400,
  })
}

export const expiredPage: WordedPage = refusalPage('expired', 410)

/**
 * The answer to a form whose sender must log in first. A page, since browsers let no redirect after a form leave for
 * the log-in provider under a strict policy on forms: the click would do nothing at all.
 */
export function logInFirstPage(address: string): WordedPage {
  return ({ logInAgain, logIn }) => ({
    title: logInAgain.title,
    body: html`<p role="alert">${logInAgain.text}</p>
<p><a class="button" href="${safeHref(address)}">${logIn}</a></p>`,
    status: 403,
  })
}

/** Leads back without a redirect: a strict policy on forms forbids one as the answer to a form. */
export function leadBackPage(outcome: 'approved' | 'denied', address: string): WordedPage {
  return ({ consent }) => ({
    title: consent[outcome],
    body: html`<p role="status">${consent[`${outcome}Text`]}</p>
<p><a id="back" href="${safeHref(address)}">${consent.backTo(html`<bdi>${webAddress(new URL(address).host)}</bdi>`)}</a></p>`,
    script: `location.replace(document.getElementById('back').href)`,
  })
}
