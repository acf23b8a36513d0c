import type { UserKey } from '@odoo-backup/protocol'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { ApprovedStanding, Instances } from '../registry/instances.ts'
import type { InstanceChanges } from '../vending/instance-changes.ts'
import type { BindingCodes } from './binding.ts'
import type { RedirectAddress } from './redirect-address.ts'
import { whoHas } from './who-has.ts'

export interface BindDependencies {
  readonly codes: BindingCodes
  readonly instances: Instances
  readonly changes: InstanceChanges
  readonly audit: AuditTrail
}

/** Brings a code; what the instance may do now, or `undefined` when the code was refused. */
export type Bind = (brought: {
  userKey: UserKey
  code: string
  redirect?: RedirectAddress
  address: string
}) => Promise<ApprovedStanding | undefined>

export function createBind({ codes, instances, changes, audit }: BindDependencies): Bind {
  return async ({ address, ...brought }) => {
    const bringer = await instances.standing(brought.userKey)
    const binding = await codes.redeem(brought, bringer)
    if (binding.outcome === 'refused') {
      // The code's owner in the columns, who brought it as the actor: where the two differ, somebody has a foreign code.
      const { reason, ...owner } = binding
      await audit.record({
        action: 'instance.bound',
        ...whoHas(bringer),
        ...owner,
        reason,
        address,
      })
      return undefined
    }
    const { accountId, instanceId, purposes, origin } = binding
    await changes.announce([instanceId])
    await audit.record({
      action: 'instance.bound',
      actor: `instance:${instanceId}`,
      accountId,
      instanceId,
      address,
      outcome: 'done',
      detail: { purposes: purposes.join('+'), ...(origin === undefined ? {} : { origin }) },
    })
    const standing = await instances.standing(brought.userKey)
    return standing.state === 'approved' ? standing : undefined
  }
}
