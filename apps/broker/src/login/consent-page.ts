import { Purpose } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import { formToken } from '../pages/forms.ts'
import { mailAddress, webAddress } from '../pages/line-ends.ts'
import type { Messages } from '../pages/messages/en.ts'
import type { WordedPage } from '../pages/send-page.ts'
import { time } from '../pages/time.ts'
import type { PendingConsent } from './consents.ts'
import type { Session } from './sessions.ts'

/** Asks the account's owner whether this instance may use the account. */
export function consentPage(asked: PendingConsent, session: Session): WordedPage {
  const { account } = session
  return words => {
    const { consent, purposes, logOut, noName } = words
    return {
      title: asked.origin === undefined ? consent.titleOfServer : consent.title,
      body: html`<dl>
<dt>${consent.whoAsks}</dt><dd>${whoAsks(asked, words)}</dd>
<dt>${consent.askedAt}</dt><dd>${time(asked.askedAt)}</dd>
<dt>${consent.yourAccount}</dt><dd><bdi>${mailAddress(account.email ?? account.name ?? noName)}</bdi> ${consent.folder(account.folder)}</dd>
</dl>
${warning(asked, words)}
<form method="post" action="/consent/${asked.id}">
${formToken(session)}
<fieldset><legend>${consent.may}</legend>
${Purpose.options.map(
  purpose =>
    html`<label class="choice"><input type="checkbox" name="purposes" value="${purpose}"${
      asked.purposes.includes(purpose) ? html` checked` : ''
    }> ${purposes[purpose]}</label>`,
)}
</fieldset>
<p>${consent.revocable}</p>
<p class="actions">
<button type="submit" name="decision" value="approve">${consent.approve}</button>
<button type="submit" name="decision" value="deny" class="plain">${consent.deny}</button>
</p>
</form>
<form method="post" action="/logout">${formToken(session)}
<p class="quiet actions"><span>${consent.notYours}</span> <button type="submit" class="plain">${logOut}</button></p></form>`,
    }
  }
}

function whoAsks({ origin }: PendingConsent, { consent }: Messages): Html | string {
  return origin === undefined
    ? consent.commandLine
    : consent.odooAt(html`<strong><bdi>${webAddress(origin)}</bdi></strong>`)
}

/** Consent given to a stranger's server is a takeover: the page says what to look at. */
function warning({ origin, originIs }: PendingConsent, { consent }: Messages): Html {
  if (origin === undefined) return html`<p role="alert" class="card warn">${consent.warnCommandLine}</p>`
  return html`<p role="alert" class="card warn">${consent.warnOrigin(html`<bdi>${webAddress(origin)}</bdi>`)} ${
    { known: consent.knownOrigin, revoked: consent.revokedOrigin, new: consent.newOrigin }[originIs]
  }</p>`
}
