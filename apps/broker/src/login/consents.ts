import type { Purpose } from '@odoo-backup/protocol'
import type { AuditEvent } from '../audit/audit-trail.ts'
import type { ChangeTrail, Transaction } from '../audit/change-trail.ts'
import type { AccountView } from '../registry/accounts.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'
import { after, LIFETIME } from '../registry/lifetimes.ts'
import { hashOpaqueId, isOpaqueId, newOpaqueId } from './opaque-id.ts'

/** What the consent page asks. */
export interface PendingConsent {
  readonly id: string
  readonly loginRequestId: string
  readonly instanceId: InstanceId
  readonly redirect: string | undefined
  readonly origin: string | undefined
  readonly askedAt: Date
  /** The account to which the key is bound already, if it is. */
  readonly boundTo: AccountId | undefined
  readonly purposes: readonly Purpose[]
  /**
   * Whether the account has approved this address before: for an instance that is in use, this one or another; or only
   * for some that it has revoked since, which vouches for nothing.
   */
  readonly originIs: 'known' | 'revoked' | 'new'
}

export interface Consents {
  /** Keeps a question for one browser and one account. */
  ask(loginRequestId: string, account: AccountView, browserHash: Uint8Array): Promise<string>
  find(id: string, account: AccountView, browserHash: Uint8Array): Promise<PendingConsent | undefined>
  /** Whether the question still waits for its answer, whoever it was put to. */
  isOpen(id: string): Promise<boolean>
  /** Takes the answer "no" and writes that down; false when the question had its answer already. */
  deny(consent: PendingConsent, event: AuditEvent): Promise<boolean>
  /**
   * Takes the answer "yes", makes the one-time code and writes that down; `undefined` when the question had its answer
   * already.
   */
  approve(
    consent: PendingConsent,
    account: AccountView,
    purposes: readonly Purpose[],
    event: AuditEvent,
  ): Promise<string | undefined>
}

export interface ConsentsDependencies {
  readonly prisma: PrismaClient
  readonly changeTrail: ChangeTrail
  readonly now: () => Date
}

export function createConsents({ prisma, changeTrail, now }: ConsentsDependencies): Consents {
  /** One answer for each request, whichever browser gives it. */
  async function decide(
    transaction: Transaction,
    consent: PendingConsent,
    denied: boolean,
  ): Promise<boolean> {
    await transaction.consent.deleteMany({ where: { loginRequestId: consent.loginRequestId } })
    const { count } = await transaction.loginRequest.updateMany({
      where: { id: consent.loginRequestId, decidedAt: null, expiresAt: { gt: now() } },
      data: { decidedAt: now(), ...(denied ? { deniedUntil: after(now(), LIFETIME.denial) } : {}) },
    })
    return count === 1
  }

  /** How the account knows an address. */
  async function knownAs(origin: string, accountId: AccountId): Promise<PendingConsent['originIs']> {
    const states = await prisma.instance.findMany({
      where: { accountId, origins: { some: { origin } } },
      distinct: 'state',
      select: { state: true },
    })
    if (states.some(({ state }) => state === 'approved')) return 'known'
    return states.length > 0 ? 'revoked' : 'new'
  }

  /** The question of this id while it may be answered. */
  const open = (id: string) => ({
    idHash: hashOpaqueId(id),
    expiresAt: { gt: now() },
    loginRequest: { decidedAt: null, expiresAt: { gt: now() } },
  })

  return {
    async ask(loginRequestId, account, browserHash) {
      const id = newOpaqueId()
      await prisma.consent.create({
        data: {
          idHash: hashOpaqueId(id),
          loginRequestId,
          accountId: account.id,
          browserHash: Uint8Array.from(browserHash),
          expiresAt: after(now(), LIFETIME.loginStep),
        },
      })
      return id
    },

    async find(id, account, browserHash) {
      if (!isOpaqueId(id)) return undefined
      const row = await prisma.consent.findFirst({
        where: { ...open(id), accountId: account.id, browserHash: Uint8Array.from(browserHash) },
        include: { loginRequest: { include: { instance: true } } },
      })
      if (row === null) return undefined
      const { origin, redirect, createdAt, instance } = row.loginRequest
      return {
        id,
        loginRequestId: row.loginRequestId,
        instanceId: InstanceId.parse(instance.id),
        redirect: redirect ?? undefined,
        origin: origin ?? undefined,
        askedAt: createdAt,
        boundTo: instance.accountId === null ? undefined : AccountId.parse(instance.accountId),
        purposes: instance.state === 'approved' ? instance.purposes : ['backup', 'restore', 'rotate'],
        originIs: origin === null ? 'new' : await knownAs(origin, account.id),
      }
    },

    isOpen: async id => isOpaqueId(id) && (await prisma.consent.count({ where: open(id) })) > 0,

    deny: (consent, event) =>
      changeTrail.record(async transaction =>
        (await decide(transaction, consent, true)) ? { answer: true, event } : { answer: false },
      ),

    approve: (consent, account, purposes, event) =>
      changeTrail.record(async transaction => {
        if (!(await decide(transaction, consent, false))) return { answer: undefined }
        const code = newOpaqueId()
        await transaction.bindingCode.create({
          data: {
            codeHash: hashOpaqueId(code),
            instanceId: consent.instanceId,
            accountId: account.id,
            redirect: consent.redirect ?? null,
            origin: consent.origin ?? null,
            purposes: [...purposes],
            expiresAt: after(now(), LIFETIME.bindingCode),
          },
        })
        return { answer: code, event }
      }),
  }
}
