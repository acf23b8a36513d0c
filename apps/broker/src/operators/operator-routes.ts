import { notFound, type Route, route } from '@odoo-backup/service'
import type { ErrorRequestHandler } from 'express'
import type { BillingChanges } from '../billing/operation/changes.ts'
import { type RegistryHealth, whereRegistryAnswers } from '../pages/registry-away.ts'
import type { StandingChanges } from '../registry/standing-changes.ts'
import { createChanger } from './change.ts'
import { changingAccounts } from './changing-accounts.ts'
import { changingBilling } from './changing-billing.ts'
import { changingCredit } from './changing-credit.ts'
import { type LookingDependencies, lookingRoutes } from './looking.ts'
import { lookingAtAccounts } from './looking-at-accounts.ts'
import { recordingRefusedForms } from './refused-forms.ts'
import { notingUnreadForms } from './unread-forms.ts'
import { leadingBack, leadToWhereTheyWere } from './ways-back.ts'

export interface OperatorConsoleDependencies extends LookingDependencies {
  readonly standingChanges: StandingChanges
  readonly billingChanges: BillingChanges
  readonly registry: RegistryHealth
}

/** The operators' console: what it shows and what it changes. */
export interface OperatorConsole {
  readonly routes: readonly Route[]
  /** Stands behind the routes: for forms that could not be read, which never reached them. */
  readonly noteUnread: ErrorRequestHandler
}

export function operatorConsole(dependencies: OperatorConsoleDependencies): OperatorConsole {
  const { door, prisma, standingChanges, billingChanges, registry } = dependencies
  const accountForms = changingAccounts({ change: createChanger(door), prisma, standingChanges })
  const moneyForms = recordingRefusedForms(dependencies, marking => {
    const change = createChanger(marking)
    return [
      ...changingCredit({ change, billingChanges }),
      ...changingBilling({ change, billingChanges, prisma }),
    ]
  })
  return {
    routes: leadingBack(
      door,
      whereRegistryAnswers({ registry, told: 'registryAway', lead: leadToWhereTheyWere }, [
        ...lookingRoutes(dependencies),
        ...lookingAtAccounts(dependencies),
        ...accountForms,
        ...moneyForms,
        route({
          method: 'get',
          path: '/operator/*page',
          summary: 'A page that is not there, with the way back for an operator',
          hidden: true,
          async handle({ request, response }) {
            if ((await door.enter('viewer', request, response)) !== undefined) throw notFound()
          },
        }),
      ]),
    ),
    noteUnread: notingUnreadForms(dependencies, [...accountForms, ...moneyForms]),
  }
}
