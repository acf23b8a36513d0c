import { empty, type NeutraliseStatement, named, remove, update } from './queries.ts'

/** Settings that hold keys of outside services, in `ir_config_parameter`. */
const SERVICE_SETTINGS = [
  'mail.web_push_vapid_private_key',
  'mail.web_push_vapid_public_key',
  'mail.use_sfu_server',
  'mail.sfu_server_url',
  'mail.sfu_server_key',
  'mail.sfu_local_key',
  'mail.use_twilio_rtc_servers',
  'mail.twilio_account_sid',
  'mail.twilio_account_token',
  'mail.google_translate_api_key',
  'discuss.klipy_api_key',
  'discuss.tenor_api_key',
  'odoo_ocn.project_id',
  'ocn.uuid',
] as const

/** Devices that get messages pushed, and messages that wait for it: Odoo 17's names, then 18's. */
const PUSH_TABLES = [
  'mail_notification_web_push',
  'mail_partner_device',
  'mail_push',
  'mail_push_device',
] as const

/** Services that single modules speak to. */
export const OUTSIDE_SERVICES: readonly NeutraliseStatement[] = [
  {
    step: 'push_devices',
    what: 'devices for pushed messages forgotten',
    covers: [],
    queries: schema => PUSH_TABLES.flatMap(table => remove(schema, table, ['id'], 'true')),
  },
  {
    step: 'service_keys',
    what: 'keys of services for calls, translation and pushed messages removed',
    covers: [],
    queries: schema =>
      remove(
        schema,
        'ir_config_parameter',
        ['key'],
        `key IN (${SERVICE_SETTINGS.map(key => `'${key}'`).join(', ')})`,
      ),
  },
  {
    step: 'bank_links',
    what: 'links to banks cut',
    covers: ['account_online_synchronization'],
    queries: schema => [
      ...update(
        schema,
        'account_online_link',
        ['client_id'],
        "client_id = 'duplicate'",
        "client_id IS DISTINCT FROM 'duplicate'",
      ),
      ...empty(
        'account_online_link',
        named(schema, 'account_online_link', /^(?:provider_data|access_token|refresh_token)$/),
      ),
    ],
  },
  {
    step: 'market_keys',
    what: 'keys of market places and text messages emptied',
    covers: ['sms_twilio', 'sale_amazon'],
    queries: schema => [
      ...empty('amazon_account', named(schema, 'amazon_account', /token|secret/)),
      ...empty('res_company', named(schema, 'res_company', /twilio.*(?:sid|token)/)),
    ],
  },
  {
    step: 'telephony',
    what: 'telephony set to its demonstration',
    covers: ['voip'],
    queries: schema => update(schema, 'voip_provider', ['mode'], "mode = 'demo'", "mode <> 'demo'"),
  },
  {
    step: 'invoice_servers',
    what: 'electronic invoices sent to test servers',
    covers: [],
    queries: schema =>
      schema.has('ir_config_parameter', 'key', 'value')
        ? [
            `UPDATE public.ir_config_parameter SET value = 'demo'
             WHERE key = 'account_edi_proxy_client.demo' AND value IN ('prod', 'test')`,
            `UPDATE public.ir_config_parameter SET value = 'test'
             WHERE key = 'account_peppol.edi.mode' AND value = 'prod'`,
          ]
        : [],
  },
]
