import { type Html, html } from '@odoo-backup/service'
import { mailAddress, webAddress } from '../pages/line-ends.ts'
import { wordFor } from './audit-details.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Named, Names } from './names.ts'
import { addressText, shortIds } from './short-ids.ts'

type Kind = keyof ConsoleMessages['kinds']

const MOST_LETTERS = 60

/** What somebody or something is and is called, and what tells it apart; without a name the end of its id. */
function called(kind: string, id: string, named: Named | undefined): Html {
  if (named === undefined) return shortIds(`${kind} ${id}`)
  return html`<span>${kind} ${written(id, named)}${markOf(id, named)}</span>`
}

/** The whole id is in the title. */
function written(id: string, { called: name, isOwnWord = false }: Named): Html {
  const short = shortened(name)
  if (isOwnWord) return html`<q title="${id}"><bdi>${short}</bdi></q>`
  return html`<bdi title="${id}">${/^https?:/.test(short) ? webAddress(short) : mailAddress(short)}</bdi>`
}

/** What of a long name tells most is its beginning, and of an address its end. */
function shortened(name: string): string {
  const letters = [...name]
  if (letters.length <= MOST_LETTERS) return name
  const half = MOST_LETTERS / 2
  return `${letters.slice(0, half - 1).join('')}…${letters.slice(-half).join('')}`
}

function markOf(id: string, { called: name, mark = id }: Named): Html | false {
  return mark !== name && html` <span class="quiet">${shortIds(mark)}</span>`
}

/** An account by its name, with the way to its page, and its folder. */
export function accountLink({ kinds }: ConsoleMessages, names: Names, id: string): Html {
  const named = names.accounts.get(id)
  const link = (text: Html) => html`<a href="/operator/accounts/${id}">${text}</a>`
  if (named === undefined) return link(shortIds(`${kinds.account} ${id}`))
  return html`<span>${link(written(id, named))}${markOf(id, named)}</span>`
}

const HAVING_NAMES: readonly (readonly [Kind, keyof Names])[] = [
  ['account', 'accounts'],
  ['instance', 'instances'],
  ['operator', 'operators'],
]

/** Who did something, as the audit log and the books have it. */
export function actorText({ kinds, actors }: ConsoleMessages, names: Names, actor: string): Html {
  const own = wordFor(actors, actor)
  if (own !== undefined) return html`<span>${own}</span>`
  for (const [kind, known] of HAVING_NAMES)
    if (actor.startsWith(`${kind}:`)) {
      const id = actor.slice(kind.length + 1)
      return called(kinds[kind], id, names[known].get(id))
    }
  const token = /^admin:(.*)$/s.exec(actor)?.[1]
  return token === undefined ? shortIds(actor) : html`<span>${kinds.token} <bdi>${token}</bdi></span>`
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
