import type { Purpose } from '@odoo-backup/protocol'

/** What billing says: whether an account may have a credential for this purpose now. */
export interface Entitlement {
  of(accountId: string, purpose: Purpose): Promise<EntitlementAnswer>
}

export type EntitlementAnswer =
  | { readonly entitled: true }
  /** `message` is for people: what is missing and what to do. `rechargeLink` works once. */
  | {
      readonly entitled: false
      readonly code: 'payment_required' | 'storage_full' | 'suspended'
      readonly message: string
      readonly rechargeLink?: string
    }
