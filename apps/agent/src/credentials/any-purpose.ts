import { Purpose } from '@odoo-backup/protocol'
import { AgentError, type AgentErrorCode } from '../errors.ts'

/** What refuses one purpose and says nothing of the others: who owes, or stores too much, may still read and delete. */
const OF_ONE_PURPOSE: ReadonlySet<AgentErrorCode> = new Set([
  'purpose_refused',
  'payment_required',
  'storage_full',
])

export interface AnyPurpose<Result> {
  readonly result: Result
  /** The one that was given. */
  readonly purpose: Purpose
  /** Why others were not, in the order in which they were asked for. */
  readonly refusals: readonly AgentError[]
}

/**
 * Does what every purpose may do, such as listing, with the first one that the account gives this instance: it need
 * not have all of them. `first` is asked for before the others.
 *
 * @throws AgentError where it has none, what says most of why: that something is to be paid or deleted before
 *   `purpose_refused`; whatever else goes wrong at once
 */
export async function withAnyPurpose<Result>(
  attempt: (purpose: Purpose) => Promise<Result>,
  first: Purpose = 'backup',
): Promise<AnyPurpose<Result>> {
  const refusals: AgentError[] = []
  for (const purpose of new Set([first, ...Purpose.options]))
    try {
      return { result: await attempt(purpose), purpose, refusals }
    } catch (error) {
      if (!(error instanceof AgentError) || !OF_ONE_PURPOSE.has(error.code)) throw error
      refusals.push(error)
    }
  throw standing(refusals) ?? new AgentError('purpose_refused', 'The account allows this instance nothing.')
}

/** Of several refusals the one that somebody can do something about. */
export function standing(refusals: readonly AgentError[]): AgentError | undefined {
  return refusals.find(({ code }) => code !== 'purpose_refused') ?? refusals.at(-1)
}
