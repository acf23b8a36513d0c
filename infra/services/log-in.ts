import { type HttpBrowser, type Page, unescapeHtml } from '../../test/fixtures/http-browser.ts'
import {
  answerConsent,
  logIn as logInAtBroker,
  type OdooComUser,
  submit,
} from '../../test/fixtures/log-in.ts'

/**
 * Connects an agent to an account as an administrator does in a browser: from the agent's page of backups by the
 * master password to the broker, odoo.com's log-in, the broker's consent, and back with the one-time code. Ends on
 * the agent's page.
 */
export async function connectAgent(
  browser: HttpBrowser,
  agentUrl: string,
  masterPassword: string,
  user: OdooComUser,
  tell: (what: string) => void,
): Promise<Page> {
  const door = await browser.open(`${agentUrl}/web/database/backups`)
  const page = await submit(browser, door, '/odoo_backup_sh/sign_in', { master_pwd: masterPassword })
  tell('signed in at the agent with the master password; it is not connected to an account yet')
  const consent = await logInAtBroker(browser, linkOf(page, 'Log in and approve'), user)
  tell(`logged in at odoo.com as ${user.login} and allowed the broker to know it`)
  const { page: answered, leadsTo } = await answerConsent(browser, consent, 'approve')
  if (leadsTo === undefined) throw new Error(`The broker does not lead back: ${plain(answered)}`)
  tell('approved, on the page that names it, that this Odoo may use the account')
  return browser.open(leadsTo)
}

/** From a page that asks for credit: buys it at odoo.com's in-app purchases. */
export async function buyCredit(
  browser: HttpBrowser,
  page: Page,
  user: OdooComUser,
  credit: number,
): Promise<void> {
  const leading = await browser.open(linkOf(page, 'Buy credit'))
  // The broker's page leads on by a script, or by a link where none runs.
  let shop = await browser.open(linkOf(leading, 'id="credit"'))
  if (shop.text.includes('name="password"')) shop = await submit(browser, shop, '/iap/1/login', { ...user })
  const bought = await submit(browser, shop, '/iap/1/buy', { credit: String(credit) })
  if (bought.status !== 200) throw new Error(`Buying credit failed: ${plain(bought)}`)
}

/** What a reader sees of a page, in one line. */
export function plain(page: Page): string {
  const body = page.text.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ')
  return unescapeHtml(body).replace(/\s+/g, ' ').trim().slice(0, 400)
}

/** The target of the first link whose text or attributes hold the words. */
function linkOf(page: Page, words: string): string {
  for (const [, head = '', text = ''] of page.text.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)) {
    const target = /\bhref="([^"]*)"/.exec(head)?.[1]
    if (target !== undefined && (text.includes(words) || head.includes(words)))
      return new URL(unescapeHtml(target), page.url).href
  }
  throw new Error(`There is no link "${words}" on ${page.url}: ${plain(page)}`)
}
