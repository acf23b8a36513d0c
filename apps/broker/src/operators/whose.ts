import { type Html, html } from '@odoo-backup/service'
import type { ConsoleMessages } from './messages/index.ts'
import { shortIds } from './short-ids.ts'

export interface Whose {
  readonly accountId: string | null
  readonly instanceId: string | null
}

/** A cell that names an account, which leads to its page, and an instance; a line does not end within one of them. */
export function whoseCell(words: ConsoleMessages, label: string, { accountId, instanceId }: Whose): Html {
  const account =
    accountId !== null &&
    html`<a href="/operator/accounts/${accountId}">${shortIds(words.accountOf(accountId))}</a> `
  const instance = instanceId !== null && shortIds(words.instanceOf(instanceId))
  const none = accountId === null && instanceId === null && html`–`
  return html`<td class="parts ids" data-label="${label}">${account}${instance}${none}</td>`
}
