import { Purpose } from '@odoo-backup/protocol'
import { AgentError } from '../errors.ts'

/**
 * Does what every purpose may do, such as listing, with the first one that the account gives this instance: it need
 * not have all of them.
 *
 * @throws AgentError `purpose_refused` where it has none; whatever else goes wrong at once
 */
export async function withAnyPurpose<Result>(
  attempt: (purpose: Purpose) => Promise<Result>,
): Promise<Result> {
  let refusal = new AgentError('purpose_refused', 'The account allows this instance nothing.')
  for (const purpose of Purpose.options)
    try {
      return await attempt(purpose)
    } catch (error) {
      if (!(error instanceof AgentError) || error.code !== 'purpose_refused') throw error
      refusal = error
    }
  throw refusal
}
