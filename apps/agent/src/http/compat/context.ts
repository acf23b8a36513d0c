import type { Log } from '@odoo-backup/service'
import type { AgentAdministration, AgentOperations } from '../../operations.ts'
import type { Access } from '../access/access.ts'
import type { NoticeBoard } from '../api/context.ts'
import type { HttpSettings } from '../settings.ts'

/** What the pages stand on. */
export interface CompatContext {
  readonly operations: AgentOperations &
    Pick<
      AgentAdministration,
      | 'databaseSettings'
      | 'inventory'
      | 'openBackup'
      | 'backup'
      | 'rechargeLink'
      | 'settings'
      | 'withMissingFiles'
    >
  readonly access: Access
  readonly settings: () => HttpSettings
  readonly notices: NoticeBoard
  readonly log: Log
  readonly clock: () => number
  /** How long a restore is waited for before the answer is the job's page. */
  readonly patienceMs: number
}
