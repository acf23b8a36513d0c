import { z } from 'zod'
import type { LoggedEvent } from '../../audit/logged-events.ts'

/** What an operator decided on money. */
export type Decided =
  | {
      readonly what: 'grant' | 'refund'
      readonly accountId: string
      readonly credits: number
      readonly reference: string
    }
  | { readonly what: 'plan'; readonly accountId: string; readonly plan: string }
  | { readonly what: 'trial' | 'grace'; readonly accountId: string; readonly until: Date }
  | {
      readonly what: 'settle'
      readonly accountId: string
      readonly charge: string
      readonly as: 'captured' | 'cancelled'
    }
  | { readonly what: 'stripe apply' | 'stripe dismiss'; readonly event: string }

export type LoggedDecision = Decided & {
  readonly at: Date
  /** Why, as it was said then. */
  readonly reason: string | undefined
  /** A second line says that whether it was committed nobody knows. */
  readonly notConfirmed: boolean
  /** Its reference was refused later, as standing for another amount: which of the two was given is not certain. */
  readonly referenceRefused: boolean
}

/** The line of a decision that lacks what it takes to repeat it. */
export interface UnreadableDecision {
  readonly what: 'unreadable'
  readonly at: Date
  readonly action: string
  readonly accountId: string | undefined
}

const ofAccount = <Detail extends z.ZodType>(detail: Detail) => z.object({ accountId: z.uuid(), detail })
const credits = (what: 'grant' | 'refund') =>
  ofAccount(z.object({ credits: z.coerce.number(), reference: z.string() })).transform(
    ({ accountId, detail }) => ({ what, accountId, ...detail }),
  )
const until = (what: 'trial' | 'grace') =>
  ofAccount(z.object({ until: z.iso.datetime() })).transform(({ accountId, detail }) => ({
    what,
    accountId,
    until: new Date(detail.until),
  }))
const stripe = (what: 'stripe apply' | 'stripe dismiss') =>
  z
    .object({ detail: z.object({ event: z.string() }) })
    .transform(({ detail }) => ({ what, event: detail.event }))

/** By the action of their rows. A grant that was repeated had been made, whether or not the log has the first line. */
const DECISIONS: ReadonlyMap<string, z.ZodType<Decided>> = new Map<string, z.ZodType<Decided>>([
  ['billing.grant', credits('grant')],
  ['billing.grant_repeated', credits('grant')],
  ['billing.refund', credits('refund')],
  ['billing.refund_repeated', credits('refund')],
  [
    'billing.plan_changed',
    ofAccount(z.object({ plan: z.string() })).transform(({ accountId, detail }) => ({
      what: 'plan',
      accountId,
      plan: detail.plan,
    })),
  ],
  ['billing.trial_extended', until('trial')],
  ['billing.grace_extended', until('grace')],
  [
    'billing.settled',
    ofAccount(z.object({ charge: z.string(), as: z.enum(['captured', 'cancelled']) })).transform(
      ({ accountId, detail }) => ({ what: 'settle', accountId, charge: detail.charge, as: detail.as }),
    ),
  ],
  ['billing.stripe_applied', stripe('stripe apply')],
  ['billing.stripe_dismissed', stripe('stripe dismiss')],
])

/**
 * Reads events, in whatever order: logs of several brokers come one after the other. In the order in which they were
 * made: every grant and refund once, and of anything else the last word on each account, charge and message.
 */
export async function loggedDecisions(
  events: AsyncIterable<LoggedEvent>,
): Promise<(LoggedDecision | UnreadableDecision)[]> {
  const decisions = new Map<string, LoggedDecision>()
  const unreadable: UnreadableDecision[] = []
  const unconfirmed = new Set<string>()
  // Of two with one reference at the same moment both may have been told, and then one as refused.
  const referenceUsed = new Set<string>()
  for await (const event of events) {
    const { at, action, outcome, reason, accountId, detail } = event
    const kind = DECISIONS.get(action)
    // A message that went on waiting when it was to be applied changed nothing.
    if (kind === undefined || detail?.booked === 'aside') continue
    const { data: decided } = kind.safeParse(event)
    if (outcome === 'refused') {
      if (decided === undefined) continue
      if (reason === 'not_confirmed') unconfirmed.add(`${subjectOf(decided)} ${at.toISOString()}`)
      if (reason === 'reference_used') referenceUsed.add(subjectOf(decided))
    } else if (decided === undefined) unreadable.push({ what: 'unreadable', at, action, accountId })
    else note(decisions, { ...decided, at, reason, notConfirmed: false, referenceRefused: false })
  }
  const made = [...decisions].map(([subject, decision]) => ({
    ...decision,
    notConfirmed: unconfirmed.has(`${subject} ${decision.at.toISOString()}`),
    referenceRefused: referenceUsed.has(subject),
  }))
  return [...made, ...unreadable].toSorted((one, other) => one.at.getTime() - other.at.getTime())
}

function note(decisions: Map<string, LoggedDecision>, decision: LoggedDecision): void {
  const subject = subjectOf(decision)
  const known = decisions.get(subject)
  const countsOnce = decision.what === 'grant' || decision.what === 'refund'
  if (known === undefined || (countsOnce ? decision.at < known.at : decision.at >= known.at))
    decisions.set(subject, decision)
}

/** What is decided upon. */
function subjectOf(decided: Decided): string {
  switch (decided.what) {
    case 'grant':
    case 'refund':
      return `${decided.what} ${decided.accountId} ${decided.credits} ${decided.reference}`
    case 'plan':
    case 'trial':
    case 'grace':
      return `${decided.what} ${decided.accountId}`
    case 'settle':
      return `settle ${decided.charge}`
    case 'stripe apply':
    case 'stripe dismiss':
      return `stripe ${decided.event}`
  }
}
