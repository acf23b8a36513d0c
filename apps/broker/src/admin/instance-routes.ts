import { Purpose } from '@odoo-backup/protocol'
import { type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { noSuchInstance } from '../http/refusals.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'
import type { AdminDependencies } from './admin-dependencies.ts'
import { AdminInstance, findInstance, findInstances } from './find-instances.ts'
import { pageOf, pageQuery } from './paging.ts'
import { Reason } from './reason.ts'

/** Instances of an account: list, change their purposes, revoke. */
export function instanceRoutes(dependencies: AdminDependencies): Route[] {
  const { access, audit, prisma, standingChanges } = dependencies
  const common = { tags: ['admin: instances'], security: 'bearer' as const, problems: [401, 403, 404, 429] }

  async function found(id: InstanceId): Promise<AdminInstance> {
    const instance = await findInstance(prisma, id)
    if (instance === undefined) throw noSuchInstance()
    return instance
  }

  return [
    route({
      ...common,
      method: 'get',
      path: '/admin/v1/instances',
      summary: 'The instances of an account, or of all',
      query: z.object({ accountId: AccountId.optional(), ...pageQuery(z.uuid()) }),
      answer: pageOf(AdminInstance),
      async handle({ query, request }) {
        const by = await access.enter(request, 'viewer')
        const found = await findInstances(prisma, query)
        const { accountId } = query
        await audit.record({
          ...by,
          action: 'admin.instances_listed',
          outcome: 'done',
          ...(accountId === undefined ? {} : { accountId }),
        })
        return found
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
        if (!(await standingChanges.setPurposes({ instanceId }, each, { ...by, reason })))
          throw noSuchInstance()
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
        if (!(await standingChanges.revoke({ instanceId }, { ...by, reason }))) throw noSuchInstance()
        return found(instanceId)
      },
    }),
  ]
}
