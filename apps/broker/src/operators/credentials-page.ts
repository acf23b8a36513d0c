import { type Html, html } from '@odoo-backup/service'
import type { IssuedCredential } from '../admin/find-credentials.ts'
import { time } from '../pages/time.ts'
import { rightsText } from './audit-details.ts'
import { type ListPlace, otherPages } from './frame.ts'
import type { Names } from './names.ts'
import type { Operator } from './operator-door.ts'
import { accountField, type SoughtAccount, soughtSentence } from './sought-account.ts'
import { whoseCell } from './who.ts'

export interface CredentialsPageContent extends ListPlace {
  /** Absent: of all. */
  readonly sought: SoughtAccount | undefined
  readonly now: Date
  /** Of all whom the items name. */
  readonly names: Names
  readonly items: readonly IssuedCredential[]
}

const PATH = '/operator/credentials'

/** Credentials that were issued, newest first. */
export function credentialsPage(
  { words, site }: Pick<Operator, 'words' | 'site'>,
  { sought, now, names, items, ...place }: CredentialsPageContent,
): Html {
  const isOfNobody = sought !== undefined && sought.id === undefined
  return html`${soughtSentence(words, PATH, sought)}
<form class="search" method="get" action="${PATH}" role="search">
${accountField(words, sought)}
<button type="submit">${words.show}</button></form>
${items.length === 0 ? !isOfNobody && html`<p>${words.credentials.none}</p>` : table({ words, site }, names, items, now)}
${otherPages(words, PATH, { accountId: sought?.given }, place)}`
}

function table(
  { words, site }: Pick<Operator, 'words' | 'site'>,
  names: Names,
  items: readonly IssuedCredential[],
  now: Date,
): Html {
  const own = words.credentials
  return html`<div class="table"><table class="cards many"><thead><tr><th>${own.issued}</th><th>${own.for}</th><th>${own.ends}</th><th>${own.to}</th><th>${own.key}</th></tr></thead><tbody>
${items.map(
  ({ at, accountId, instanceId, address, rights, accessKeyId, expiresAt }) =>
    html`<tr><td data-label="${own.issued}">${time(new Date(at))}</td>
<td class="purposes" data-label="${own.for}">${rightsText(rights, site)}</td>
<td data-label="${own.ends}">${time(new Date(expiresAt))} ${new Date(expiresAt) > now && html`<span class="badge">${own.lives}</span>`}</td>
${whoseCell(words, names, { label: own.to, whose: { accountId, instanceId, clientAddress: address } })}
<td class="whole" data-label="${own.key}"><code>${accessKeyId}</code></td></tr>`,
)}
</tbody></table></div>`
}
