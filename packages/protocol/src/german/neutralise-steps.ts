import type { NeutraliseStep } from '../agent-api.ts'

/** What each step of neutralising did, in German. */
export const NEUTRALISE_STEPS_IN_GERMAN: Readonly<Record<NeutraliseStep, string>> = {
  outgoing_mail: 'Server für ausgehende E-Mails ausgeschaltet',
  mail_nowhere:
    'ein Mailserver hinzugefügt, der nirgendwohin führt, damit der aus odoo.conf nicht genommen wird',
  incoming_mail: 'Server für eingehende E-Mails ausgeschaltet',
  scheduled_actions: 'geplante Aktionen ausgeschaltet, außer dem Aufräumen',
  payment_providers: 'Zahlungsanbieter ausgeschaltet und ihre Schlüssel geleert',
  payment_terminals: 'Zahlungsterminals getrennt',
  delivery_carriers: 'Versanddienste auf ihre Testumgebung gestellt',
  purchase_tokens: 'Schlüssel für In-App-Käufe unbrauchbar gemacht',
  other_log_ins: 'Anmeldung über andere Anbieter ausgeschaltet',
  account_tokens: 'Schlüssel von Kalendern, Postfächern und sozialen Netzen geleert',
  invoicing_test: 'elektronische Rechnungen auf Probe gestellt',
  websites: 'Domains der Websites entfernt und Suchmaschinen abgewiesen',
  banner: 'ein Banner auf jeder Seite, das es sagt',
  webhooks: 'Webhooks geleert',
  marked: 'als stillgelegt gekennzeichnet',
  push_devices: 'Geräte für Push-Nachrichten vergessen',
  service_keys: 'Schlüssel der Dienste für Anrufe, Übersetzung und Push-Nachrichten entfernt',
  bank_links: 'Verbindungen zu Banken getrennt',
  market_keys: 'Schlüssel von Marktplätzen und für Kurznachrichten geleert',
  telephony: 'Telefonie auf Vorführung gestellt',
  invoice_servers: 'elektronische Rechnungen gehen an Testserver',
}
