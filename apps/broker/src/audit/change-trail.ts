import type { Prisma, PrismaClient } from '../registry/generated/client.ts'
import { auditRows, INSERT_AUDIT_ROWS, type WrittenEvent } from './audit-rows.ts'
import type { AuditEvent } from './audit-trail.ts'

/** The registry, as far as a transaction has changed it. */
export type Transaction = Prisma.TransactionClient

/** What came of a change, and the row that tells of it. */
export interface RecordedChange<Answer> {
  readonly answer: Answer
  /** Absent: nothing was changed. */
  readonly event?: AuditEvent
  /** Rights come back by it: the log stream tells of it only once it holds. */
  readonly givesRights?: boolean
}

/** Changes of the registry that must be answered for. */
export interface ChangeTrail {
  /**
   * Does the work and writes its row in one transaction: a change that cannot be written down does not happen, and
   * nothing that ends the broker leaves one without the other. Resolves when both are there for good.
   */
  record<Answer>(work: (transaction: Transaction) => Promise<RecordedChange<Answer>>): Promise<Answer>
}

export interface ChangeTrailOptions {
  readonly prisma: PrismaClient
  readonly now: () => number
  /** The copy in the log stream. */
  readonly copy: (event: WrittenEvent) => void
}

/** As patient as every connection of the broker: whoever takes rights away must not fail because many are served. */
const PATIENCE = { maxWait: 10_000, timeout: 30_000 }

/**
 * The log stream is what rights are taken away by again after a restore. So it tells of a change just before that is
 * committed: no revocation is missing from it, whenever the broker ends. One that was told and whose commit was not
 * confirmed is told again as refused.
 */
export function createChangeTrail({ prisma, now, copy }: ChangeTrailOptions): ChangeTrail {
  return {
    async record(work) {
      const told: WrittenEvent[] = []
      try {
        const { answer, untold } = await prisma.$transaction(async transaction => {
          const { answer, event, givesRights = false } = await work(transaction)
          if (event === undefined) return { answer }
          const written = { ...event, at: new Date(now()).toISOString() }
          await transaction.$executeRawUnsafe(INSERT_AUDIT_ROWS, auditRows([written]))
          if (givesRights) return { answer, untold: written }
          copy(written)
          told.push(written)
          return { answer }
        }, PATIENCE)
        if (untold !== undefined) copy(untold)
        return answer
      } catch (error) {
        for (const event of told) copy({ ...event, outcome: 'refused', reason: 'not_confirmed' })
        throw error
      }
    },
  }
}
