import type { UserKey } from '@odoo-backup/protocol'
import { addressGroup, HttpProblem } from '@odoo-backup/service'
import { revoked } from '../http/refusals.ts'
import { TooManyRequests } from '../http/too-many-requests.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { InstanceId } from '../registry/ids.ts'
import type { Instances, Standing } from '../registry/instances.ts'
import { after, LIFETIME } from '../registry/lifetimes.ts'
import { isOpaqueId, newOpaqueId } from './opaque-id.ts'
import type { RedirectAddress } from './redirect-address.ts'
import { whoHas } from './who-has.ts'

/** What an instance asked for, as its `auth_link` finds it. */
export interface LoginRequestView {
  readonly id: string
  readonly instanceId: InstanceId
  readonly redirect: string | undefined
  readonly origin: string | undefined
  readonly askedAt: Date
}

export interface LoginRequests {
  /**
   * The link by which an administrator binds the key to an account. A key that asks again gets the same link.
   * @throws HttpProblem `revoked`, `denied` (somebody has just said no), `rate_limited`
   */
  create(asked: {
    userKey: UserKey
    redirect?: RedirectAddress
    address: string
  }): Promise<{ authLink: string }>
  /** The request behind a link; `undefined` when it is unknown, too old or already answered. */
  find(id: string): Promise<LoginRequestView | undefined>
}

export interface LoginRequestsDependencies {
  readonly prisma: PrismaClient
  readonly instances: Instances
  readonly publicUrl: string
  /** How many requests of one address may wait for their answer at the same time. */
  readonly pendingPerAddress: number
  readonly now: () => Date
}

export function createLoginRequests(dependencies: LoginRequestsDependencies): LoginRequests {
  const { prisma, instances, publicUrl, pendingPerAddress, now } = dependencies
  const linkTo = (id: string) => ({ authLink: `${publicUrl}/login/${id}` })

  const pendingOf = (address: string) =>
    prisma.loginRequest.count({ where: { address, expiresAt: { gt: now() }, decidedAt: null } })

  return {
    async create({ userKey, redirect, address: from }) {
      const address = addressGroup(from)
      const standing = await instances.standing(userKey)
      if (standing.state !== 'unknown') {
        if (standing.state === 'revoked') throw revoked()
        await refuseDenied(prisma, standing.instanceId, redirect, now())
        const waiting = await findWaiting(prisma, standing.instanceId, redirect, now())
        if (waiting !== undefined) return linkTo(waiting)
      }
      // Counted before anything is stored: what asks without end must not fill the registry.
      if ((await pendingOf(address)) >= pendingPerAddress) throw tooManyPending(address, standing)
      const { instanceId } = await instances.register(userKey)
      const id = newOpaqueId()
      await prisma.loginRequest.create({
        data: {
          id,
          instanceId,
          redirect: redirect?.href ?? null,
          origin: redirect?.origin ?? null,
          address,
          createdAt: now(),
          expiresAt: after(now(), LIFETIME.loginStep),
        },
      })
      // Counted again: requests at the same moment have all seen room for one.
      if ((await pendingOf(address)) > pendingPerAddress) {
        await prisma.loginRequest.deleteMany({ where: { id } })
        throw tooManyPending(address, standing)
      }
      return linkTo(id)
    },

    async find(id) {
      if (!isOpaqueId(id)) return undefined
      const row = await prisma.loginRequest.findFirst({
        where: { id, expiresAt: { gt: now() }, decidedAt: null },
      })
      if (row === null) return undefined
      return {
        id: row.id,
        instanceId: InstanceId.parse(row.instanceId),
        redirect: row.redirect ?? undefined,
        origin: row.origin ?? undefined,
        askedAt: row.createdAt,
      }
    },
  }
}

/** A denial counts for the address for which it was given; a call without `redirect` is refused by any. */
async function refuseDenied(
  prisma: PrismaClient,
  instanceId: InstanceId,
  redirect: RedirectAddress | undefined,
  now: Date,
): Promise<void> {
  const origin = redirect === undefined ? {} : { origin: redirect.origin }
  const denied = await prisma.loginRequest.findFirst({
    where: { instanceId, deniedUntil: { gt: now }, ...origin },
  })
  if (denied === null) return
  throw new HttpProblem({
    status: 403,
    code: 'denied',
    detail: 'Consent was denied a moment ago. If that was a mistake, wait ten minutes and log in again.',
  })
}

/** A link with at least half of its life before it, so that polling makes no rows. */
async function findWaiting(
  prisma: PrismaClient,
  instanceId: InstanceId,
  redirect: RedirectAddress | undefined,
  now: Date,
): Promise<string | undefined> {
  const row = await prisma.loginRequest.findFirst({
    where: {
      instanceId,
      redirect: redirect?.href ?? null,
      decidedAt: null,
      expiresAt: { gt: after(now, LIFETIME.loginStep / 2) },
    },
    orderBy: { expiresAt: 'desc' },
  })
  return row?.id
}

function tooManyPending(address: string, standing: Standing): TooManyRequests {
  return new TooManyRequests({
    limit: 'pending-log-ins',
    subject: address,
    whose: async () => whoHas(standing),
    detail: 'Too many log-ins from your network wait for their answer. Try again in ten minutes.',
    retryAfterSeconds: LIFETIME.loginStep / 1000,
  })
}
