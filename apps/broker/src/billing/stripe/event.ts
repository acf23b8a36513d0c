import { z } from 'zod'
import { isStorable } from '../../registry/storable-text.ts'
import { LARGEST_AMOUNT } from '../credits.ts'
import { NOTES, noteText } from '../notes.ts'

/** The part of a message of Stripe that every one has. */
export const StripeEvent = z.object({
  id: z.string().min(1).max(255).refine(isStorable),
  type: z.string().min(1).max(255).refine(isStorable),
  livemode: z.boolean(),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
})
export type StripeEvent = z.infer<typeof StripeEvent>

const Minor = z.int().min(0).max(1_000_000_000_000)
const Session = z.object({
  id: z.string().min(1).max(255),
  payment_status: z.string(),
  amount_total: Minor,
  currency: z.string(),
  client_reference_id: z.uuid(),
  payment_intent: z.string().min(1).max(255).nullish(),
})
const Refund = z.object({
  payment_intent: z.string().min(1).max(255),
  amount_refunded: Minor,
  currency: z.string(),
})
const Dispute = z.object({
  id: z.string().min(1).max(255),
  payment_intent: z.string().min(1).max(255),
  amount: Minor,
  currency: z.string(),
})

/** What a message means for the books. Amounts are thousandths of a credit. */
export type StripeMeaning =
  /** Credit was bought: once for each Checkout Session, whatever the message is called and however often it comes. */
  | {
      readonly kind: 'purchase'
      readonly accountId: string
      readonly sessionId: string
      readonly paymentIntent: string | undefined
      readonly amount: number
    }
  /** `minor` (minor units of the currency) has gone back in all, by refund or by dispute, of this payment. */
  | {
      readonly kind: 'returned'
      readonly paymentIntent: string
      readonly minor: number
      readonly source: string
    }
  /** A session that is not paid yet: a later message tells. */
  | { readonly kind: 'nothing' }
  /** For the operator to look at. */
  | {
      readonly kind: 'aside'
      readonly note: string
      /** Of a type that is no business of ours: who it speaks of is not kept. */
      readonly isForeign?: true
    }

export interface StripeRules {
  readonly livemode: boolean
  readonly currency: string
  readonly creditsPerUnit: number
}

/** Currencies that Stripe writes without minor units (its page of supported currencies); all others have hundredths. */
const WITHOUT_MINOR = new Set([
  'bif',
  'clp',
  'djf',
  'gnf',
  'jpy',
  'kmf',
  'krw',
  'mga',
  'pyg',
  'rwf',
  'vnd',
  'vuv',
  'xaf',
  'xof',
  'xpf',
])

/** Currencies that Stripe writes in thousandths. */
const IN_THOUSANDTHS = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd'])

/**
 * Stripe's page lists it both among those without minor units and among special cases, written with two digits: what
 * an amount of it means is not certain.
 */
export const UNCERTAIN_CURRENCY = 'ugx'

/** How many of what Stripe writes make a whole unit of a currency. */
function minorUnits(currency: string): number {
  if (WITHOUT_MINOR.has(currency)) return 1
  return IN_THOUSANDTHS.has(currency) ? 1000 : 100
}

const READERS: ReadonlyMap<string, (event: StripeEvent, rules: StripeRules) => StripeMeaning> = new Map([
  ['checkout.session.completed', purchase],
  ['checkout.session.async_payment_succeeded', purchase],
  ['charge.refunded', refund],
  ['charge.dispute.funds_withdrawn', dispute],
])

/** Types of messages that may be booked; all others change nothing, whatever the rules are. */
export const BOOKED_TYPES: readonly string[] = [...READERS.keys()]

/** Reads a message; what is not understood to the last field is put aside, never guessed. */
export function meaningOf(event: StripeEvent, rules: StripeRules): StripeMeaning {
  if (event.livemode !== rules.livemode) return aside(NOTES.other_mode)
  const read = READERS.get(event.type)
  if (read === undefined) return { kind: 'aside', note: NOTES.other_type, isForeign: true }
  return read(event, rules)
}

function purchase(event: StripeEvent, rules: StripeRules): StripeMeaning {
  const session = Session.safeParse(event.data.object)
  if (!session.success) return aside(NOTES.session_unreadable)
  const { id, payment_status, currency, amount_total, client_reference_id, payment_intent } = session.data
  if (payment_status === 'unpaid') return { kind: 'nothing' }
  if (payment_status !== 'paid') return aside(noteText('nothing_paid', payment_status.slice(0, 100)))
  if (currency !== rules.currency) return aside(NOTES.other_currency)
  const amount = creditsFor(amount_total, rules)
  if (amount === undefined) return aside(NOTES.wrong_amount)
  return {
    kind: 'purchase',
    accountId: client_reference_id,
    sessionId: id,
    paymentIntent: payment_intent ?? undefined,
    amount,
  }
}

function refund(event: StripeEvent, rules: StripeRules): StripeMeaning {
  const charge = Refund.safeParse(event.data.object)
  if (!charge.success || charge.data.currency !== rules.currency) return aside(NOTES.refund_unreadable)
  const { payment_intent: paymentIntent, amount_refunded: minor } = charge.data
  if (minor === 0) return aside(NOTES.refund_zero)
  return { kind: 'returned', paymentIntent, minor, source: NOTES.refund }
}

function dispute(event: StripeEvent, rules: StripeRules): StripeMeaning {
  const read = Dispute.safeParse(event.data.object)
  if (!read.success || read.data.currency !== rules.currency) return aside(NOTES.dispute_unreadable)
  const { id, payment_intent: paymentIntent, amount: minor } = read.data
  if (minor === 0) return aside(NOTES.dispute_zero)
  return { kind: 'returned', paymentIntent, minor, source: noteText('dispute', id) }
}

/** Thousandths for an amount in minor units, rounded down to what was certainly paid. */
function creditsFor(minor: number, { currency, creditsPerUnit }: StripeRules): number | undefined {
  const amount = Math.floor((minor / minorUnits(currency)) * creditsPerUnit * 1000 + 1e-6)
  return amount > 0 && amount <= LARGEST_AMOUNT ? amount : undefined
}

function aside(note: string): StripeMeaning {
  return { kind: 'aside', note }
}
