import { html, safeHref } from '@odoo-backup/service'
import type { WordedPage } from '../pages/send-page.ts'

/** Leads to the page of the payment service, by itself where scripts run. */
export function rechargePage(creditUrl: string): WordedPage {
  const isIap = new URL(creditUrl).pathname.startsWith('/iap/')
  return ({ recharge }) => ({
    title: recharge.title,
    isSwitchable: false,
    body: html`<p>${recharge.leads(
      isIap ? recharge.iapPlace : recharge.place,
      text => html`<a id="credit" href="${safeHref(creditUrl)}" rel="noreferrer">${text}</a>`,
    )}</p>`,
    script: `location.replace(document.getElementById('credit').href)`,
  })
}
