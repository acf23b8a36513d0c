import { Purpose } from '@odoo-backup/protocol'
import { HttpProblem, type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { AccountId, InstanceId } from '../registry/ids.ts'
import type { AdminDependencies } from './admin-dependencies.ts'
import { page, pageOf, pageQuery } from './paging.ts'
import { Reason } from './reason.ts'

const AdminInstance = z.object({
  id: InstanceId,
  accountId: AccountId.nullable(),
  state: z.enum(['pending', 'approved', 'revoked']),
  purposes: z.array(Purpose),
  origins: z.array(z.string()),
  createdAt: z.iso.datetime(),
  approvedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastSeenAt: z.iso.datetime().nullable(),
})
type AdminInstance = z.infer<typeof AdminInstance>

/** Instances of an account: list, change their purposes, revoke. */
export function instanceRoutes(dependencies: AdminDependencies): Route[] {
  const { access, audit, prisma, standingChanges } = dependencies
  const common = { tags: ['admin: instances'], security: 'bearer' as const, problems: [401, 403, 404, 429] }

  async function found(id: InstanceId): Promise<AdminInstance> {
    const row = await prisma.instance.findUnique({ where: { id }, include: { origins: true } })
    if (row === null) throw noInstance()
    return instanceOf(row)
  }

  return [
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/instances',
      summary: 'The instances of an account, or of all',
      query: z.object({ accountId: AccountId.optional(), ...pageQuery(z.uuid()) }),
      answer: pageOf(AdminInstance),
      async handle({ query: { accountId, cursor, limit }, request }) {
        const by = await access.enter(request, 'viewer')
        const rows = await prisma.instance.findMany({
          where: {
            ...(accountId === undefined ? {} : { accountId }),
            ...(cursor === undefined ? {} : { id: { gt: cursor } }),
          },
          include: { origins: true },
          orderBy: { id: 'asc' },
          take: limit + 1,
        })
        await audit.record({
          ...by,
          action: 'admin.instances_listed',
          outcome: 'done',
          ...(accountId === undefined ? {} : { accountId }),
        })
        return page(rows, limit, { item: instanceOf, cursor: row => row.id })
      },
    }),
    route({
      ...common,
      method: 'put',
      path: '/admin/v1/instances/:instanceId/purposes',
      summary: 'Set what an instance may get credentials for',
      params: z.object({ instanceId: InstanceId }),
      body: Reason.extend({ purposes: z.array(Purpose).max(Purpose.options.length) }),
      answer: AdminInstance,
      async handle({ params: { instanceId }, body: { purposes, reason }, request }) {
        const by = await access.enter(request, 'admin')
        const each = Purpose.options.filter(purpose => purposes.includes(purpose))
        if (!(await standingChanges.setPurposes({ instanceId }, each, { ...by, reason }))) throw noInstance()
        return found(instanceId)
      },
    }),
    route({
      ...common,
      method: 'post',
      path: '/admin/v1/instances/:instanceId/revoke',
      summary: 'Revoke an instance for good',
      params: z.object({ instanceId: InstanceId }),
      body: Reason,
      answer: AdminInstance,
      async handle({ params: { instanceId }, body: { reason }, request }) {
        const by = await access.enter(request, 'admin')
        if (!(await standingChanges.revoke({ instanceId }, { ...by, reason }))) throw noInstance()
        return found(instanceId)
      },
    }),
  ]
}

function noInstance(): HttpProblem {
  return new HttpProblem({
    status: 404,
    code: 'not_found',
    detail: 'There is no instance of this id, or it has been revoked already.',
  })
}

interface InstanceRow {
  readonly id: string
  readonly accountId: string | null
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
    state: row.state,
    purposes: row.purposes,
    origins: row.origins.map(({ origin }) => origin),
    createdAt: row.createdAt.toISOString(),
    approvedAt: row.approvedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
  }
}
