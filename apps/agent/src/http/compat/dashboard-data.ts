import type { BackupView, DatabaseSettings, StorageView } from '@odoo-backup/protocol'
import type { ConnectionState } from '../../operations.ts'
import { lastDays } from '../../usage/days.ts'
import { storageUsage } from '../../usage/storage-usage.ts'

const MIB = 1_048_576
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const toMib = (bytes: number) => Math.round(bytes / MIB)

export interface DashboardFacts {
  readonly backups: readonly BackupView[]
  readonly databases: readonly DatabaseSettings[]
  readonly notices: readonly { readonly message: string; readonly at: string }[]
  readonly connection: ConnectionState
  /** Where backups go; absent for those who may see single databases alone. */
  readonly storage: StorageView | undefined
  /** Of the Odoo beside, such as `16.0`. */
  readonly odooVersion: string | undefined
  readonly rechargeUrl?: string | undefined
  readonly now: Date
}

/**
 * The data of the former module's dashboard, in its shape: sizes in whole MB, thirty days of storage, seven days of
 * each database. Of `cloud_params`, where cloud keys and the instance's key were sent to browsers, only what is no
 * secret is left. What another server of the account made counts for storage, not for a database.
 */
export function dashboardData(facts: DashboardFacts): Record<string, unknown> {
  const usage = storageUsage(facts.backups, facts.now, 30)
  const series = (
    key: string,
    sizeOf: (point: { sizeBytes: number }) => number = point => point.sizeBytes,
  ) => [{ key, values: usage.map(point => ({ 0: point.day, 1: toMib(sizeOf(point)) })) }]
  const none = () => 0
  const own = facts.backups.filter(backup => backup.foreign !== true)
  const { connection } = facts
  return {
    remote_storage_usage_graph_values: series('Remote Storage Usage'),
    services_storage_usage_graph_values: {
      odoo_backup_sh: series('Remote S3 Storage Usage'),
      dropbox: series('Remote Dropbox Storage Usage', none),
      google_drive: series('Remote Google Drive Storage Usage', none),
    },
    configs: facts.databases.map((settings, index) => ({
      id: index + 1,
      database: settings.database,
      active: settings.enabled,
      storage_service: 'odoo_backup_sh',
      backups_number: own.filter(backup => backup.database === settings.database).length,
      graph: [{ key: 'Backups of Last 7 Days', values: lastWeek(own, settings.database, facts.now) }],
    })),
    notifications: facts.notices.map((notice, index) => ({
      id: index + 1,
      date_create: notice.at.slice(0, 19).replace('T', ' '),
      message: notice.message,
    })),
    ...(facts.rechargeUrl === undefined ? {} : { up_balance_url: facts.rechargeUrl }),
    cloud_params: cloudParams(facts),
    modules: {
      odoo_backup_sh: {
        installed: true,
        configured: connection.state === 'connected',
        configured_iap: connection.state === 'connected' && connection.account !== undefined,
      },
      // Storage services that were modules of their own; here a bucket or a folder takes their place.
      odoo_backup_sh_dropbox: notInstalled('odoo_backup_sh_dropbox', facts.odooVersion),
      odoo_backup_sh_google_disk: notInstalled('odoo_backup_sh_google_disk', facts.odooVersion),
    },
  }
}

function cloudParams({ storage, connection }: DashboardFacts): Record<string, string> {
  if (storage?.kind === 'broker')
    return connection.state === 'connected' ? { 'odoo_backup_sh.odoo_oauth_uid': connection.folder } : {}
  if (storage?.kind !== 'own') return {}
  return {
    ...(storage.folder === undefined ? {} : { 'odoo_backup_sh.private_s3_dir': storage.folder }),
    ...(storage.bucket === undefined ? {} : { 'odoo_backup_sh.s3_bucket_name': storage.bucket }),
  }
}

function notInstalled(module: string, odooVersion = '16.0') {
  return {
    url: `https://apps.odoo.com/apps/modules/${odooVersion}/${module}/`,
    installed: false,
    configured: false,
  }
}

/** Per day the size of what was backed up then; labels such as `05 Nov`, the last one `Today`. */
function lastWeek(
  backups: readonly BackupView[],
  database: string,
  now: Date,
): { label: string; value: number }[] {
  const days = lastDays(now, 7)
  const sizes = new Map<string, number>()
  for (const backup of backups) {
    const day = backup.takenAt.slice(0, 10)
    if (backup.database === database) sizes.set(day, (sizes.get(day) ?? 0) + backup.sizeBytes)
  }
  return days.map((day, index) => ({
    label: index === days.length - 1 ? 'Today' : `${day.slice(8)} ${MONTHS[Number(day.slice(5, 7)) - 1]}`,
    value: toMib(sizes.get(day) ?? 0),
  }))
}
