import { type Html, html } from '@odoo-backup/service'
import { alert, failureWords, formToken, outwardLink, toManager } from './frame.ts'
import type { PageWords } from './words.ts'

export function logInAtBrokerPage(authLink: string, words: PageWords): Html {
  return html`
    ${alert('quiet', words.notConnected)}
    <p>${words.logInHelp}</p>
    <p>${outwardLink(authLink, words.logIn)}</p>
    ${toManager(words)}`
}

export function paymentPage(message: string, rechargeLink: string | undefined, words: PageWords): Html {
  return html`
    ${alert('warn', failureWords(words, { code: 'payment_required', message }))}
    ${rechargeLink === undefined ? '' : html`<p>${outwardLink(rechargeLink, words.buyCredit)}</p>`}
    <p><a href="/web/database/backups">${words.lookAgain}</a></p>
    ${toManager(words)}`
}

/** Asked of those who come with a code although nobody sent them for one from here. */
export function confirmCodePage(code: string, token: string, words: PageWords): Html {
  return html`
    ${alert('warn', words.cameByLink)}
    <p>${words.onlyIfYou}</p>
    <form method="post" action="/odoo_backup_sh/bind">
      ${formToken(token)}
      <input type="hidden" name="odoo_backup_code" value="${code}">
      <div class="actions">
        <button type="submit">${words.itWasMe}</button>
        <a class="button plain" href="/web/database/backups">${words.itWasNotMe}</a>
      </div>
    </form>`
}
