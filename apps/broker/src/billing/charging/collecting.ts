import type { Charge, Ledger } from '../ledger/ledger.ts'
import type { PaymentProviders } from '../providers/payment-provider.ts'
import type { LateHolds } from './late-hold.ts'

/** What came of trying to collect a charge. */
export type Collected =
  | 'captured'
  /** Certainly not paid. */
  | 'refused'
  /** It may have been paid, or will be: nobody may ask for it a second time yet. */
  | 'in_doubt'

export interface CollectDependencies {
  readonly ledger: Ledger
  readonly providers: PaymentProviders
  readonly lateHolds: LateHolds
  /** Whether steps may be missing from the books, so that a capture that they do not tell of may have been asked for. */
  readonly mayLackSteps: () => Promise<boolean>
  /** The account's clock, which never goes back. */
  readonly now: () => Date
  readonly onFailure: (what: string, error: unknown) => void
}

/** A charge as it stands after its attempt was gone on with. */
export interface Resumed {
  readonly charge: Charge
  readonly outcome: Collected
}
