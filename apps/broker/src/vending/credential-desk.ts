import type { Purpose, UserKey } from '@odoo-backup/protocol'
import { HttpProblem } from '@odoo-backup/service'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { revoked } from '../http/refusals.ts'
import type { ApprovedStanding } from '../registry/instances.ts'
import type { CredentialVendor } from './credential-vendor.ts'
import type { Entitlement } from './entitlement.ts'
import { vendingProblem } from './problems.ts'
import { rightsName } from './rights-name.ts'
import type { InstanceLookUp } from './standing-cache.ts'
import type { VendedCredential } from './store-access.ts'

export interface CredentialWish {
  readonly userKey: UserKey
  /** What the registry said of the key; it is looked up again before anything is handed out. */
  readonly standing: ApprovedStanding
  readonly purposes: readonly Purpose[]
  /** Of the client, for the audit trail. */
  readonly address: string
}

/** Hands credentials to approved instances, after every check, and keeps the books. */
export interface CredentialDesk {
  /** @throws HttpProblem `suspended`, `purpose_refused`, `payment_required`, `storage_full`, `revoked`, `unavailable` or `store_refused` */
  issue(wish: CredentialWish): Promise<VendedCredential>
}

export interface CredentialDeskDependencies {
  readonly vendor: CredentialVendor
  readonly entitlement: Entitlement
  readonly instances: InstanceLookUp
  readonly audit: AuditTrail
}

export function createCredentialDesk(dependencies: CredentialDeskDependencies): CredentialDesk {
  const { vendor, entitlement, instances, audit } = dependencies

  async function checked(wish: CredentialWish): Promise<VendedCredential> {
    refuseSuspended(wish.standing)
    refuseOtherPurposes(wish)
    await refuseUnpaid(wish)
    const credential = await vendor.vend({ ...wish.standing, purposes: wish.purposes })
    await refuseIfChangedMeanwhile(wish)
    return credential
  }

  async function refuseUnpaid({ standing, purposes }: CredentialWish): Promise<void> {
    for (const purpose of purposes) {
      const answer = await entitlement.of(standing.accountId, purpose)
      if (answer.entitled) continue
      throw new HttpProblem({
        status: answer.code === 'payment_required' ? 402 : 403,
        code: answer.code,
        detail: answer.message,
        ...(answer.rechargeLink === undefined ? {} : { extra: { rechargeLink: answer.rechargeLink } }),
      })
    }
  }

  /**
   * Payment service and token service may each have taken seconds: whoever was revoked or suspended in between gets
   * nothing. A standing is remembered for less than a second, so most second looks ask no database.
   */
  async function refuseIfChangedMeanwhile(wish: CredentialWish): Promise<void> {
    const standing = await instances.standing(wish.userKey)
    if (standing.state !== 'approved') throw revoked()
    refuseSuspended(standing)
    refuseOtherPurposes({ ...wish, standing })
  }

  return {
    async issue(wish) {
      const { standing, purposes, address } = wish
      const who = {
        actor: `instance:${standing.instanceId}`,
        accountId: standing.accountId,
        instanceId: standing.instanceId,
        address,
      }
      const rights = rightsName(purposes)
      try {
        const credential = await checked(wish)
        const { accessKeyId, expiresAt } = credential
        const detail = { rights, accessKeyId, expiresAt: expiresAt.toISOString() }
        await audit.record({ ...who, action: 'credentials.vended', outcome: 'done', detail })
        return credential
      } catch (error) {
        const problem = vendingProblem(error)
        await audit.record({
          ...who,
          action: 'credentials.vended',
          outcome: 'refused',
          reason: problem.code,
          detail: { rights },
        })
        throw problem
      }
    },
  }
}

function refuseSuspended(standing: ApprovedStanding): void {
  if (!standing.suspended) return
  throw new HttpProblem({
    status: 403,
    code: 'suspended',
    detail:
      'The account is suspended by the operator of this service: ask them. Backups that exist are kept.',
  })
}

function refuseOtherPurposes({ standing, purposes }: Pick<CredentialWish, 'standing' | 'purposes'>): void {
  const refused = purposes.find(purpose => !standing.purposes.includes(purpose))
  if (purposes.length > 0 && refused === undefined) return
  throw new HttpProblem({
    status: 403,
    code: 'purpose_refused',
    detail: `The account does not allow this instance to ${refused ?? 'do anything'}. The account's pages can allow it.`,
  })
}
