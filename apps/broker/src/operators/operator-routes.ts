import { notFound, type Route, route } from '@odoo-backup/service'
import type { BillingChanges } from '../billing/operation/changes.ts'
import type { StandingChanges } from '../registry/standing-changes.ts'
import { createChanger } from './change.ts'
import { changingAccounts } from './changing-accounts.ts'
import { changingBilling } from './changing-billing.ts'
import { changingCredit } from './changing-credit.ts'
import { type LookingDependencies, lookingRoutes } from './looking.ts'
import { lookingAtAccounts } from './looking-at-accounts.ts'
import { recordingRefusedForms } from './refused-forms.ts'

export interface OperatorRoutesDependencies extends LookingDependencies {
  readonly standingChanges: StandingChanges
  readonly billingChanges: BillingChanges
}

/** The operators' console: what it shows and what it changes. */
export function operatorRoutes(dependencies: OperatorRoutesDependencies): Route[] {
  const { prisma, standingChanges, billingChanges } = dependencies
  return [
    ...lookingRoutes(dependencies),
    ...lookingAtAccounts(dependencies),
    ...changingAccounts({ change: createChanger(dependencies.door), prisma, standingChanges }),
    ...recordingRefusedForms(dependencies, door => {
      const change = createChanger(door)
      return [...changingCredit({ change, billingChanges }), ...changingBilling({ change, billingChanges })]
    }),
    route({
      method: 'get',
      path: '/operator/*page',
      summary: 'A page that is not there, with the way back for an operator',
      hidden: true,
      async handle({ request, response }) {
        if ((await dependencies.door.enter('viewer', request, response)) !== undefined) throw notFound()
      },
    }),
  ]
}
