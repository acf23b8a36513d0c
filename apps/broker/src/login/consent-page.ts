import { Purpose } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import { formToken } from '../pages/forms.ts'
import { time } from '../pages/time.ts'
import type { PendingConsent } from './consents.ts'
import { PURPOSE_WORDING } from './purpose-wording.ts'
import type { Session } from './sessions.ts'

/** Asks the account's owner whether this instance may use the account. */
export function consentPage(consent: PendingConsent, session: Session): { title: string; body: Html } {
  const { account } = session
  return {
    title: 'May this Odoo use your backup account?',
    body: html`<dl>
<dt>Who asks</dt><dd>${whoAsks(consent)}</dd>
<dt>Asked at</dt><dd>${time(consent.askedAt)}</dd>
<dt>Your account</dt><dd>${account.email ?? account.name ?? 'without a name'} (folder ${account.folder})</dd>
</dl>
${warning(consent)}
<form method="post" action="/consent/${consent.id}">
${formToken(session)}
<fieldset><legend>What it may do</legend>
${Purpose.options.map(
  purpose =>
    html`<label class="choice"><input type="checkbox" name="purposes" value="${purpose}"${
      consent.purposes.includes(purpose) ? html` checked` : ''
    }> ${PURPOSE_WORDING[purpose]}</label>`,
)}
</fieldset>
<p>You can see and revoke it at any time on your account page.</p>
<p class="actions">
<button type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="deny" class="plain">Deny</button>
</p>
</form>
<form method="post" action="/logout">${formToken(session)}
<p class="quiet">Not your account? <button type="submit" class="plain">Log out</button></p></form>`,
  }
}

function whoAsks({ origin }: PendingConsent): Html {
  return origin === undefined
    ? html`An agent on the command line of a server`
    : html`The Odoo at <strong>${origin}</strong>`
}

/** Consent given to a stranger's server is a takeover: the page says what to look at. */
function warning({ origin, originIsKnown }: PendingConsent): Html {
  if (origin === undefined)
    return html`<p role="alert" class="card warn"><strong>Approve only if you yourself have just typed <code>odoo-backup login</code> on your own server.</strong> You will get a code to type there. Never tell it to anybody: who has it reads your backups.</p>`
  return html`<p role="alert" class="card warn"><strong>Approve only if you yourself have just opened ${origin}.</strong>${
    originIsKnown
      ? ' You approved this address before.'
      : ' This address is new to your account: if somebody sent you a link that led here, deny.'
  }</p>`
}
