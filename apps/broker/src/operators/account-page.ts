import { Purpose } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import type { AdminAccount } from '../admin/find-accounts.ts'
import type { AdminInstance } from '../admin/find-instances.ts'
import type { AccountBalance } from '../billing/operation/account-books.ts'
import { en } from '../pages/messages/en.ts'
import { time } from '../pages/time.ts'
import { stateOf } from './accounts-page.ts'
import { creditSection } from './credit-section.ts'
import { changeForm, nextPage } from './frame.ts'
import { includes, type Operator } from './operator-door.ts'

export interface OperatorAccountContent {
  readonly account: AdminAccount
  readonly instances: { readonly items: readonly AdminInstance[]; readonly nextCursor?: string }
  /** Absent for roles that do not see money. */
  readonly balance: AccountBalance | undefined
  /** The names of all plans. */
  readonly plans: readonly string[]
  readonly now: Date
}

/** One account: who it is, how it stands, what uses it, and what its operator's role may change. */
export function operatorAccountPage(
  operator: Operator,
  { account, instances, balance, plans, now }: OperatorAccountContent,
): Html {
  const path = `/operator/accounts/${account.id}`
  return html`<p>${stateOf(account)}</p>
<dl>
<dt>E-mail</dt><dd><bdi>${account.email ?? 'not told'}</bdi></dd>
<dt>Name</dt><dd><bdi>${account.displayName ?? 'not told'}</bdi></dd>
<dt>Log-in</dt><dd>${account.provider} <bdi>${account.subject}</bdi></dd>
<dt>Folder</dt><dd><code>${account.folder}</code></dd>
<dt>Since</dt><dd>${time(new Date(account.createdAt))}</dd>
${account.suspendedAt !== null && html`<dt>Suspended</dt><dd>${time(new Date(account.suspendedAt))}</dd>`}
</dl>
<p><a href="/operator/audit?accountId=${account.id}">What happened to it</a> · <a href="/operator/credentials?accountId=${account.id}">Credentials issued to it</a></p>
${balance !== undefined && creditSection(operator, { balance, plans, now, path })}
${includes(operator.role, 'admin') && suspension(operator, account, path)}
<h2>Instances</h2>
${instances.items.length === 0 ? html`<p>None.</p>` : instances.items.map(instance => instanceCard(operator, instance))}
${nextPage(path, {}, instances.nextCursor)}`
}

function suspension(operator: Operator, { suspendedAt }: AdminAccount, path: string): Html {
  return html`<section class="card"><h2>${suspendedAt === null ? 'Suspend' : 'Resume'}</h2>
${
  suspendedAt === null
    ? html`<p>None of its instances gets credentials any more, within a second. What they hold lives to its end: the command <code>cut-off</code> refuses it. Backups are kept.</p>`
    : html`<p>Its instances get credentials again.</p>`
}
${changeForm(
  operator,
  suspendedAt === null
    ? { action: `${path}/suspend`, id: 'suspend', button: 'Suspend the account', dangerous: true }
    : { action: `${path}/resume`, id: 'resume', button: 'Serve it again' },
)}</section>`
}

function instanceCard(operator: Operator, instance: AdminInstance): Html {
  const { id, state, purposes, origins, createdAt, approvedAt, lastSeenAt, revokedAt } = instance
  const path = `/operator/instances/${id}`
  return html`<section class="card"><h3><bdi>${origins[0] ?? 'Without a web address'}</bdi></h3>
<dl>
<dt>State</dt><dd>${state}</dd>
<dt>May</dt><dd>${purposes.length === 0 ? 'nothing' : purposes.join(', ')}</dd>
${origins.length > 1 && html`<dt>Addresses</dt><dd><bdi>${origins.join(', ')}</bdi></dd>`}
<dt>Asked</dt><dd>${time(new Date(createdAt))}</dd>
<dt>Approved</dt><dd>${moment(approvedAt)}</dd>
<dt>Last seen</dt><dd>${moment(lastSeenAt)}</dd>
${revokedAt !== null && html`<dt>Revoked</dt><dd>${moment(revokedAt)}</dd>`}
<dt>Id</dt><dd><code>${id}</code></dd>
</dl>
${
  state === 'approved' &&
  includes(operator.role, 'admin') &&
  html`<details><summary>Change what it may do</summary>${changeForm(operator, {
    action: `${path}/purposes`,
    id: `purposes-${id}`,
    inside: html`<fieldset><legend>What it may do</legend>${Purpose.options.map(
      purpose =>
        html`<label class="choice"><input type="checkbox" name="purposes" value="${purpose}"${
          purposes.includes(purpose) && html` checked`
        }> ${en.purposes[purpose]}</label>`,
    )}</fieldset>`,
    button: 'Change',
  })}</details>
<details><summary>Revoke it for good</summary>${changeForm(operator, {
    action: `${path}/revoke`,
    id: `revoke-${id}`,
    button: 'Revoke',
    dangerous: true,
  })}</details>`
}</section>`
}

function moment(at: string | null): Html {
  return time(at === null ? undefined : new Date(at))
}
