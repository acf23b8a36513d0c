import { type Html, html } from '@odoo-backup/service'
import { z } from 'zod'
import { type AdminAccount, accountsNamed, findAccount } from '../admin/find-accounts.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId } from '../registry/ids.ts'
import type { ConsoleMessages } from './messages/index.ts'
import { accountName } from './names.ts'
import { accountLink } from './who.ts'

/** What the field of an account may be given. */
export const AccountText = z.string().trim().max(200)

/** Whom a list is asked for. */
export interface SoughtAccount {
  /** An id, a folder or an e-mail address, as it was given. */
  readonly given: string
  /** Of whom the list is; absent: no account is called so, or several are. */
  readonly id?: AccountId
  /** Those that are called so; of an id that the registry does not know, none. */
  readonly called: readonly AdminAccount[]
}

/** So many that share an e-mail address are offered. */
const MOST = 10

/** Whom somebody means by this text. An id counts also where there is no such account: the log may know of it. */
export async function soughtAccount(prisma: PrismaClient, given: string): Promise<SoughtAccount> {
  const id = AccountId.safeParse(given.toLowerCase()).data
  if (id !== undefined) {
    const found = await findAccount(prisma, id)
    return { given, id, called: found === undefined ? [] : [found] }
  }
  const called = await accountsNamed(prisma, given, MOST)
  const [first, ...others] = called
  return first === undefined || others.length > 0 ? { given, called } : { given, id: first.id, called }
}

/** The field of a search for what concerns an account; a known id, longer than a phone is wide, stands there as its folder. */
export function accountField(words: ConsoleMessages, sought: SoughtAccount | undefined): Html {
  const isById = sought?.id === sought?.given.toLowerCase()
  const value = (isById && sought?.called[0]?.folder) || sought?.given
  return html`<div class="wide"><label for="account">${words.sought.label}</label>
<input type="search" id="account" name="accountId" value="${value}" maxlength="200"></div>`
}

/** Says of whom a list is, or why it is of nobody. @param path the address of the list */
export function soughtSentence(
  words: ConsoleMessages,
  path: string,
  sought: SoughtAccount | undefined,
): Html | false {
  if (sought === undefined) return false
  const { sought: own } = words
  const { id, called } = sought
  const warning = (text: string | Html) => html`<p class="card warn" role="status">${text}</p>`
  if (called.length === 0) return warning(id === undefined ? own.nobody : own.unknownId)
  const names = {
    accounts: new Map(
      called.map(account => [account.id, { called: accountName(account), mark: account.folder }]),
    ),
    instances: new Map(),
    operators: new Map(),
  }
  if (id !== undefined) return html`<p role="status">${own.only(accountLink(words, names, id))}</p>`
  return warning(
    own.several(
      html`${called.map(
        (account, index) =>
          html`${index > 0 && ', '}<a href="${path}?accountId=${account.id}">${account.folder}</a>`,
      )}`,
    ),
  )
}
