import { z } from 'zod'
import type { PrismaClient } from '../registry/generated/client.ts'
import { type EventQuery, findEvents } from './find-events.ts'

/** A credential that was issued, as the audit trail tells of it: never its secret. */
export const IssuedCredential = z.object({
  at: z.iso.datetime(),
  accountId: z.string(),
  instanceId: z.string(),
  address: z.string().nullable(),
  /** Purposes joined by `+`. */
  rights: z.string(),
  accessKeyId: z.string(),
  expiresAt: z.iso.datetime(),
})
export type IssuedCredential = z.infer<typeof IssuedCredential>

/** A page of the credentials that were issued, newest first. */
export async function findCredentials(
  prisma: PrismaClient,
  query: Omit<EventQuery, 'actions' | 'outcome'>,
): Promise<{ items: IssuedCredential[]; nextCursor?: string }> {
  const found = await findEvents(prisma, { ...query, actions: ['credentials.vended'], outcome: 'done' })
  return { ...found, items: found.items.map(row => IssuedCredential.parse({ ...row, ...row.detail })) }
}
