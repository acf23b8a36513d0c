import type { BackupView, DatabaseSettings } from '@odoo-backup/protocol'
import type { ConnectionState } from '../../operations.ts'
import { lastDays, storageUsage } from '../../usage/storage-usage.ts'

const MIB = 1_048_576
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const toMib = (bytes: number) => Math.round(bytes / MIB)

export interface DashboardFacts {
  readonly backups: readonly BackupView[]
  readonly databases: readonly DatabaseSettings[]
  readonly notices: readonly { readonly message: string; readonly at: string }[]
  readonly connection: ConnectionState['state'] | undefined
  /** The account's folder at the broker, when connected to one. */
  readonly account?: string | undefined
  readonly rechargeUrl?: string | undefined
  readonly now: Date
}

/**
 * The data of the former module's dashboard, in its shape: sizes in whole MB, thirty days of storage, seven days of
 * each database. `cloud_params` was where cloud keys and the instance's key were sent to browsers: it is empty.
 */
export function dashboardData(facts: DashboardFacts): Record<string, unknown> {
  const usage = storageUsage(facts.backups, facts.now, 30)
  const series = (key: string) => [
    { key, values: usage.map(point => ({ 0: point.day, 1: toMib(point.sizeBytes) })) },
  ]
  return {
    remote_storage_usage_graph_values: series('Remote Storage Usage'),
    services_storage_usage_graph_values: { odoo_backup_sh: series('Remote S3 Storage Usage') },
    configs: facts.databases.map((settings, index) => ({
      id: index + 1,
      database: settings.database,
      active: settings.enabled,
      storage_service: 'odoo_backup_sh',
      backups_number: facts.backups.filter(backup => backup.database === settings.database).length,
      graph: [{ key: 'Backups of Last 7 Days', values: lastWeek(facts, settings.database) }],
    })),
    notifications: facts.notices.map((notice, index) => ({
      id: index + 1,
      date_create: notice.at.slice(0, 19).replace('T', ' '),
      message: notice.message,
    })),
    ...(facts.rechargeUrl === undefined ? {} : { up_balance_url: facts.rechargeUrl }),
    cloud_params: {},
    modules: {
      odoo_backup_sh: {
        installed: true,
        configured: facts.connection === 'connected',
        configured_iap: facts.account !== undefined,
      },
    },
  }
}

/** Per day the size of what was backed up then; labels such as `05 Nov`, the last one `Today`. */
function lastWeek(facts: DashboardFacts, database: string): { label: string; value: number }[] {
  const days = lastDays(facts.now, 7)
  const sizes = new Map<string, number>()
  for (const backup of facts.backups) {
    const day = backup.takenAt.slice(0, 10)
    if (backup.database === database) sizes.set(day, (sizes.get(day) ?? 0) + backup.sizeBytes)
  }
  return days.map((day, index) => ({
    label: index === days.length - 1 ? 'Today' : `${day.slice(8)} ${MONTHS[Number(day.slice(5, 7)) - 1]}`,
    value: toMib(sizes.get(day) ?? 0),
  }))
}
