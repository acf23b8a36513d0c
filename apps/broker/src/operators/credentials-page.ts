import { type Html, html } from '@odoo-backup/service'
import type { IssuedCredential } from '../admin/find-credentials.ts'
import { time } from '../pages/time.ts'
import { nextPage } from './frame.ts'
import { shortIds } from './short-ids.ts'

export interface CredentialsPageContent {
  readonly accountId: string | undefined
  readonly now: Date
  readonly items: readonly IssuedCredential[]
  readonly nextCursor?: string
}

/** Credentials that were issued, newest first. */
export function credentialsPage({ accountId, now, items, nextCursor }: CredentialsPageContent): Html {
  return html`<form class="search" method="get" action="/operator/credentials" role="search">
<div><label for="account">Account</label>
<input type="search" id="account" name="accountId" value="${accountId}" maxlength="36"></div>
<button type="submit">Show</button></form>
${items.length === 0 ? html`<p>None was issued.</p>` : table(items, now)}
${nextPage('/operator/credentials', { accountId }, nextCursor)}`
}

function table(items: readonly IssuedCredential[], now: Date): Html {
  return html`<div class="table"><table class="cards many"><thead><tr><th>Issued</th><th>For</th><th>Ends</th><th>Account and instance</th><th>To</th><th>Key</th></tr></thead><tbody>
${items.map(
  ({ at, accountId, instanceId, address, rights, accessKeyId, expiresAt }) =>
    html`<tr><td class="whole" data-label="Issued">${time(new Date(at))}</td>
<td class="whole" data-label="For">${rights}</td>
<td class="whole" data-label="Ends">${time(new Date(expiresAt))} ${new Date(expiresAt) > now && html`<span class="badge warn">lives</span>`}</td>
<td data-label="Account and instance"><a href="/operator/accounts/${accountId}">${shortIds(`account ${accountId}`)}</a> ${shortIds(`instance ${instanceId}`)}</td>
<td class="address" data-label="To">${address ?? '–'}</td>
<td data-label="Key"><code>${accessKeyId}</code></td></tr>`,
)}
</tbody></table></div>`
}
