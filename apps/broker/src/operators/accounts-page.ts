import { type Html, html } from '@odoo-backup/service'
import type { AdminAccount } from '../admin/find-accounts.ts'
import { mailAddress } from '../pages/line-ends.ts'
import { day } from '../pages/time.ts'
import { type ListPlace, otherPages } from './frame.ts'
import type { ConsoleMessages } from './messages/index.ts'
import { accountName } from './names.ts'

export interface AccountsPageContent extends ListPlace {
  readonly search?: string | undefined
  readonly items: readonly AdminAccount[]
}

/** Accounts, found by id, folder, subject, e-mail address or name. */
export function accountsPage(words: ConsoleMessages, { search, items, ...place }: AccountsPageContent): Html {
  const own = words.accounts
  return html`<form class="search" method="get" action="/operator/accounts" role="search">
<div class="wide"><label for="search">${own.search}</label>
<input type="search" id="search" name="search" value="${search}" maxlength="200"></div>
<button type="submit">${own.find}</button></form>
${items.length === 0 ? html`<p>${own.nobody}</p>` : table(words, search, items)}
${otherPages(words, '/operator/accounts', { search }, place)}`
}

function table(words: ConsoleMessages, search: string | undefined, items: readonly AdminAccount[]): Html {
  const own = words.accounts
  return html`<div class="table"><table class="cards many"><thead><tr><th>${words.account}</th><th>${own.folder}</th><th>${own.logIn}</th><th>${own.since}</th><th class="number">${own.instances}</th><th>${words.state}</th></tr></thead><tbody>
${items.map(
  account =>
    html`<tr><td class="told"><a href="/operator/accounts/${account.id}"><bdi>${mailAddress(accountName(account))}</bdi></a>${soughtName(account, search)}</td>
<td class="whole" data-label="${own.folder}">${account.folder}</td>
<td data-label="${own.logIn}">${account.provider} <bdi>${account.subject}</bdi></td>
<td data-label="${own.since}">${day(new Date(account.createdAt))}</td>
<td data-label="${own.instances}" class="number">${account.instances}</td>
<td class="whole" data-label="${words.state}">${stateOf(account, own)}</td></tr>`,
)}
</tbody></table></div>`
}

/** Says that an account is suspended, and nothing of all others. */
export function stateOf(
  { suspendedAt }: Pick<AdminAccount, 'suspendedAt'>,
  { suspended }: ConsoleMessages['accounts'],
): Html | false {
  return suspendedAt !== null && html`<span class="badge danger">${suspended}</span>`
}

/** The name of an account that is called otherwise, where it is what was looked for. */
function soughtName({ displayName, ...account }: AdminAccount, search: string | undefined): Html | false {
  const isSought = search !== undefined && displayName?.toLowerCase().includes(search.toLowerCase()) === true
  const isShown = displayName === accountName({ ...account, displayName })
  return isSought && !isShown && html` <span class="quiet"><bdi>${displayName}</bdi></span>`
}
