import { createLogger, createMetrics } from '@odoo-backup/service'
import type { NoticeBoard } from '../http/api/context.ts'
import type { Agent } from '../operations.ts'
import { createLeaseFile, leaseFileOf } from './lease.ts'
import { createMemoryFile, memoryFileOf } from './memory.ts'
import { createMonitor } from './monitor.ts'

/** The notices as the service beside this process noted them; looks for none itself. */
export function openNoticeBoard(agent: Agent, configurationFile: string): NoticeBoard {
  return createMonitor({
    agent,
    memory: createMemoryFile(memoryFileOf(configurationFile)),
    lease: createLeaseFile(leaseFileOf(configurationFile)),
    metrics: createMetrics({ processFigures: false }),
    log: createLogger({ name: 'agent', level: 'silent' }),
  })
}
