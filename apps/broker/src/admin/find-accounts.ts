import { z } from 'zod'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId } from '../registry/ids.ts'
import { page } from './paging.ts'

/** An account as operators see it. */
export const AdminAccount = z.object({
  id: AccountId,
  provider: z.string(),
  subject: z.string(),
  folder: z.string(),
  email: z.string().nullable(),
  displayName: z.string().nullable(),
  suspendedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  instances: z.int().min(0),
})
export type AdminAccount = z.infer<typeof AdminAccount>

export interface AccountQuery {
  /** An id, folder or subject as it is, or a part of an e-mail address or name. */
  readonly search?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A page of accounts, by their ids. */
export async function findAccounts(
  prisma: PrismaClient,
  { search, cursor, limit }: AccountQuery,
): Promise<{ items: AdminAccount[]; nextCursor?: string }> {
  const text = { contains: search ?? '', mode: 'insensitive' as const }
  const id = AccountId.safeParse(search?.toLowerCase()).data
  const rows = await prisma.account.findMany({
    where: {
      ...(cursor === undefined ? {} : { id: { gt: cursor } }),
      ...(search === undefined
        ? {}
        : {
            OR: [
              ...(id === undefined ? [] : [{ id }]),
              { folder: search },
              { subject: search },
              { email: text },
              { displayName: text },
            ],
          }),
    },
    include: { _count: { select: { instances: true } } },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return page(rows, limit, { item: accountOf, cursor: row => row.id })
}

/** Accounts that have exactly this folder or e-mail address, by their ids. */
export async function accountsNamed(
  prisma: PrismaClient,
  name: string,
  limit: number,
): Promise<AdminAccount[]> {
  const rows = await prisma.account.findMany({
    where: { OR: [{ folder: name }, { email: { equals: name, mode: 'insensitive' } }] },
    include: { _count: { select: { instances: true } } },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map(accountOf)
}

/** Undefined: there is no account of this id. */
export async function findAccount(prisma: PrismaClient, id: AccountId): Promise<AdminAccount | undefined> {
  const row = await prisma.account.findUnique({
    where: { id },
    include: { _count: { select: { instances: true } } },
  })
  return row === null ? undefined : accountOf(row)
}

type AccountRow = NonNullable<Awaited<ReturnType<PrismaClient['account']['findUnique']>>> & {
  _count: { instances: number }
}

function accountOf(row: AccountRow): AdminAccount {
  const { id, provider, subject, folder, email, displayName, suspendedAt, createdAt, _count } = row
  return {
    id: AccountId.parse(id),
    provider,
    subject,
    folder,
    email,
    displayName,
    suspendedAt: suspendedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    instances: _count.instances,
  }
}
