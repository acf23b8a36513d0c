import { type Html, html } from '@odoo-backup/service'
import { mailAddress, webAddress } from '../pages/line-ends.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Names } from './names.ts'
import { addressText, shortIds } from './short-ids.ts'

type Kind = keyof ConsoleMessages['kinds']

const MOST_LETTERS = 60

/** What somebody or something is and is called; its id, which stands in the title, where it has no name here. */
function called(kind: string, id: string, name: string | undefined): Html {
  return name === undefined ? shortIds(`${kind} ${id}`) : html`<span>${kind} ${nameOf(id, name)}</span>`
}

function nameOf(id: string, name: string): Html {
  const letters = [...name]
  const short = letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join('')}…` : name
  const written = /^https?:/.test(short) ? webAddress(short) : mailAddress(short)
  return html`<bdi title="${id}">${written}</bdi>`
}

/** An account by its name, with the way to its page. */
export function accountLink({ kinds }: ConsoleMessages, names: Names, id: string): Html {
  const name = names.accounts.get(id)
  return html`<a href="/operator/accounts/${id}">${name === undefined ? shortIds(`${kinds.account} ${id}`) : nameOf(id, name)}</a>`
}

const HAVING_NAMES: readonly (readonly [Kind, keyof Names])[] = [
  ['account', 'accounts'],
  ['instance', 'instances'],
  ['operator', 'operators'],
]

/** Who did something, as the audit log and the books have it. */
export function actorText({ kinds, actors }: ConsoleMessages, names: Names, actor: string): Html {
  const own = Object.entries(actors).find(([name]) => name === actor)?.[1]
  if (own !== undefined) return html`${own}`
  for (const [kind, known] of HAVING_NAMES)
    if (actor.startsWith(`${kind}:`)) {
      const id = actor.slice(kind.length + 1)
      return called(kinds[kind], id, names[known].get(id))
    }
  const token = /^admin:(.*)$/s.exec(actor)?.[1]
  return token === undefined ? shortIds(actor) : html`${kinds.token} <bdi>${token}</bdi>`
}

export interface Whose {
  readonly accountId: string | null
  readonly instanceId: string | null
  /** Of the client, where it has no other place. */
  readonly clientAddress?: string | null
}

/** A cell that names an account, which leads to its page, an instance and an address. */
export function whoseCell(
  words: ConsoleMessages,
  names: Names,
  { label, whose }: { readonly label: string; readonly whose: Whose },
): Html {
  const { accountId, instanceId, clientAddress = null } = whose
  const account = accountId !== null && html`${accountLink(words, names, accountId)} `
  const instance =
    instanceId !== null && html`${called(words.kinds.instance, instanceId, names.instances.get(instanceId))} `
  const none = accountId === null && instanceId === null && clientAddress === null && html`–`
  return html`<td class="parts" data-label="${label}">${account}${instance}${addressText(clientAddress)}${none}</td>`
}
