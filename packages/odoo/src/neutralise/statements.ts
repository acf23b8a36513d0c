import { quoteIdentifier } from '../cluster/quoting.ts'
import { OUTSIDE_SERVICES } from './outside-services.ts'
import { empty, type NeutraliseStatement, named, update } from './queries.ts'

/** The name that Odoo gives the server by which its own neutralising catches mail. */
const DUMMY_SERVER = 'neutralization - disable emails'

/**
 * What Odoo's own `neutralize.sql` files do, written for tables and columns of Odoo 12 to 18. Each may be run
 * again without changing anything more.
 */
export const STATEMENTS: readonly NeutraliseStatement[] = [
  {
    step: 'outgoing_mail',
    what: 'outgoing mail servers switched off',
    covers: ['base', 'mail', 'google_gmail', 'microsoft_outlook'],
    queries: schema => [
      ...update(
        schema,
        'ir_mail_server',
        ['active'],
        'active = false',
        `active AND name <> '${DUMMY_SERVER}'`,
      ),
      ...update(
        schema,
        'mail_template',
        ['mail_server_id'],
        'mail_server_id = NULL',
        'mail_server_id IS NOT NULL',
      ),
    ],
  },
  {
    // With no active server at all, Odoo falls back to the one of odoo.conf.
    step: 'mail_nowhere',
    what: 'a mail server that leads nowhere added, so that the one of odoo.conf is not used',
    covers: [],
    queries: schema => {
      if (!schema.has('ir_mail_server', 'name', 'smtp_host', 'smtp_port', 'active')) return []
      const values: Readonly<Record<string, string>> = {
        name: `'${DUMMY_SERVER}'`,
        smtp_host: "'invalid'",
        smtp_port: '1025',
        smtp_encryption: "'none'",
        smtp_authentication: "'login'",
        active: 'true',
      }
      const columns = schema.columns('ir_mail_server').filter(column => column.name in values)
      return [
        `INSERT INTO public.ir_mail_server (${columns.map(column => column.name).join(', ')})
         SELECT ${columns.map(column => values[column.name]).join(', ')}
         WHERE NOT EXISTS (SELECT FROM public.ir_mail_server WHERE name = '${DUMMY_SERVER}' AND active)`,
      ]
    },
  },
  {
    step: 'incoming_mail',
    what: 'incoming mail servers switched off',
    covers: ['fetchmail', 'mail'],
    queries: schema => update(schema, 'fetchmail_server', ['active'], 'active = false', 'active'),
  },
  {
    step: 'scheduled_actions',
    what: 'scheduled actions switched off, except the clean-up',
    covers: ['base'],
    queries: schema =>
      update(
        schema,
        'ir_cron',
        ['active'],
        'active = false',
        `active AND id NOT IN (SELECT res_id FROM public.ir_model_data
           WHERE module = 'base' AND name = 'autovacuum_job' AND res_id IS NOT NULL)`,
      ),
  },
  {
    step: 'payment_providers',
    what: 'payment providers switched off and their keys emptied',
    covers: ['payment'],
    queries: schema =>
      ['payment_provider', 'payment_acquirer'].flatMap(table => [
        ...update(schema, table, ['state'], "state = 'disabled'", "state <> 'disabled'"),
        ...update(schema, table, ['environment'], "environment = 'test'", "environment <> 'test'"),
        ...update(schema, table, ['website_published'], 'website_published = false', 'website_published'),
        ...empty(table, named(schema, table, PAYMENT_KEYS)),
      ]),
  },
  {
    step: 'payment_terminals',
    what: 'payment terminals unlinked',
    covers: [],
    queries: schema => empty('pos_payment_method', named(schema, 'pos_payment_method', PAYMENT_KEYS)),
  },
  {
    step: 'delivery_carriers',
    what: 'delivery carriers set to their test environment',
    covers: ['delivery', 'stock_delivery'],
    queries: schema =>
      update(
        schema,
        'delivery_carrier',
        ['prod_environment'],
        'prod_environment = false',
        'prod_environment',
      ),
  },
  {
    step: 'purchase_tokens',
    what: 'tokens of in-app purchases disabled',
    covers: ['iap'],
    queries: schema =>
      update(
        schema,
        'iap_account',
        ['account_token'],
        "account_token = regexp_replace(account_token, '(\\+.*)?$', '+disabled')",
        "account_token NOT LIKE '%+disabled'",
      ),
  },
  {
    step: 'other_log_ins',
    what: 'log-in by other providers switched off',
    covers: ['auth_oauth'],
    queries: schema => update(schema, 'auth_oauth_provider', ['enabled'], 'enabled = false', 'enabled'),
  },
  {
    step: 'account_tokens',
    what: 'tokens of calendars, mail boxes and social networks emptied',
    covers: ['google_calendar', 'microsoft_calendar', 'google_account', 'microsoft_account', 'google_drive'],
    queries: schema => TOKEN_TABLES.flatMap(table => empty(table, named(schema, table, OUTSIDE_TOKENS))),
  },
  {
    step: 'invoicing_test',
    what: 'electronic invoicing set to test',
    covers: ['account_edi_proxy_client', 'account_peppol'],
    queries: schema => [
      ...schema
        .columns('res_company')
        .filter(({ name, type }) => type === 'bool' && /_test_(?:env|mode|environment)$/.test(name))
        .map(({ name }) => quoteIdentifier(name))
        .map(column => `UPDATE public.res_company SET ${column} = true WHERE ${column} IS NOT TRUE`),
      ...schema
        .columns('res_company')
        .filter(({ name, type }) => type === 'bool' && /_production_env(?:ironment)?$/.test(name))
        .map(({ name }) => quoteIdentifier(name))
        .map(column => `UPDATE public.res_company SET ${column} = false WHERE ${column}`),
      ...update(schema, 'account_edi_proxy_client_user', ['active'], 'active = false', 'active'),
    ],
  },
  {
    step: 'websites',
    what: 'domains of websites removed, and search engines sent away',
    covers: ['website'],
    queries: schema => [
      ...update(schema, 'website', ['domain'], 'domain = NULL', "domain <> ''"),
      ...update(schema, 'website', ['cdn_activated'], 'cdn_activated = false', 'cdn_activated'),
      ...update(
        schema,
        'website',
        ['robots_txt'],
        `robots_txt = ${NO_ROBOTS}`,
        `robots_txt IS DISTINCT FROM ${NO_ROBOTS}`,
      ),
    ],
  },
  {
    step: 'banner',
    what: 'a banner on every page that says so',
    covers: ['web'],
    queries: schema =>
      update(
        schema,
        'ir_ui_view',
        ['key', 'active'],
        'active = true',
        "key IN ('web.neutralize_banner', 'website.neutralize_ribbon') AND NOT active",
      ),
  },
  {
    step: 'webhooks',
    what: 'webhooks emptied',
    covers: [],
    queries: schema =>
      update(schema, 'ir_act_server', ['webhook_url'], 'webhook_url = NULL', "webhook_url <> ''"),
  },
  ...OUTSIDE_SERVICES,
  {
    step: 'marked',
    what: 'marked as neutralised',
    covers: [],
    queries: () => [
      `INSERT INTO public.ir_config_parameter (key, value) SELECT 'database.is_neutralized', 'true'
       WHERE NOT EXISTS (SELECT FROM public.ir_config_parameter WHERE key = 'database.is_neutralized')`,
      `UPDATE public.ir_config_parameter SET value = 'true'
       WHERE key = 'database.is_neutralized' AND value IS DISTINCT FROM 'true'`,
    ],
  },
]

const NO_ROBOTS = "E'User-agent: *\\nDisallow: /'"

const PAYMENT_KEYS =
  /(?:secret|_key|token|password|passwd|passphrase|signature|salt|shakey|_hash|_login|credential|webhook_id|merchant_id|api_user)/

const TOKEN_TABLES = [
  'res_users',
  'res_users_settings',
  'google_calendar_credentials',
  'microsoft_calendar_credentials',
  'google_credentials',
  'ir_mail_server',
  'fetchmail_server',
  'social_account',
  'whatsapp_account',
] as const

const OUTSIDE_TOKENS =
  /(?:google|microsoft|outlook|gmail|calendar|facebook|twitter|linkedin|instagram|youtube).*(?:token|secret)$|^calendar_r?token$|^(?:access_|app_secret|token$)/
