import { Purpose } from '@odoo-backup/protocol'
import { z } from 'zod'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'
import { page } from './paging.ts'

/** An instance as operators see it. */
export const AdminInstance = z.object({
  id: InstanceId,
  accountId: AccountId.nullable(),
  /** What its account calls it. */
  name: z.string().nullable(),
  state: z.enum(['pending', 'approved', 'revoked']),
  purposes: z.array(Purpose),
  origins: z.array(z.string()),
  createdAt: z.iso.datetime(),
  approvedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastSeenAt: z.iso.datetime().nullable(),
})
export type AdminInstance = z.infer<typeof AdminInstance>

export interface InstanceQuery {
  readonly accountId?: AccountId | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A page of the instances of an account, or of all, by their ids. */
export async function findInstances(
  prisma: PrismaClient,
  { accountId, cursor, limit }: InstanceQuery,
): Promise<{ items: AdminInstance[]; nextCursor?: string }> {
  const rows = await prisma.instance.findMany({
    where: {
      ...(accountId === undefined ? {} : { accountId }),
      ...(cursor === undefined ? {} : { id: { gt: cursor } }),
    },
    include: { origins: true },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return page(rows, limit, { item: instanceOf, cursor: row => row.id })
}

/** Undefined: there is no instance of this id. */
export async function findInstance(prisma: PrismaClient, id: InstanceId): Promise<AdminInstance | undefined> {
  const row = await prisma.instance.findUnique({ where: { id }, include: { origins: true } })
  return row === null ? undefined : instanceOf(row)
}

interface InstanceRow {
  readonly id: string
  readonly accountId: string | null
  readonly name: string | null
  readonly state: AdminInstance['state']
  readonly purposes: Purpose[]
  readonly origins: readonly { readonly origin: string }[]
  readonly createdAt: Date
  readonly approvedAt: Date | null
  readonly revokedAt: Date | null
  readonly lastSeenAt: Date | null
}

function instanceOf(row: InstanceRow): AdminInstance {
  return {
    id: InstanceId.parse(row.id),
    accountId: row.accountId === null ? null : AccountId.parse(row.accountId),
    name: row.name,
    state: row.state,
    purposes: row.purposes,
    origins: row.origins.map(({ origin }) => origin),
    createdAt: row.createdAt.toISOString(),
    approvedAt: row.approvedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
  }
}
