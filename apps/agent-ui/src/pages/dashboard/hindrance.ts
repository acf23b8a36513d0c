import type { AccountCredit, AccountView } from '@odoo-backup/protocol'

type State = AccountCredit['state']

/** How the account stands where it refuses backups, or will: with storage of one's own nobody refuses them. */
export interface Hindrance {
  readonly state: Exclude<State, 'trial' | 'paid' | 'not_billed'>
  readonly tone: 'warn' | 'bad'
}

/** What keeps the account from taking backups now (`bad`) or unless it is paid in time (`warn`); nothing while it is not known. */
export function hindranceOf(account: AccountView | undefined): Hindrance | undefined {
  const state = account?.connected === true ? account.credit?.state : undefined
  switch (state) {
    case 'grace':
      return { state, tone: 'warn' }
    case 'restore_only':
    case 'lapsed':
    case 'suspended':
      return { state, tone: 'bad' }
    default:
      return undefined
  }
}
