import type { ConfigurationStore } from '../config/store.ts'
import type { ConnectDependencies } from '../credentials/connect.ts'
import type { Places } from '../jobs/find-place.ts'
import type { Handover } from '../jobs/handover.ts'
import type { OdooServer } from '../odoo-server.ts'
import type { JobQueue } from '../queue/job-queue.ts'

/** What the operations stand on. */
export interface AgentParts extends Places {
  readonly store: ConfigurationStore
  readonly odoo: OdooServer
  readonly queue: () => Promise<JobQueue>
  /** What talks to the broker; undefined where storage of one's own is configured. */
  readonly broker: () => ConnectDependencies | undefined
  readonly handover: Handover
  readonly now: () => Date
}
