import type { OdooSettings } from '@odoo-backup/odoo'
import type { SettingsFields } from '../config/settings.ts'

/** What the pages and the API must know of the configuration; asked at each request, so that an edit counts. */
export interface HttpSettings {
  /** Odoo's `list_db`: false switches the pages of the database manager off. */
  readonly listDb: boolean
  /** Odoo's `proxy_mode`: only then do the `X-Forwarded-…` headers of the nearest proxy count. */
  readonly proxyMode: boolean
  /** Where people reach the agent, when that is not where it listens. Its origin is trusted as our own. */
  readonly publicUrl?: string
  /** Where the agent itself reaches the running Odoo, such as `http://127.0.0.1:8069`. */
  readonly odooUrl: string
}

/** From odoo.conf and the agent's own settings. */
export function httpSettingsOf(
  { listDb, proxyMode, httpPort }: Pick<OdooSettings, 'listDb' | 'proxyMode' | 'httpPort'>,
  { public_url: publicUrl, odoo_url: odooUrl }: Pick<SettingsFields, 'public_url' | 'odoo_url'>,
): HttpSettings {
  return {
    listDb,
    proxyMode,
    odooUrl: odooUrl ?? `http://127.0.0.1:${httpPort}`,
    ...(publicUrl === undefined ? {} : { publicUrl }),
  }
}
