import { type Html, html } from '@odoo-backup/service'
import type { ConsoleMessages } from './messages/index.ts'
import { addressText, shortIds } from './short-ids.ts'

export interface Whose {
  readonly accountId: string | null
  readonly instanceId: string | null
  /** Of the client, where it has no other place. */
  readonly clientAddress?: string | null
}

/** A cell that names an account, which leads to its page, an instance and an address; a line does not end within an id. */
export function whoseCell(
  words: ConsoleMessages,
  label: string,
  { accountId, instanceId, clientAddress = null }: Whose,
): Html {
  const account =
    accountId !== null &&
    html`<a href="/operator/accounts/${accountId}">${shortIds(words.accountOf(accountId))}</a> `
  const instance = instanceId !== null && html`${shortIds(words.instanceOf(instanceId))} `
  const none = accountId === null && instanceId === null && clientAddress === null && html`–`
  return html`<td class="parts ids" data-label="${label}">${account}${instance}${addressText(clientAddress)}${none}</td>`
}
