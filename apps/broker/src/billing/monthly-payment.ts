import { LRUCache } from 'lru-cache'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { Entitlement, EntitlementAnswer } from '../vending/entitlement.ts'
import { type IapClient, IapError } from './iap-client.ts'

export interface MonthlyPaymentDependencies {
  readonly prisma: PrismaClient
  readonly iap: IapClient
  /** Credits for one calendar month (UTC). 0: nothing is charged. */
  readonly monthlyCredits: number
  readonly rechargeLink: (accountId: string) => Promise<string>
  readonly now: () => Date
  /** A failure that does not refuse the account: for the log. */
  readonly onFailure: (error: unknown) => void
}

const HOLD_HOURS = 2
/** Until a lost hold has certainly expired, no second one is made. */
const UNKNOWN_MILLISECONDS = (HOLD_HOURS * 60 + 5) * 60_000

/**
 * An account may use the service in a month for which it has paid: the payment is asked for when the first
 * credential of the month is. A payment service that does not answer refuses nobody.
 */
export function createMonthlyPayment(dependencies: MonthlyPaymentDependencies): Entitlement {
  const { monthlyCredits, rechargeLink, now, onFailure } = dependencies
  const paid = new LRUCache<string, true>({ max: 100_000 })
  const asking = new Map<string, Promise<boolean>>()

  async function isPaid(accountId: string): Promise<boolean> {
    const month = now().toISOString().slice(0, 7)
    const name = `${accountId} ${month}`
    if (paid.has(name)) return true
    const underWay =
      asking.get(name) ?? pay(dependencies, accountId, month).finally(() => asking.delete(name))
    asking.set(name, underWay)
    try {
      const settled = await underWay
      if (settled) paid.set(name, true)
      return settled
    } catch (error) {
      if (error instanceof IapError && error.code === 'insufficient_credit') return false
      onFailure(error)
      return true
    }
  }

  return {
    async of(accountId): Promise<EntitlementAnswer> {
      if (monthlyCredits === 0 || (await isPaid(accountId))) return { entitled: true }
      return {
        entitled: false,
        message: `Your account has not enough credit for this month (${monthlyCredits} credits). Buy credit, then go on: nothing is lost.`,
        rechargeLink: await rechargeLink(accountId),
      }
    },
  }
}

/** Authorizes and captures the month. @throws IapError; resolves when the month is captured */
async function pay(
  { prisma, iap, monthlyCredits, now }: MonthlyPaymentDependencies,
  accountId: string,
  month: string,
): Promise<boolean> {
  const where = { accountId_month: { accountId, month } }
  const known = await prisma.monthlyPayment.findUnique({ where })
  if (known?.state === 'captured') return true
  let token = known?.state === 'authorised' ? known.transactionToken : null
  if (token === null) {
    if (!(await claim(prisma, accountId, month, now())))
      throw new IapError('unknown', 'A payment of this month waits for its answer.')
    const { paymentToken } = await prisma.account.findUniqueOrThrow({ where: { id: accountId } })
    try {
      token = await iap.authorize({
        accountToken: paymentToken,
        credit: monthlyCredits,
        description: `Backups in ${month}`,
        ttlHours: HOLD_HOURS,
      })
    } catch (error) {
      if (error instanceof IapError && error.code !== 'unknown')
        await prisma.monthlyPayment.update({ where, data: { state: 'refused' } })
      throw error
    }
    // Written before the capture, so that a crash between the two captures later and never charges twice.
    await prisma.monthlyPayment.update({ where, data: { state: 'authorised', transactionToken: token } })
  }
  await iap.capture(token)
  await prisma.monthlyPayment.update({ where, data: { state: 'captured' } })
  return true
}

/** Whether this call may ask for the hold: no other does at the same time, and none is in doubt. */
async function claim(prisma: PrismaClient, accountId: string, month: string, now: Date): Promise<boolean> {
  const data = { state: 'authorising' as const, attemptedAt: now, transactionToken: null }
  const created = await prisma.monthlyPayment.createMany({
    data: [{ accountId, month, ...data }],
    skipDuplicates: true,
  })
  if (created.count === 1) return true
  const certain = {
    OR: [
      { state: 'refused' as const },
      { attemptedAt: { lt: new Date(now.getTime() - UNKNOWN_MILLISECONDS) } },
    ],
  }
  const { count } = await prisma.monthlyPayment.updateMany({
    where: { accountId, month, state: { in: ['refused', 'authorising'] }, ...certain },
    data,
  })
  return count === 1
}
