/**
 * The shape of an Odoo 16 database, as far as a backup can tell: table and column names of Odoo's own modules,
 * written as models, from which `schema.ts` makes what Odoo's ORM makes of such models.
 *
 * A column is a kind (`char`, `text`, `integer` …), `kind!` if it is never null, or `-> table` for a many2one
 * (`-> table !` if it is required).
 */
export type Columns = Readonly<Record<string, string>>
export interface Model {
  readonly label: string
  readonly columns: Columns
  /** Unique constraints, by their columns. */
  readonly unique?: readonly (readonly string[])[]
  /** CHECK constraints, by name. */
  readonly checks?: Readonly<Record<string, string>>
  /** Columns with an index; with `trigram` one for searching parts of words. */
  readonly indexes?: readonly string[]
  readonly trigram?: readonly string[]
  /** The table of which this one is a child (PostgreSQL's inheritance, as Odoo's actions have it). */
  readonly inherits?: string
}

const base: Readonly<Record<string, Model>> = {
  res_currency: {
    label: 'Currency',
    columns: {
      name: 'char!',
      symbol: 'char!',
      decimal_places: 'integer',
      rounding: 'numeric',
      active: 'boolean',
    },
    unique: [['name']],
    checks: { rounding_gt_zero: 'rounding > 0' },
  },
  res_country: {
    label: 'Country',
    columns: {
      code: 'char(2)',
      name: 'jsonb!',
      currency_id: '-> res_currency',
      phone_code: 'integer',
      address_format: 'text',
    },
    unique: [['code']],
  },
  res_country_state: {
    label: 'Country state',
    columns: { country_id: '-> res_country !', name: 'char!', code: 'char!' },
    unique: [['country_id', 'code']],
  },
  res_lang: {
    label: 'Languages',
    columns: {
      name: 'char!',
      code: 'char!',
      iso_code: 'char',
      url_code: 'char!',
      direction: 'char!',
      active: 'boolean',
    },
    unique: [['name'], ['code'], ['url_code']],
  },
  res_partner: {
    label: 'Contact',
    columns: {
      name: 'char',
      display_name: 'char',
      parent_id: '-> res_partner',
      commercial_partner_id: '-> res_partner',
      country_id: '-> res_country',
      state_id: '-> res_country_state',
      ref: 'char',
      lang: 'char',
      tz: 'char',
      vat: 'char',
      website: 'char',
      type: 'char',
      street: 'char',
      zip: 'char',
      city: 'char',
      email: 'char',
      phone: 'char',
      comment: 'text',
      partner_latitude: 'numeric',
      date: 'date',
      active: 'boolean',
      is_company: 'boolean',
    },
    checks: { check_name: "(type = 'contact' AND name IS NOT NULL) OR type <> 'contact'" },
    indexes: ['parent_id', 'commercial_partner_id', 'ref', 'date'],
    trigram: ['display_name', 'email'],
  },
  res_company: {
    label: 'Companies',
    columns: {
      name: 'char!',
      partner_id: '-> res_partner !',
      currency_id: '-> res_currency !',
      sequence: 'integer',
      logo_web: 'bytea',
      report_footer: 'jsonb',
    },
    unique: [['name']],
  },
  res_users: {
    label: 'User',
    columns: {
      login: 'char!',
      password: 'char',
      company_id: '-> res_company !',
      partner_id: '-> res_partner !',
      active: 'boolean',
      signature: 'text',
      share: 'boolean',
      totp_secret: 'char',
    },
    unique: [['login']],
  },
  res_groups: {
    label: 'Access Groups',
    columns: { name: 'jsonb!', color: 'integer', share: 'boolean', comment: 'jsonb' },
  },
  ir_model: {
    label: 'Models',
    columns: { model: 'char!', name: 'jsonb!', state: 'char', info: 'text', transient: 'boolean' },
    unique: [['model']],
  },
  ir_model_fields: {
    label: 'Fields',
    columns: {
      model_id: '-> ir_model !',
      model: 'char!',
      name: 'char!',
      field_description: 'jsonb!',
      ttype: 'char!',
      relation: 'char',
      required: 'boolean',
      store: 'boolean',
      size: 'integer',
    },
    unique: [['model', 'name']],
    checks: { size_gt_zero: 'size >= 0' },
    indexes: ['model_id', 'name'],
  },
  ir_model_data: {
    label: 'Model Data',
    columns: { module: 'char!', name: 'char!', model: 'char!', res_id: 'integer', noupdate: 'boolean' },
    unique: [['module', 'name']],
    checks: { name_nospaces: "name NOT LIKE '% %'" },
  },
  ir_module_module: {
    label: 'Module',
    columns: {
      name: 'char!',
      state: 'char(16)',
      latest_version: 'char',
      shortdesc: 'jsonb',
      summary: 'jsonb',
      author: 'char',
      license: 'char(32)',
      sequence: 'integer',
      application: 'boolean',
      demo: 'boolean',
      auto_install: 'boolean',
    },
    unique: [['name']],
    indexes: ['state'],
  },
  ir_module_module_dependency: {
    label: 'Module dependency',
    columns: { name: 'char', module_id: '-> ir_module_module', auto_install_required: 'boolean' },
    indexes: ['name'],
  },
  ir_config_parameter: {
    label: 'System Parameter',
    columns: { key: 'char!', value: 'text!' },
    unique: [['key']],
  },
  ir_sequence: {
    label: 'Sequence',
    columns: {
      name: 'char!',
      code: 'char',
      implementation: 'char!',
      prefix: 'char',
      number_next: 'integer!',
      number_increment: 'integer!',
      padding: 'integer!',
      active: 'boolean',
    },
  },
  ir_attachment: {
    label: 'Attachment',
    columns: {
      name: 'char!',
      res_model: 'char',
      res_field: 'char',
      res_id: 'integer',
      company_id: '-> res_company',
      type: 'char!',
      url: 'char(1024)',
      access_token: 'char',
      store_fname: 'char',
      checksum: 'char(40)',
      file_size: 'integer',
      mimetype: 'char',
      description: 'text',
      index_content: 'text',
      public: 'boolean',
      db_datas: 'bytea',
    },
    indexes: ['store_fname', 'checksum', 'url'],
  },
  ir_actions: {
    label: 'Actions',
    columns: { name: 'jsonb!', type: 'char!', help: 'jsonb', binding_type: 'char!' },
  },
  ir_act_server: {
    label: 'Server Actions',
    columns: { usage: 'char!', state: 'char!', model_name: 'char', code: 'text', sequence: 'integer' },
    inherits: 'ir_actions',
  },
  ir_cron: {
    label: 'Scheduled Actions',
    columns: {
      ir_actions_server_id: '-> ir_act_server !',
      user_id: '-> res_users !',
      cron_name: 'jsonb',
      active: 'boolean',
      interval_number: 'integer',
      interval_type: 'char',
      numbercall: 'integer',
      priority: 'integer',
      nextcall: 'timestamp!',
      lastcall: 'timestamp',
    },
    indexes: ['cron_name'],
  },
  ir_mail_server: {
    label: 'Mail Server',
    columns: {
      name: 'char!',
      from_filter: 'char',
      smtp_host: 'char!',
      smtp_port: 'integer!',
      smtp_authentication: 'char!',
      smtp_user: 'char',
      smtp_pass: 'char',
      smtp_encryption: 'char!',
      smtp_debug: 'boolean',
      sequence: 'integer',
      active: 'boolean',
    },
  },
  ir_ui_view: {
    label: 'View',
    columns: {
      name: 'char!',
      model: 'char',
      key: 'char',
      priority: 'integer!',
      type: 'char',
      inherit_id: '-> ir_ui_view',
      mode: 'char!',
      arch_db: 'jsonb',
      arch_fs: 'char',
      active: 'boolean',
    },
    checks: {
      inheritance_mode: "mode <> 'extension' OR inherit_id IS NOT NULL",
      qweb_required_key: "type <> 'qweb' OR key IS NOT NULL",
    },
    indexes: ['model', 'inherit_id'],
  },
  ir_logging: {
    label: 'Logging',
    columns: {
      name: 'char!',
      type: 'char!',
      dbname: 'char',
      level: 'char',
      path: 'char!',
      func: 'char!',
      line: 'char!',
      message: 'text!',
    },
  },
}

const applications: Readonly<Record<string, Model>> = {
  auth_oauth_provider: {
    label: 'OAuth2 provider',
    columns: {
      name: 'char!',
      client_id: 'char',
      enabled: 'boolean',
      body: 'jsonb!',
      auth_endpoint: 'char!',
      validation_endpoint: 'char!',
      scope: 'char',
      css_class: 'char',
      sequence: 'integer',
    },
  },
  fetchmail_server: {
    label: 'Incoming Mail Server',
    columns: {
      name: 'char!',
      active: 'boolean',
      state: 'char',
      server: 'char',
      port: 'integer',
      server_type: 'char!',
      user: 'char',
      password: 'char',
      is_ssl: 'boolean',
    },
    indexes: ['state'],
  },
  iap_account: {
    label: 'IAP Account',
    columns: { service_name: 'char', account_token: 'char' },
  },
  mail_template: {
    label: 'Email Templates',
    columns: {
      name: 'jsonb',
      model: 'char',
      subject: 'jsonb',
      body_html: 'jsonb',
      mail_server_id: '-> ir_mail_server',
      auto_delete: 'boolean',
    },
    indexes: ['model'],
  },
  mail_message: {
    label: 'Message',
    columns: {
      subject: 'char',
      date: 'timestamp',
      body: 'text',
      parent_id: '-> mail_message',
      model: 'char',
      res_id: 'integer',
      message_type: 'char!',
      email_from: 'char',
      author_id: '-> res_partner',
      message_id: 'char',
      is_internal: 'boolean',
    },
    indexes: ['parent_id', 'author_id', 'message_id', 'date'],
  },
  product_template: {
    label: 'Product',
    columns: {
      name: 'jsonb!',
      default_code: 'char',
      detailed_type: 'char!',
      list_price: 'numeric',
      weight: 'numeric',
      sale_ok: 'boolean',
      active: 'boolean',
      description_sale: 'jsonb',
    },
    indexes: ['default_code'],
  },
  sale_order: {
    label: 'Sales Order',
    columns: {
      name: 'char!',
      state: 'char',
      partner_id: '-> res_partner !',
      company_id: '-> res_company !',
      currency_id: '-> res_currency',
      user_id: '-> res_users',
      date_order: 'timestamp!',
      amount_untaxed: 'numeric',
      amount_total: 'numeric',
      note: 'text',
    },
    checks: { date_order_conditional_required: "state NOT IN ('sale', 'done') OR date_order IS NOT NULL" },
    indexes: ['partner_id', 'user_id', 'state'],
    trigram: ['name'],
  },
  sale_order_line: {
    label: 'Sales Order Line',
    columns: {
      order_id: '-> sale_order !',
      product_id: '-> product_template',
      name: 'text!',
      sequence: 'integer',
      product_uom_qty: 'numeric!',
      price_unit: 'numeric!',
      discount: 'numeric',
      price_subtotal: 'numeric',
      display_type: 'char',
    },
    checks: { accountable_required_fields: 'display_type IS NOT NULL OR product_id IS NOT NULL' },
    indexes: ['order_id', 'product_id'],
  },
  payment_provider: {
    label: 'Payment Provider',
    columns: {
      name: 'jsonb!',
      code: 'char!',
      state: 'char!',
      company_id: '-> res_company !',
      is_published: 'boolean',
      sequence: 'integer',
    },
  },
}

/** In an order in which each refers to earlier ones, but for the marks of who made and changed a record. */
export const MODELS: Readonly<Record<string, Model>> = { ...base, ...applications }

/** Tables of many2many fields: no id, a pair of references that is the key. */
export const RELATIONS: Readonly<Record<string, readonly [string, string]>> = {
  res_groups_users_rel: ['gid -> res_groups', 'uid -> res_users'],
  res_company_users_rel: ['cid -> res_company', 'user_id -> res_users'],
  mail_message_res_partner_rel: ['mail_message_id -> mail_message', 'res_partner_id -> res_partner'],
}

/** Views, as Odoo's reports are. */
export const VIEWS: Readonly<Record<string, string>> = {
  sale_report: `SELECT min(line.id) AS id, orders.partner_id, orders.state, date_trunc('month', orders.date_order) AS month,
    sum(line.product_uom_qty) AS product_uom_qty, sum(line.price_subtotal) AS price_subtotal, count(*) AS nbr
    FROM sale_order_line line JOIN sale_order orders ON orders.id = line.order_id
    WHERE line.display_type IS NULL GROUP BY orders.partner_id, orders.state, date_trunc('month', orders.date_order)`,
  report_partner_country: `SELECT country_id AS id, count(*) AS partners FROM res_partner WHERE active GROUP BY country_id`,
}
