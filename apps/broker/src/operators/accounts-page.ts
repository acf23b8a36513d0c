import { type Html, html } from '@odoo-backup/service'
import type { AdminAccount } from '../admin/find-accounts.ts'
import { time } from '../pages/time.ts'
import { nextPage } from './frame.ts'

export interface AccountsPageContent {
  readonly search: string | undefined
  readonly items: readonly AdminAccount[]
  readonly nextCursor?: string
}

/** Accounts, found by folder, subject, e-mail address or name. */
export function accountsPage({ search, items, nextCursor }: AccountsPageContent): Html {
  return html`<form class="search" method="get" action="/operator/accounts" role="search">
<div><label for="search">Folder, id, e-mail address or name</label>
<input type="search" id="search" name="search" value="${search}" maxlength="200"></div>
<button type="submit">Search</button></form>
${items.length === 0 ? html`<p>No account is like that.</p>` : table(items)}
${nextPage('/operator/accounts', { search }, nextCursor)}`
}

function table(items: readonly AdminAccount[]): Html {
  return html`<div class="table"><table class="cards many"><thead><tr><th>Account</th><th>Folder</th><th>Log-in</th><th>Since</th><th class="number">Instances</th><th>State</th></tr></thead><tbody>
${items.map(
  account =>
    html`<tr><td><a href="/operator/accounts/${account.id}"><bdi>${account.email ?? account.displayName ?? account.subject}</bdi></a></td>
<td data-label="Folder">${account.folder}</td>
<td data-label="Log-in">${account.provider} <bdi>${account.subject}</bdi></td>
<td class="whole" data-label="Since">${time(new Date(account.createdAt))}</td>
<td data-label="Instances" class="number">${account.instances}</td>
<td data-label="State">${stateOf(account)}</td></tr>`,
)}
</tbody></table></div>`
}

export function stateOf({ suspendedAt }: Pick<AdminAccount, 'suspendedAt'>): Html {
  return suspendedAt === null
    ? html`<span class="badge good">served</span>`
    : html`<span class="badge danger">suspended</span>`
}
