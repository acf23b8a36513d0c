import type { UserKey } from '@odoo-backup/protocol'
import type { AuditEvent } from '../audit/audit-trail.ts'
import type { ChangeTrail } from '../audit/change-trail.ts'
import type { ApprovedStanding, Instances, Standing } from '../registry/instances.ts'
import type { InstanceChanges } from '../vending/instance-changes.ts'
import type { Binding, BindingCodes } from './binding.ts'
import type { RedirectAddress } from './redirect-address.ts'
import { whoHas } from './who-has.ts'

export interface BindDependencies {
  readonly codes: Pick<BindingCodes, 'redeem'>
  readonly instances: Instances
  readonly changes: InstanceChanges
  readonly changeTrail: ChangeTrail
}

/** Brings a code; what the instance may do now, or `undefined` when the code was refused. */
export type Bind = (brought: {
  userKey: UserKey
  code: string
  redirect?: RedirectAddress
  address: string
}) => Promise<ApprovedStanding | undefined>

export function createBind({ codes, instances, changes, changeTrail }: BindDependencies): Bind {
  return async ({ address, ...brought }) => {
    const bringer = await instances.standing(brought.userKey)
    const binding = await changeTrail.record(async transaction => {
      const answer = await codes.redeem(transaction, brought, bringer)
      const event = { action: 'instance.bound', address, ...told(answer, bringer) }
      return { answer, event, givesRights: !takesAway(answer, bringer) }
    })
    if (binding.outcome === 'refused') return undefined
    await changes.announce([binding.instanceId])
    const standing = await instances.standing(brought.userKey)
    return standing.state === 'approved' ? standing : undefined
  }
}

/** What the trail says of it, beside what was asked and from where. */
function told(binding: Binding, bringer: Standing): Omit<AuditEvent, 'action' | 'address'> {
  // The code's owner in the columns, who brought it as the actor: where the two differ, somebody has a foreign code.
  if (binding.outcome === 'refused') return { ...whoHas(bringer), ...binding }
  const { accountId, instanceId, purposes, origin } = binding
  return {
    actor: `instance:${instanceId}`,
    accountId,
    instanceId,
    outcome: 'done',
    detail: { purposes: purposes.join('+'), ...(origin === undefined ? {} : { origin }) },
  }
}

/** Whether an approved instance may do less than before. */
function takesAway(binding: Binding, bringer: Standing): boolean {
  if (binding.outcome === 'refused' || bringer.state !== 'approved') return false
  return bringer.purposes.some(purpose => !binding.purposes.includes(purpose))
}
