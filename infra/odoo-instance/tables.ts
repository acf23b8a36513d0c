import { APPLICATION_MODELS } from './application-models.ts'
import { BASE_MODELS } from './base-models.ts'
import type { Model } from './model.ts'

/** In an order in which each refers to earlier ones, but for the marks of who made and changed a record. */
export const MODELS: Readonly<Record<string, Model>> = { ...BASE_MODELS, ...APPLICATION_MODELS }

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
