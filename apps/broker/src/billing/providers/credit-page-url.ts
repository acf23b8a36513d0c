import { createHash } from 'node:crypto'

export interface CreditPage {
  readonly url: string
  readonly serviceName: string
  readonly accountToken: string
  /** Credits that are wanted. */
  readonly credit: number
  /** Newer Odoo sends the SHA-1 of the token in its stead and leaves the amount out. */
  readonly hashed: boolean
}

/** The page of Odoo's in-app purchase service where credit for an account is bought (opened in a browser). */
export function creditPageUrl({ url, serviceName, accountToken, credit, hashed }: CreditPage): string {
  const page = new URL(`${url}/iap/1/credit`)
  page.searchParams.set('service_name', serviceName)
  if (hashed) {
    // What follows a `+` marks the token of a neutralised database; the service hashes what stands before it.
    const [own = ''] = accountToken.split('+', 1)
    page.searchParams.set('account_token', createHash('sha1').update(own).digest('hex'))
    page.searchParams.set('hashed', '1')
  } else {
    page.searchParams.set('account_token', accountToken)
    page.searchParams.set('credit', String(credit))
  }
  return page.href
}
