import { Purpose } from '@odoo-backup/protocol'
import { type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import { findInstance } from '../admin/find-instances.ts'
import { noSuchAccount, noSuchInstance } from '../http/refusals.ts'
import { TickedPurposes } from '../login/ticked-purposes.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'
import type { StandingChanges } from '../registry/standing-changes.ts'
import { type By, ChangeForm, type Changer } from './change.ts'
import { type Done, saying } from './done.ts'

export interface ChangingAccountsDependencies {
  readonly change: Changer
  readonly prisma: PrismaClient
  readonly standingChanges: StandingChanges
}

const Account = z.object({ accountId: AccountId })
const Instance = z.object({ instanceId: InstanceId })

/** The forms by which operators change who is served, and for what. */
export function changingAccounts(dependencies: ChangingAccountsDependencies): Route[] {
  const { change, prisma, standingChanges } = dependencies

  const changingAccount = (verb: 'suspend' | 'resume', done: Done, summary: string) =>
    route({
      method: 'post',
      path: `/operator/accounts/:accountId/${verb}`,
      summary,
      hidden: true,
      params: Account,
      body: ChangeForm,
      handle({ params: { accountId }, body: form, request, response }) {
        const from = `/operator/accounts/${accountId}`
        const work = async (by: By) => {
          if (!(await standingChanges[verb](accountId, by))) throw noSuchAccount()
          return saying(from, done)
        }
        return change({ atLeast: 'admin', form, place: 'accounts', from, work }, request, response)
      },
    })

  async function pageOf(instanceId: InstanceId): Promise<string> {
    const instance = await findInstance(prisma, instanceId)
    const accountId = instance?.accountId
    return accountId == null ? '/operator/accounts' : `/operator/accounts/${accountId}`
  }

  return [
    changingAccount('suspend', 'suspended', 'Stops vending to an account'),
    changingAccount('resume', 'resumed', 'Serves a suspended account again'),
    route({
      method: 'post',
      path: '/operator/instances/:instanceId/purposes',
      summary: 'Changes what an instance may do',
      hidden: true,
      params: Instance,
      body: ChangeForm.extend({ purposes: TickedPurposes }),
      async handle({ params: { instanceId }, body: form, request, response }) {
        const from = await pageOf(instanceId)
        const purposes = Purpose.options.filter(purpose => form.purposes.includes(purpose))
        const work = async (by: By) => {
          if (!(await standingChanges.setPurposes({ instanceId }, purposes, by))) throw noSuchInstance()
          return saying(from, 'purposes')
        }
        return change({ atLeast: 'admin', form, place: 'accounts', from, work }, request, response)
      },
    }),
    route({
      method: 'post',
      path: '/operator/instances/:instanceId/revoke',
      summary: 'Revokes an instance for good',
      hidden: true,
      params: Instance,
      body: ChangeForm,
      async handle({ params: { instanceId }, body: form, request, response }) {
        const from = await pageOf(instanceId)
        const work = async (by: By) => {
          if (!(await standingChanges.revoke({ instanceId }, by))) throw noSuchInstance()
          return saying(from, 'revoked')
        }
        return change({ atLeast: 'admin', form, place: 'accounts', from, work }, request, response)
      },
    }),
  ]
}
