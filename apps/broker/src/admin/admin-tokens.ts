import { createHash, randomBytes } from 'node:crypto'
import type { AuditEvent } from '../audit/audit-trail.ts'
import type { ChangeTrail, Transaction } from '../audit/change-trail.ts'
import type { AdminRole } from '../registry/generated/client.ts'

/** Each role may also what those before it may. */
export const ADMIN_ROLES = ['viewer', 'billing', 'admin'] as const satisfies readonly AdminRole[]

export interface AdminTokenView {
  readonly name: string
  readonly role: AdminRole
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | undefined
}

/** The bearer tokens of operators. Only their hashes are stored. */
export interface AdminTokens {
  /** The token, shown this once. Rejects when the name is taken. */
  create(asked: { name: string; role: AdminRole; expiresAt: Date }): Promise<string>
  /** Whose token this is; undefined when it is unknown, expired or revoked. */
  find(token: string): Promise<{ name: string; role: AdminRole } | undefined>
  list(): Promise<readonly AdminTokenView[]>
  /** False when there is no such token that still counts. */
  revoke(name: string): Promise<boolean>
}

/** Makes a token recognisable to people and to scanners for leaked secrets. */
const PREFIX = 'oba_'

export interface AdminTokensDependencies {
  /** The registry, or a transaction in it. */
  readonly prisma: Pick<Transaction, 'adminToken'>
  readonly now: () => Date
}

export function createAdminTokens({ prisma, now }: AdminTokensDependencies): AdminTokens {
  return {
    async create({ name, role, expiresAt }) {
      const token = PREFIX + randomBytes(32).toString('base64url')
      await prisma.adminToken.create({ data: { name, role, expiresAt, tokenHash: hashOf(token) } })
      return token
    },
    async find(token) {
      if (!token.startsWith(PREFIX)) return undefined
      const row = await prisma.adminToken.findUnique({ where: { tokenHash: hashOf(token) } })
      if (row === null || row.revokedAt !== null || row.expiresAt <= now()) return undefined
      return { name: row.name, role: row.role }
    },
    async list() {
      const rows = await prisma.adminToken.findMany({ orderBy: { createdAt: 'asc' } })
      return rows.map(({ name, role, createdAt, expiresAt, revokedAt }) => ({
        name,
        role,
        createdAt,
        expiresAt,
        revokedAt: revokedAt ?? undefined,
      }))
    },
    async revoke(name) {
      const { count } = await prisma.adminToken.updateMany({
        where: { name, revokedAt: null },
        data: { revokedAt: now() },
      })
      return count > 0
    },
  }
}

/** Revokes a token and writes that down; false when there is no such token that still counts. */
export function revokeToken(
  { changeTrail, now }: { readonly changeTrail: ChangeTrail; readonly now: () => Date },
  name: string,
  by: Pick<AuditEvent, 'actor' | 'reason'>,
): Promise<boolean> {
  const event = { ...by, action: 'admin.token_revoked', outcome: 'done', detail: { name } } as const
  return changeTrail.record(async prisma =>
    (await createAdminTokens({ prisma, now }).revoke(name)) ? { answer: true, event } : { answer: false },
  )
}

/** Looked up by its hash, so no comparison tells by its time how much of a guess was right. */
function hashOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token, 'utf8').digest())
}
