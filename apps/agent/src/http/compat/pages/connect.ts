import { type Html, html } from '@odoo-backup/service'
import { alert, outwardLink } from './frame.ts'

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
