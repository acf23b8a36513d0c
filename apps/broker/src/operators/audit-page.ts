import { type Html, html } from '@odoo-backup/service'
import type { AuditRow } from '../admin/find-events.ts'
import { time } from '../pages/time.ts'
import { nextPage } from './frame.ts'
import { shortIds } from './short-ids.ts'

export interface AuditPageContent {
  readonly accountId: string | undefined
  readonly action: string | undefined
  readonly outcome: 'done' | 'refused' | undefined
  readonly items: readonly AuditRow[]
  readonly nextCursor?: string
}

/** What happened, newest first. */
export function auditPage({ accountId, action, outcome, items, nextCursor }: AuditPageContent): Html {
  const choice = (value: string, label: string) =>
    html`<option value="${value}"${value === (outcome ?? '') && html` selected`}>${label}</option>`
  return html`<form class="search" method="get" action="/operator/audit" role="search">
<div><label for="action">What, such as credentials.vended</label>
<input type="search" id="action" name="action" value="${action}" maxlength="100"></div>
<div><label for="account">Account</label>
<input type="search" id="account" name="accountId" value="${accountId}" maxlength="36"></div>
<div><label for="outcome">Outcome</label>
<select id="outcome" name="outcome">${choice('', 'any')}${choice('done', 'done')}${choice('refused', 'refused')}</select></div>
<button type="submit">Show</button></form>
${items.length === 0 ? html`<p>Nothing like that happened.</p>` : table(items)}
${nextPage('/operator/audit', { accountId, action, outcome }, nextCursor)}`
}

function table(items: readonly AuditRow[]): Html {
  return html`<div class="table"><table class="cards many"><thead><tr><th>When</th><th>What</th><th>Who</th><th>From</th><th>About</th><th>Why and more</th></tr></thead><tbody>
${items.map(
  row => html`<tr><td class="whole" data-label="When">${time(new Date(row.at))}</td>
<td class="whole" data-label="What">${row.action} ${row.outcome === 'refused' && html`<span class="badge danger">refused</span>`}</td>
<td data-label="Who">${shortIds(row.actor)}</td>
<td class="address" data-label="From">${row.address ?? '–'}</td>
<td data-label="About">${about(row)}</td>
<td data-label="Why and more">${more(row) !== '' && html`<bdi>${more(row)}</bdi>`}</td></tr>`,
)}
</tbody></table></div>`
}

function about({ accountId, instanceId }: AuditRow): Html {
  if (accountId === null && instanceId === null) return html`–`
  return html`${accountId !== null && html`<a href="/operator/accounts/${accountId}">${shortIds(`account ${accountId}`)}</a> `}${
    instanceId !== null && shortIds(`instance ${instanceId}`)
  }`
}

function more({ reason, detail }: AuditRow): string {
  const details = Object.entries(detail).map(([name, value]) => `${name}: ${value}`)
  return [...(reason === null ? [] : [reason]), ...details].join(' · ')
}
