import { randomBytes } from 'node:crypto'
import { AccountFolder } from '@odoo-backup/protocol'
import type { Account, PrismaClient } from './generated/client.ts'
import { AccountId } from './ids.ts'

/** Whom a log-in provider has named. `email` and `name` are information; the identity is the first two. */
export interface Identity {
  readonly provider: string
  readonly subject: string
  readonly email?: string
  readonly name?: string
}

export interface AccountView {
  readonly id: AccountId
  readonly provider: string
  readonly subject: string
  readonly folder: AccountFolder
  readonly email: string | undefined
  readonly name: string | undefined
  readonly suspended: boolean
  /** That of the pages as they were last read. */
  readonly language: string | undefined
}

/** The provider whose numeric user ids are the folders of the backups that customers already have. */
export const ODOO_COM = 'odoo'

/**
 * The folder of a new account: odoo.com's own user id, so that the backups of the former service appear; for
 * any other provider an id of ours, which cannot be mistaken for one.
 */
export function folderOf(identity: Identity, random: (bytes: number) => Buffer = randomBytes): AccountFolder {
  return AccountFolder.parse(
    identity.provider === ODOO_COM ? identity.subject : `u-${random(10).toString('hex')}`,
  )
}

/** Finds the account of an identity, or makes it at its first log-in, and notes the language in which that happened. */
export async function accountOf(
  prisma: PrismaClient,
  identity: Identity,
  language: string,
): Promise<AccountView> {
  const { provider, subject, email, name } = identity
  // Not Prisma's upsert: of two first log-ins at the same moment it lets one fail.
  await prisma.account.createMany({
    data: [{ provider, subject, folder: folderOf(identity), paymentToken: randomBytes(16).toString('hex') }],
    skipDuplicates: true,
  })
  const row = await prisma.account.update({
    where: { provider_subject: { provider, subject } },
    data: {
      language,
      ...(email === undefined ? {} : { email }),
      ...(name === undefined ? {} : { displayName: name }),
    },
  })
  return accountView(row)
}

/** Notes the language in which an account reads its pages now, for its mails. */
export async function noteLanguage(
  prisma: PrismaClient,
  account: AccountView,
  language: string,
): Promise<void> {
  if (account.language === language) return
  await prisma.account.updateMany({ where: { id: account.id }, data: { language } })
}

export async function findAccount(prisma: PrismaClient, id: AccountId): Promise<AccountView | undefined> {
  const row = await prisma.account.findUnique({ where: { id } })
  return row === null ? undefined : accountView(row)
}

export function accountView(row: Account): AccountView {
  return {
    id: AccountId.parse(row.id),
    provider: row.provider,
    subject: row.subject,
    folder: AccountFolder.parse(row.folder),
    email: row.email ?? undefined,
    name: row.displayName ?? undefined,
    suspended: row.suspendedAt !== null,
    language: row.language ?? undefined,
  }
}
