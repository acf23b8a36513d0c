import { Purpose } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import type { AdminAccount } from '../admin/find-accounts.ts'
import type { AdminInstance } from '../admin/find-instances.ts'
import type { AccountOutlook } from '../billing/operation/account-outlook.ts'
import { webAddress, webAddresses } from '../pages/line-ends.ts'
import { time } from '../pages/time.ts'
import { stateOf } from './accounts-page.ts'
import { creditSection } from './credit-section.ts'
import { changeForm, type ListPlace, otherPages } from './frame.ts'
import type { Operator } from './operator-door.ts'
import { includes } from './roles.ts'

export interface OperatorAccountContent {
  readonly account: AdminAccount
  readonly instances: ListPlace & { readonly items: readonly AdminInstance[] }
  /** Absent for roles that do not see money. */
  readonly balance: AccountOutlook | undefined
  /** The names of all plans. */
  readonly plans: readonly string[]
  /** Billing rests for all. */
  readonly isPaused: boolean
  readonly now: Date
}

/** One account: who it is, how it stands, what uses it, and what its operator's role may change. */
export function operatorAccountPage(
  operator: Operator,
  { account, instances, balance, plans, isPaused, now }: OperatorAccountContent,
): Html {
  const path = `/operator/accounts/${account.id}`
  const { words } = operator
  const own = words.oneAccount
  return html`${account.suspendedAt !== null && html`<p>${stateOf(account, words.accounts)}</p>`}
<dl>
<dt>${own.email}</dt><dd><bdi>${account.email ?? own.notTold}</bdi></dd>
<dt>${own.name}</dt><dd><bdi>${account.displayName ?? own.notTold}</bdi></dd>
<dt>${words.accounts.logIn}</dt><dd>${account.provider} <bdi>${account.subject}</bdi></dd>
<dt>${words.accounts.folder}</dt><dd><code>${account.folder}</code></dd>
<dt>${words.id}</dt><dd><code>${account.id}</code></dd>
<dt>${words.accounts.since}</dt><dd>${time(new Date(account.createdAt))}</dd>
${account.suspendedAt !== null && html`<dt>${own.suspended}</dt><dd>${time(new Date(account.suspendedAt))}</dd>`}
</dl>
<p><a href="/operator/audit?accountId=${account.id}">${own.happened}</a> · <a href="/operator/credentials?accountId=${account.id}">${own.credentials}</a></p>
${balance !== undefined && creditSection(operator, { balance, plans, isPaused, now, path })}
${includes(operator.role, 'admin') && suspension(operator, account, path)}
<h2>${words.accounts.instances}</h2>
${instances.items.length === 0 ? html`<p>${words.none}</p>` : instances.items.map(instance => instanceCard(operator, instance))}
${otherPages(words, path, {}, instances)}`
}

function suspension(operator: Operator, { suspendedAt }: AdminAccount, path: string): Html {
  const words = operator.words.oneAccount
  return html`<section class="card"><h2>${suspendedAt === null ? words.suspend : words.resume}</h2>
${suspendedAt === null ? html`<p>${words.suspendText}</p>` : html`<p>${words.resumeText}</p>`}
${changeForm(
  operator,
  suspendedAt === null
    ? { action: `${path}/suspend`, id: 'suspend', button: words.suspendAction, dangerous: true }
    : { action: `${path}/resume`, id: 'resume', button: words.resumeAction },
)}</section>`
}

function instanceCard(operator: Operator, instance: AdminInstance): Html {
  const { id, name, state, purposes, origins, createdAt, approvedAt, lastSeenAt, revokedAt } = instance
  const path = `/operator/instances/${id}`
  const { words, site } = operator
  const own = words.oneAccount
  const [origin] = origins
  const moment = (at: string | null) => time(at === null ? undefined : new Date(at), site.never)
  return html`<section class="card"><h3><bdi>${name ?? (origin === undefined ? own.noAddress : webAddress(origin))}</bdi></h3>
<dl>
<dt>${words.state}</dt><dd>${own.instanceStates[state]}</dd>
<dt>${own.may}</dt><dd>${purposes.length === 0 ? own.nothing : purposes.map(purpose => site.notices.purposes[purpose]).join(', ')}</dd>
${origins.length > (name === null ? 1 : 0) && html`<dt>${own.addresses}</dt><dd>${webAddresses(origins)}</dd>`}
<dt>${words.asked}</dt><dd>${time(new Date(createdAt))}</dd>
<dt>${own.approved}</dt><dd>${moment(approvedAt)}</dd>
<dt>${own.lastSeen}</dt><dd>${moment(lastSeenAt)}</dd>
${revokedAt !== null && html`<dt>${own.revoked}</dt><dd>${moment(revokedAt)}</dd>`}
<dt>${words.id}</dt><dd><code>${id}</code></dd>
</dl>
${
  state === 'approved' &&
  includes(operator.role, 'admin') &&
  html`<details><summary>${own.changePurposes}</summary>${changeForm(operator, {
    action: `${path}/purposes`,
    id: `purposes-${id}`,
    inside: html`<fieldset><legend>${own.purposes}</legend>${Purpose.options.map(
      purpose =>
        html`<label class="choice"><input type="checkbox" name="purposes" value="${purpose}"${
          purposes.includes(purpose) && html` checked`
        }> ${own.mayInFull[purpose]}</label>`,
    )}</fieldset>`,
    button: words.change,
  })}</details>
<details><summary>${own.revokeForGood}</summary>${changeForm(operator, {
    action: `${path}/revoke`,
    id: `revoke-${id}`,
    button: own.revoke,
    dangerous: true,
  })}</details>`
}</section>`
}
