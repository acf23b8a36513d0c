import { Purpose } from '@odoo-backup/protocol'
import { notFound, type Route, route } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { findInstance } from '../admin/find-instances.ts'
import { Reason } from '../admin/reason.ts'
import type { BillingChanges } from '../billing/operation/changes.ts'
import { TickedPurposes } from '../login/ticked-purposes.ts'
import type { AdminRole, PrismaClient } from '../registry/generated/client.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'
import type { StandingChanges } from '../registry/standing-changes.ts'
import type { OperatorDoor } from './operator-door.ts'

export interface ChangingDependencies {
  readonly door: OperatorDoor
  readonly prisma: PrismaClient
  readonly standingChanges: StandingChanges
  readonly billingChanges: BillingChanges
}

const Form = Reason.extend({ form_token: z.string().max(200).optional() })
const Account = z.object({ accountId: AccountId })
const Instance = z.object({ instanceId: InstanceId })

interface By {
  readonly actor: string
  readonly address?: string
  readonly reason: string
}

/** The forms by which operators change something; each says why and needs a young log-in. */
export function changingRoutes(dependencies: ChangingDependencies): Route[] {
  const { door, prisma, standingChanges, billingChanges } = dependencies
  const pageOf = (accountId: string) => `/operator/accounts/${accountId}`

  /** Lets an operator in, does the work, and leads to the page that shows how things stand now. */
  async function change(
    atLeast: AdminRole,
    form: z.output<typeof Form>,
    [request, response]: [Request, Response],
    work: (by: By) => Promise<string>,
  ): Promise<void> {
    const operator = await door.admit({ atLeast, token: form.form_token }, request, response)
    if (operator === undefined) return
    response.redirect(303, await work({ ...operator.by, reason: form.reason }))
  }

  const changingAccount = (verb: 'suspend' | 'resume', summary: string) =>
    route({
      method: 'post',
      path: `/operator/accounts/:accountId/${verb}`,
      summary,
      hidden: true,
      params: Account,
      body: Form,
      handle: ({ params: { accountId }, body, request, response }) =>
        change('admin', body, [request, response], async by => {
          if (!(await standingChanges[verb](accountId, by))) throw notFound()
          return pageOf(accountId)
        }),
    })

  const changingBilling = (verb: 'pause' | 'resume', summary: string) =>
    route({
      method: 'post',
      path: `/operator/billing/${verb}`,
      summary,
      hidden: true,
      body: Form,
      handle: ({ body, request, response }) =>
        change('billing', body, [request, response], async by => {
          await billingChanges[verb](by)
          return '/operator'
        }),
    })

  /** The page of the account that has it, after its change. */
  async function afterChange(instanceId: InstanceId, isChanged: boolean): Promise<string> {
    const instance = isChanged ? await findInstance(prisma, instanceId) : undefined
    if (instance === undefined) throw notFound()
    return instance.accountId === null ? '/operator/accounts' : pageOf(instance.accountId)
  }

  return [
    changingAccount('suspend', 'Stops vending to an account'),
    changingAccount('resume', 'Serves a suspended account again'),
    changingBilling('pause', 'Stops billing for all'),
    changingBilling('resume', 'Runs billing again'),
    route({
      method: 'post',
      path: '/operator/accounts/:accountId/grant',
      summary: 'Gives credit',
      hidden: true,
      params: Account,
      body: Form.extend({ credits: z.coerce.number().positive().max(1_000_000), reference: z.uuid() }),
      handle: ({ params: { accountId }, body, request, response }) =>
        change('billing', body, [request, response], async by => {
          await billingChanges.addCredits('grant', accountId, body.credits, body.reference, by)
          return pageOf(accountId)
        }),
    }),
    route({
      method: 'post',
      path: '/operator/instances/:instanceId/purposes',
      summary: 'Changes what an instance may do',
      hidden: true,
      params: Instance,
      body: Form.extend({ purposes: TickedPurposes }),
      handle: ({ params: { instanceId }, body, request, response }) =>
        change('admin', body, [request, response], async by => {
          const purposes = Purpose.options.filter(purpose => body.purposes.includes(purpose))
          return afterChange(instanceId, await standingChanges.setPurposes({ instanceId }, purposes, by))
        }),
    }),
    route({
      method: 'post',
      path: '/operator/instances/:instanceId/revoke',
      summary: 'Revokes an instance for good',
      hidden: true,
      params: Instance,
      body: Form,
      handle: ({ params: { instanceId }, body, request, response }) =>
        change('admin', body, [request, response], async by =>
          afterChange(instanceId, await standingChanges.revoke({ instanceId }, by)),
        ),
    }),
  ]
}
