import type { PoolClient } from 'pg'

/** Something that was done, or refused, and must be answered for. Holds no secret. */
export interface AuditEvent {
  /** What, such as `credentials.vended`, `instance.revoked`, `account.suspended`. */
  readonly action: string
  readonly outcome: 'done' | 'refused'
  /** Who: `instance:<id>`, `account:<id>`, `admin:<name of the token>`, `operator:<provider>:<subject>` (the operators' pages), `operator` (a command; `detail.operator` says whose) or `system`; `unknown` for a key of nobody. */
  readonly actor: string
  readonly accountId?: string
  readonly instanceId?: string
  /** From where: the address of the client, as told by configured proxies alone. */
  readonly address?: string
  /** Why it was refused, as a stable code; or why an operator did it, in words. */
  readonly reason?: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

export interface AuditTrail {
  /**
   * Resolves when the event is written for good. Answer the caller only then; if it rejects, refuse.
   *
   * @param within a transaction of the registry in which what is told happens: the row is written by it, and counts
   * with it or not at all; its line of the log comes just before the commit, also of one that fails then
   */
  record(event: AuditEvent, within?: Pick<PoolClient, 'query'>): Promise<void>
}
