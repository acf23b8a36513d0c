import { type Html, html, safeHref } from '@odoo-backup/service'

/** Leads to the page of the payment service, by itself where scripts run. */
export function rechargePage(creditUrl: string): { title: string; body: Html; script: string } {
  // The words of the former module's page, where they are true.
  const place = new URL(creditUrl).pathname.startsWith('/iap/')
    ? 'the Odoo IAP recharge page'
    : 'the page where credit is bought'
  return {
    title: 'Buy credit',
    body: html`<p>Within seconds you will be redirected to ${place}. If it doesn't happen please click on <a id="credit" href="${safeHref(creditUrl)}" rel="noreferrer">the link</a>.</p>`,
    script: `location.replace(document.getElementById('credit').href)`,
  }
}
