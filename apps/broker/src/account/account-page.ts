import { Purpose } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import type { OpenApproval } from '../login/binding.ts'
import { PURPOSE_WORDING } from '../login/purpose-wording.ts'
import type { Session } from '../login/sessions.ts'
import { formToken, logOutForm } from '../pages/forms.ts'
import { time } from '../pages/time.ts'
import type { InstancesPage, InstanceView } from '../registry/account-instances.ts'
import type { ShownNotice } from './latest-notices.ts'

export interface AccountPageContent {
  readonly session: Session
  /** Shows the way to the operators' pages. */
  readonly isOperator: boolean
  readonly instances: InstancesPage
  readonly openApprovals: readonly OpenApproval[]
  /** Newest first. */
  readonly notices: readonly ShownNotice[]
  /** How long a credential that is out goes on working. */
  readonly credentialMinutes: number
  /** What other parts show, such as storage and balance. */
  readonly sections: readonly Html[]
}

/** What an account sees of itself. */
export function accountPage(content: AccountPageContent) {
  const { session, isOperator, instances, openApprovals, notices, sections } = content
  const { account } = session
  const shown = [...instances.inUse, ...instances.revoked]
  return {
    title: 'Your backup account',
    navigation: html`${isOperator && html`<nav aria-label="Operator"><a href="/operator">Operator console</a></nav>`}${logOutForm(session)}`,
    body: html`<p>Logged in as <strong>${account.email ?? account.name ?? account.folder}</strong>, folder <code>${account.folder}</code>.</p>
${account.suspended && html`<p role="alert" class="danger">This account is suspended. Your backups are kept; write to the operator of this service.</p>`}
<h2>Your installations</h2>
${shown.length === 0 ? html`<p>None yet. Open the list of backups in your Odoo, or type <code>odoo-backup login</code> on your server.</p>` : shown.map(instance => instanceCard(instance, content))}
${instances.next !== undefined && html`<p class="actions"><a class="button" href="/account?after=${instances.next}">Show those approved earlier</a></p>`}
${openApprovals.length > 0 && openApprovalsCard(openApprovals, session)}
${sections}
<h2>Notices</h2>
${notices.length === 0 ? html`<p>None.</p>` : html`<ul>${notices.map(notice => html`<li><span class="quiet">${time(notice.createdAt)}</span> ${notice.message}</li>`)}</ul>`}`,
  }
}

function instanceCard(instance: InstanceView, { session, credentialMinutes }: AccountPageContent): Html {
  const name = instance.name ?? instance.origins[0] ?? 'An agent without a web address'
  const about = html`<h3>${name}</h3>
<dl>
<dt>Addresses</dt><dd>${instance.origins.length === 0 ? 'bound from a command line' : instance.origins.join(', ')}</dd>
<dt>Approved</dt><dd>${time(instance.approvedAt)}</dd>
<dt>Last seen</dt><dd>${time(instance.lastSeenAt)}</dd>
</dl>`
  if (instance.revokedAt !== undefined)
    return html`<section class="card">${about}<p class="danger">Revoked ${time(instance.revokedAt)}</p></section>`
  return html`<section class="card">${about}
<form method="post" action="/account/instances/${instance.id}">
${formToken(session)}
<label for="name-${instance.id}">Name</label>
<input type="text" id="name-${instance.id}" name="name" maxlength="80" value="${instance.name}">
<fieldset><legend>What it may do</legend>
${Purpose.options.map(
  purpose =>
    html`<label class="choice"><input type="checkbox" name="purposes" value="${purpose}"${
      instance.purposes.includes(purpose) && html` checked`
    }> ${PURPOSE_WORDING[purpose]}</label>`,
)}
</fieldset>
<p class="actions"><button type="submit">Save</button></p>
</form>
<form method="post" action="/account/instances/${instance.id}/revoke">
${formToken(session)}
<p class="quiet">Revoking is final: this installation gets no new credentials at once; one that it holds ends by itself, at most ${credentialMinutes} minutes after it was issued. Your backups stay.</p>
<p class="actions"><button type="submit" class="danger">Revoke ${name}</button></p>
</form></section>`
}

/** Somebody who approved by mistake has until the code is brought to take it back. */
function openApprovalsCard(approvals: readonly OpenApproval[], session: Session): Html {
  return html`<section class="card warn"><h3>Approved, not completed yet</h3>
<ul>${approvals.map(({ origin, expiresAt }) => html`<li>${origin ?? 'A command line'}, until ${time(expiresAt)}</li>`)}</ul>
<form method="post" action="/account/approvals/withdraw">${formToken(session)}
<p class="actions"><button type="submit" class="danger">Withdraw</button></p></form></section>`
}
