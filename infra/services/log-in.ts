import { formOf, type HttpBrowser, linkOf, type Page, plain } from './http-browser.ts'

/** The user of odoo.com who logs in. */
export interface OdooComUser {
  readonly login: string
  readonly password: string
}

export type Told = (what: string) => void

/**
 * Connects an agent to an account as an administrator does in a browser: from the agent's page of backups by the
 * master password to the broker, odoo.com's log-in and consent, the broker's consent, and back with the code.
 * Ends on the agent's page.
 */
export async function logIn(
  browser: HttpBrowser,
  agentUrl: string,
  masterPassword: string,
  user: OdooComUser,
  tell: Told = () => undefined,
): Promise<Page> {
  const page = await signInAtAgent(browser, agentUrl, masterPassword)
  tell('signed in at the agent with the master password; it is not connected to an account yet')
  const back = await logInAtBroker(browser, linkOf(page, 'Log in and approve'), user, tell)
  return follow(browser, back)
}

/** From the agent's page of backups through its question for the master password. */
export async function signInAtAgent(
  browser: HttpBrowser,
  agentUrl: string,
  masterPassword: string,
): Promise<Page> {
  const page = await browser.open(`${agentUrl}/web/database/backups`)
  return browser.submit(page, formOf(page, '/odoo_backup_sh/sign_in'), { master_pwd: masterPassword })
}

/** From a log-in link of the broker through odoo.com and the consent; the page from which one is led back. */
export async function logInAtBroker(
  browser: HttpBrowser,
  link: string | URL,
  user: OdooComUser,
  tell: Told = () => undefined,
): Promise<Page> {
  let page = await browser.open(link)
  // Where several ways to log in are offered, odoo.com's is chosen.
  if (page.text.includes('href="/auth/odoo')) page = await browser.open(linkOf(page, '/auth/odoo'))
  page = await browser.submit(page, formOf(page, '/oauth2/login'), { ...user })
  page = await browser.submit(page, formOf(page, '/oauth2/decision'), { decision: 'approve' })
  tell(`logged in at odoo.com as ${user.login} and allowed the broker to know it`)
  // What the script of the broker's page does: it posts the fragment, which no server has seen.
  const fragment = new URLSearchParams(page.url.hash.slice(1))
  const answer = Object.fromEntries(
    ['access_token', 'state', 'error'].map(name => [name, fragment.get(name) ?? '']),
  )
  page = await browser.submit(page, formOf(page, '/callback'), answer)
  page = await browser.submit(page, formOf(page, '/consent/'), { decision: 'approve' })
  tell('approved, on the page that names it, that this Odoo may use the account')
  return page
}

/** Leads back to the agent, with the one-time code in the address. */
export async function follow(browser: HttpBrowser, page: Page): Promise<Page> {
  return browser.open(linkOf(page, 'id="back"'))
}

/** From a page that asks for credit: buys it at odoo.com's in-app purchases, and looks again. */
export async function buyCredit(
  browser: HttpBrowser,
  page: Page,
  user: OdooComUser,
  credit: number,
): Promise<void> {
  const leading = await browser.open(linkOf(page, 'Buy credit'))
  // The broker's page leads on by a script, or by a link where none runs.
  let shop = await browser.open(linkOf(leading, 'id="credit"'))
  if (shop.text.includes('name="password"'))
    shop = await browser.submit(shop, formOf(shop, '/iap/1/login'), { ...user })
  const bought = await browser.submit(shop, formOf(shop, '/iap/1/buy'), { credit: String(credit) })
  if (bought.status !== 200) throw new Error(`Buying credit failed: ${plain(bought)}`)
}
