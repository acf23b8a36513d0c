import { createHash } from 'node:crypto'

export interface CreditPage {
  readonly url: string
  readonly serviceName: string
  readonly accountToken: string
  /** Of the database that asks: for this service, the UUID that it has at odoo.com. */
  readonly dbuuid?: string | undefined
  /** Credits that are wanted. */
  readonly credit: number
  /** Newer Odoo opens the buyer's account by the SHA-1 of the token, and leaves the amount out. */
  readonly hashed: boolean
}

/** The page of Odoo's in-app purchase service where credit for an account is bought (opened in a browser). */
export function creditPageUrl(page: CreditPage): string {
  const { url, serviceName, accountToken, dbuuid, credit, hashed } = page
  const link = new URL(`${url}/iap/1/${hashed ? 'my_account' : 'credit'}`)
  if (dbuuid !== undefined) link.searchParams.set('dbuuid', dbuuid)
  link.searchParams.set('service_name', serviceName)
  if (hashed) {
    // What follows a `+` marks the token of a neutralised database; the service hashes what stands before it.
    const [own = ''] = accountToken.split('+', 1)
    link.searchParams.set('account_token', createHash('sha1').update(own).digest('hex'))
    link.searchParams.set('hashed', '1')
  } else {
    link.searchParams.set('account_token', accountToken)
    link.searchParams.set('credit', String(credit))
  }
  return link.href
}
