import type { UserKey } from '@odoo-backup/protocol'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { Instances } from '../registry/instances.ts'
import type { InstanceChanges } from '../vending/instance-changes.ts'
import type { ApprovedStanding } from './approved-instance.ts'
import type { BindingCodes } from './binding.ts'
import type { RedirectAddress } from './redirect-address.ts'

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
    const binding = await codes.redeem(brought)
    if (binding.outcome === 'refused') {
      await audit.record({ action: 'instance.bound', actor: 'unknown', address, ...binding })
      return undefined
    }
    const { accountId, instanceId } = binding
    await changes.announce([instanceId])
    await audit.record({
      action: 'instance.bound',
      actor: `instance:${instanceId}`,
      accountId,
      instanceId,
      address,
      outcome: 'done',
    })
    const standing = await instances.standing(brought.userKey)
    return standing.state === 'approved' ? standing : undefined
  }
}
