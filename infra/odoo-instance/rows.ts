import type pg from 'pg'
import { columnsOf, label } from './schema.ts'
import { MODELS } from './tables.ts'

/** A digest of `text` that fills any length; what is filled with it compresses about as well as real prose. */
const prose = (seed: string, words: number) =>
  `(SELECT string_agg(substr(md5(${seed} || '-' || w), 1, 2 + w % 7), ' ') FROM generate_series(1, ${words}) w)`
const translated = (text: string) => `jsonb_build_object('en_US', ${text})`
const stamps = `1, TIMESTAMP '2024-01-01' + i * INTERVAL '7 minutes', 1, TIMESTAMP '2025-06-01' + i * INTERVAL '3 minutes'`

/** Records that every database has: one company, its users, settings, mail servers, scheduled actions. */
const FOUNDATION: readonly string[] = [
  `INSERT INTO res_currency (name, symbol, decimal_places, rounding, active)
     VALUES ('EUR', '€', 2, 0.01, true), ('USD', '$', 2, 0.01, true), ('JPY', '¥', 0, 1, false)`,
  `INSERT INTO res_country (code, name, currency_id, phone_code)
     SELECT chr(65 + i / 16) || chr(65 + i % 16), ${translated("'Country ' || i")}, 1 + i % 3, 30 + i FROM generate_series(0, 199) i`,
  `INSERT INTO res_country_state (country_id, name, code)
     SELECT 1 + i % 200, 'State ' || i, 'S' || i FROM generate_series(1, 800) i`,
  `INSERT INTO res_lang (name, code, iso_code, url_code, direction, active)
     VALUES ('English (US)', 'en_US', 'en', 'en', 'ltr', true), ('Arabic / الْعَرَبيّة', 'ar_001', 'ar', 'ar', 'rtl', true),
            ('Ukrainian / українська', 'uk_UA', 'uk', 'uk', 'ltr', true)`,
  `INSERT INTO res_partner (name, display_name, type, email, active, is_company)
     VALUES ('My Company', 'My Company', 'contact', 'company@example.com', true, true),
            ('Administrator', 'Administrator', 'contact', 'admin@example.com', true, false)`,
  `INSERT INTO res_company (name, partner_id, currency_id, sequence, logo_web)
     VALUES ('My Company', 1, 1, 10, decode(repeat('89504e470d0a1a0a00ff5c27', 400), 'hex'))`,
  `INSERT INTO res_users (login, password, company_id, partner_id, active)
     VALUES ('__system__', NULL, 1, 2, false), ('admin', '$pbkdf2-sha512$25000$TqmVEmLM.f8/p7R2bu1dKw$iRBskRtay80sLk/0YRnymQI4D.4NS/wTf9gda5qmQVaP1zOqnDaoo4e..wvj958NGn9dJ2VwQpZVgOPrNh72iw', 1, 2, true)`,
  `INSERT INTO res_groups (name) SELECT ${translated("'Group ' || i")} FROM generate_series(1, 40) i`,
  'INSERT INTO res_groups_users_rel SELECT id, 2 FROM res_groups',
  'INSERT INTO res_company_users_rel VALUES (1, 1), (1, 2)',
  `INSERT INTO ir_config_parameter (key, value) VALUES
     ('database.secret', gen_random_uuid()), ('database.uuid', gen_random_uuid()),
     ('database.create_date', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')),
     ('web.base.url', 'https://erp.example.com'), ('base.login_cooldown_after', '10'), ('base.login_cooldown_duration', '60'),
     ('mail.catchall.domain', 'example.com'), ('odd.value', E'tab\\there, line\\nthere, back\\\\slash, quote '' and dollar $$')`,
  `INSERT INTO ir_sequence (name, code, implementation, prefix, number_next, number_increment, padding, active)
     VALUES ('Sales Order', 'sale.order', 'standard', 'S', 1, 1, 5, true), ('Invoice', 'account.move', 'no_gap', 'INV/', 7, 1, 5, true)`,
  "SELECT setval('ir_sequence_001', 4711), setval('ir_sequence_002', 12, false)",
  `INSERT INTO ir_act_server (name, type, binding_type, usage, state, model_name, code)
     VALUES (${translated("'Base: Auto-vacuum internal data'")}, 'ir.actions.server', 'action', 'ir_cron', 'code', 'ir.autovacuum', 'model._run_vacuum_cleaner()'),
            (${translated("'Mail: Email Queue Manager'")}, 'ir.actions.server', 'action', 'ir_cron', 'code', 'mail.mail', 'model.process_email_queue()'),
            (${translated("'Sale: Send reminders'")}, 'ir.actions.server', 'action', 'ir_cron', 'code', 'sale.order', 'model._send_reminders()')`,
  `INSERT INTO ir_cron (ir_actions_server_id, user_id, cron_name, active, interval_number, interval_type, numbercall, priority, nextcall)
     SELECT id, 1, name, true, 1, CASE id WHEN 1 THEN 'days' ELSE 'hours' END, -1, 5, now() AT TIME ZONE 'UTC' FROM ir_act_server`,
  `INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
     VALUES ('base', 'autovacuum_job', 'ir.cron', 1, true), ('base', 'main_company', 'res.company', 1, true),
            ('base', 'user_admin', 'res.users', 2, true), ('auth_oauth', 'provider_openerp', 'auth.oauth.provider', 1, true)`,
  `INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_authentication, smtp_user, smtp_pass, smtp_encryption, sequence, active)
     VALUES ('Outgoing', 'smtp.example.com', 587, 'login', 'mailer', 'mail password', 'starttls', 10, true)`,
  `INSERT INTO fetchmail_server (name, active, state, server, port, server_type, is_ssl)
     VALUES ('Incoming', true, 'done', 'imap.example.com', 993, 'imap', true)`,
  `INSERT INTO mail_template (name, model, subject, mail_server_id) VALUES (${translated("'Quotation'")}, 'sale.order', ${translated("'Your order'")}, 1)`,
  `INSERT INTO auth_oauth_provider (name, client_id, enabled, body, auth_endpoint, validation_endpoint, scope)
     VALUES ('Odoo.com Accounts', gen_random_uuid(), true, ${translated("'Log in with Odoo.com'")},
             'https://accounts.odoo.com/oauth2/auth', 'https://accounts.odoo.com/oauth2/tokeninfo', 'userinfo')`,
  "INSERT INTO iap_account (service_name, account_token) VALUES ('sms', replace(gen_random_uuid()::text, '-', ''))",
  `INSERT INTO payment_provider (name, code, state, company_id, is_published) VALUES (${translated("'Card'")}, 'card', 'enabled', 1, true)`,
]

const MODULES = [
  'base',
  'web',
  'mail',
  'iap',
  'fetchmail',
  'auth_oauth',
  'product',
  'sale',
  'payment',
  'base_import',
  'bus',
]

/** Fills an empty schema. `records` is the number of messages; the rest is in proportion. */
export async function insertRows(client: pg.Client, records: number): Promise<void> {
  for (const statement of FOUNDATION) await client.query(statement)
  await describeModels(client)
  for (const [index, name] of MODULES.entries())
    await client.query(
      `INSERT INTO ir_module_module (name, state, latest_version, shortdesc, author, license, sequence, application, auto_install)
         VALUES ($1, 'installed', $2, $3, 'Odoo S.A.', 'LGPL-3', 100, false, false)`,
      [name, `16.0.1.${index}`, JSON.stringify({ en_US: name })],
    )
  await client.query(
    `INSERT INTO ir_module_module (name, state, shortdesc) SELECT 'addon_' || i, 'uninstalled', ${translated("'Add-on ' || i")} FROM generate_series(1, 500) i`,
  )
  await client.query(
    `INSERT INTO ir_module_module_dependency (name, module_id) SELECT 'base', id FROM ir_module_module WHERE name <> 'base'`,
  )
  for (const statement of business(records)) await client.query(statement)
}

/** `ir_model` and `ir_model_fields`: what Odoo writes of its own models. */
async function describeModels(client: pg.Client): Promise<void> {
  for (const [table, model] of Object.entries(MODELS)) {
    const name = table.replaceAll('_', '.')
    await client.query('INSERT INTO ir_model (model, name, state, transient) VALUES ($1, $2, $3, false)', [
      name,
      JSON.stringify({ en_US: model.label }),
      'base',
    ])
    for (const { name: field, kind, required, target } of columnsOf(model))
      await client.query(
        `INSERT INTO ir_model_fields (model_id, model, name, field_description, ttype, relation, required, store)
           SELECT id, model, $2, $3, $4, $5, $6, true FROM ir_model WHERE model = $1`,
        [
          name,
          field,
          JSON.stringify({ en_US: label(field) }),
          target === undefined ? kind.replace(/\(.*/, '') : 'many2one',
          target?.replaceAll('_', '.') ?? null,
          required,
        ],
      )
  }
}

function business(records: number): string[] {
  const partners = Math.ceil(records / 8)
  const orders = Math.ceil(records / 10)
  const columns = 'create_uid, create_date, write_uid, write_date'
  return [
    `INSERT INTO res_partner (name, display_name, type, parent_id, country_id, state_id, lang, email, phone, street, city, comment, active, is_company, partner_latitude, date, ${columns})
       SELECT 'Partner ' || i, 'Partner ' || i || ' — Füße & Ко', 'contact', CASE i % 4 WHEN 0 THEN 1 + i / 8 END, 1 + i % 200, 1 + i % 800, 'en_US',
         'partner' || i || '@example.com', '+1 555 ' || lpad(i::text, 6, '0'), i || ' Main Street', 'City ' || i % 97,
         CASE i % 5 WHEN 0 THEN ${prose("'comment' || i", 30)} END, i % 50 <> 0, i % 3 = 0, (i % 180) / 7.0, DATE '2020-01-01' + i % 2000, ${stamps}
       FROM generate_series(1, ${partners}) i`,
    `INSERT INTO product_template (name, default_code, detailed_type, list_price, weight, sale_ok, active, description_sale, ${columns})
       SELECT ${translated("'Product ' || i")}, 'P' || i, 'consu', i * 1.25, i / 3.0, true, true, ${translated(prose("'product' || i", 20))}, ${stamps}
       FROM generate_series(1, ${Math.ceil(records / 20)}) i`,
    `INSERT INTO sale_order (name, state, partner_id, company_id, currency_id, user_id, date_order, amount_untaxed, amount_total, ${columns})
       SELECT 'S' || lpad(i::text, 5, '0'), (ARRAY['draft', 'sent', 'sale', 'done'])[1 + i % 4], 1 + i % ${partners}, 1, 1, 2,
         TIMESTAMP '2024-01-01' + i * INTERVAL '1 hour', i * 3.5, i * 4.2, ${stamps}
       FROM generate_series(1, ${orders}) i`,
    `INSERT INTO sale_order_line (order_id, product_id, name, sequence, product_uom_qty, price_unit, discount, price_subtotal, ${columns})
       SELECT 1 + i % ${orders}, 1 + i % ${Math.ceil(records / 20)}, 'Line ' || i || E'\\nof the order', 10, i % 9 + 1, i * 1.25, 0, i * 2.5, ${stamps}
       FROM generate_series(1, ${orders * 3}) i`,
    `INSERT INTO mail_message (subject, date, body, model, res_id, message_type, email_from, author_id, message_id, is_internal, ${columns})
       SELECT CASE i % 3 WHEN 0 THEN 'Subject ' || i END, TIMESTAMP '2024-01-01' + i * INTERVAL '5 minutes',
         '<p>' || ${prose("'body' || i", 60)} || '</p>', 'sale.order', 1 + i % ${orders}, 'comment', 'partner' || i % ${partners} || '@example.com',
         1 + i % ${partners}, '<' || md5('message' || i) || '@example.com>', i % 2 = 0, ${stamps}
       FROM generate_series(1, ${records}) i`,
    `INSERT INTO mail_message_res_partner_rel SELECT i, 1 + i % ${partners} FROM generate_series(1, ${records}, 2) i`,
    `INSERT INTO ir_ui_view (name, model, key, priority, type, mode, arch_db, active, ${columns})
       SELECT 'view.' || i, 'sale.order', 'sale.view_' || i, 16, CASE i % 2 WHEN 0 THEN 'qweb' ELSE 'form' END, 'primary',
         ${translated(`'<form><!-- ' || ${prose("'view' || i", 80)} || ' --></form>'`)}, true, ${stamps}
       FROM generate_series(1, ${Math.ceil(records / 20)}) i`,
    `INSERT INTO ir_logging (name, type, dbname, level, path, func, line, message)
       SELECT 'odoo.addons', 'server', 'db', 'WARNING', '/path', 'f', i::text, ${prose("'log' || i", 12)} FROM generate_series(1, ${orders}) i`,
    // Gaps, as every living database has them.
    'DELETE FROM ir_logging WHERE id % 7 = 0',
    'ANALYZE',
  ]
}
