import type { PrismaClient } from './generated/client.ts'
import { LIFETIME } from './lifetimes.ts'

/** Removes what has had its time. Harmless to run from several brokers at once. */
export async function sweepRegistry(prisma: PrismaClient, now: Date): Promise<void> {
  const expired = { where: { expiresAt: { lt: now } } }
  await prisma.loginState.deleteMany(expired)
  await prisma.consent.deleteMany(expired)
  await prisma.bindingCode.deleteMany(expired)
  await prisma.session.deleteMany(expired)
  await prisma.rechargeLink.deleteMany(expired)
  await prisma.loginRequest.deleteMany({
    where: { expiresAt: { lt: now }, OR: [{ deniedUntil: null }, { deniedUntil: { lt: now } }] },
  })
  await prisma.instance.deleteMany({
    where: {
      state: 'pending',
      createdAt: { lt: new Date(now.getTime() - LIFETIME.pendingInstance) },
      loginRequests: { none: {} },
      bindingCodes: { none: {} },
    },
  })
}

export interface Sweeper {
  stop(): Promise<void>
}

const INTERVAL_MILLISECONDS = 60_000

export function startSweeper(
  prisma: PrismaClient,
  now: () => Date,
  onFailure: (error: unknown) => void,
): Sweeper {
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() => sweepRegistry(prisma, now())).catch(onFailure)
  }, INTERVAL_MILLISECONDS)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
