import { randomUUID } from 'node:crypto'
import type { ClientBase } from 'pg'

/**
 * Makes a copy a database of its own, as Odoo does (`ir.config_parameter.init(force=True)`): new secret and
 * uuid, so that it shares no sessions and no in-app purchases with the original; the local base URL; and the
 * client id that odoo.com knows it by.
 */
export async function resetCopy(client: ClientBase, httpPort: number, now: Date = new Date()): Promise<void> {
  const uuid = randomUUID()
  const parameters: readonly (readonly [string, string])[] = [
    ['database.secret', randomUUID()],
    ['database.uuid', uuid],
    ['database.create_date', now.toISOString().slice(0, 19).replace('T', ' ')],
    ['web.base.url', `http://localhost:${httpPort}`],
    ['base.login_cooldown_after', '10'],
    ['base.login_cooldown_duration', '60'],
  ]
  for (const [key, value] of parameters) {
    const { rowCount } = await client.query(
      'UPDATE public.ir_config_parameter SET value = $2 WHERE key = $1',
      [key, value],
    )
    if (rowCount === 0)
      await client.query('INSERT INTO public.ir_config_parameter (key, value) VALUES ($1, $2)', [key, value])
  }
  const { rows } = await client.query(
    "SELECT FROM pg_class WHERE oid = to_regclass('public.auth_oauth_provider')",
  )
  if (rows.length > 0)
    await client.query(
      `UPDATE public.auth_oauth_provider SET client_id = $1 WHERE id IN (
         SELECT res_id FROM public.ir_model_data WHERE module = 'auth_oauth' AND name = 'provider_openerp')`,
      [uuid],
    )
}

/**
 * Switches off the schedules of the Odoo module `odoo_backup_sh` in a restored database: two databases must
 * not write the same backups.
 */
export async function stopOldSchedules(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ present: boolean }>(
    `SELECT to_regclass('public.odoo_backup_sh_config') IS NOT NULL
        AND to_regclass('public.odoo_backup_sh_config_cron') IS NOT NULL AS present`,
  )
  if (!rows[0]?.present) return
  await client.query(
    `UPDATE public.ir_cron SET active = false
     WHERE active AND id IN (SELECT ir_cron_id FROM public.odoo_backup_sh_config_cron)`,
  )
  await client.query('UPDATE public.odoo_backup_sh_config SET active = false WHERE active')
}
