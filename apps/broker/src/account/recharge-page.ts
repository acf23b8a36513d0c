import { type Html, html, safeHref } from '@odoo-backup/service'

/** Leads to the page of the payment service, by itself where scripts run. */
export function rechargePage(creditUrl: string): { title: string; body: Html; script: string } {
  return {
    title: 'Buy credit',
    body: html`<p>Within seconds you will be redirected to the Odoo IAP recharge page. If it doesn't happen please click on <a id="credit" href="${safeHref(creditUrl)}" rel="noreferrer">the link</a>.</p>`,
    script: `location.replace(document.getElementById('credit').href)`,
  }
}
