import { type Html, html } from '@odoo-backup/service'
import { alert, formToken, outwardLink } from './frame.ts'

export function logInAtBrokerPage(authLink: string): Html {
  return html`
    ${alert('quiet', 'This server is not connected to a backup storage yet.')}
    <p>Log in with your odoo.com account and approve this server. You come back here by yourself.</p>
    <p>${outwardLink(authLink, 'Log in and approve')}</p>`
}

export function paymentPage(message: string, rechargeLink?: string): Html {
  return html`
    ${alert('warn', message)}
    ${rechargeLink === undefined ? '' : html`<p>${outwardLink(rechargeLink, 'Buy credit')}</p>`}
    <p><a href="/web/database/backups">Look again</a></p>`
}

/** Asked of those who come with a code although nobody sent them for one from here. */
export function confirmCodePage(code: string, token: string): Html {
  return html`
    ${alert('warn', 'You came here by a link that connects this server to an account, and its backups will go there.')}
    <p>Go on only if you yourself have just logged in and approved this server.</p>
    <form method="post" action="/odoo_backup_sh/bind">
      ${formToken(token)}
      <input type="hidden" name="odoo_backup_code" value="${code}">
      <div class="actions">
        <button type="submit">I did: connect this server</button>
        <a class="button plain" href="/web/database/backups">I did not</a>
      </div>
    </form>`
}
