import { UserKey } from '@odoo-backup/protocol'
import { HttpProblem } from '@odoo-backup/service'

/**
 * The key where the former module sends it: in the query or the body.
 * @throws HttpProblem `invalid_request`, which never repeats what was sent
 */
export function oldKey(given: unknown): UserKey {
  const key = UserKey.safeParse(given)
  if (key.success) return key.data
  throw new HttpProblem({
    status: 400,
    code: 'invalid_request',
    detail:
      'user_key must have 30 to 128 characters of A-Z, a-z, 0-9, _ and -, at least 10 of them different.',
  })
}
