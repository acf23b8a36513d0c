/** The page of Odoo's in-app purchase service where credit for an account is bought (opened in a browser). */
export function creditPageUrl(options: {
  iapUrl: string
  serviceName: string
  accountToken: string
  credit: number
}): string {
  const url = new URL(`${options.iapUrl}/iap/1/credit`)
  url.searchParams.set('service_name', options.serviceName)
  url.searchParams.set('account_token', options.accountToken)
  url.searchParams.set('credit', String(options.credit))
  return url.href
}
