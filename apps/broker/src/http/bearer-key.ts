import { UserKey } from '@odoo-backup/protocol'
import { HttpProblem } from '@odoo-backup/service'
import type { Request } from 'express'

/**
 * The key of an instance from `Authorization: Bearer <user_key>` (RFC 6750).
 * @throws HttpProblem `invalid_request`, which never repeats what was sent
 */
export function bearerKey(request: Request): UserKey {
  const key = UserKey.safeParse(bearerToken(request))
  if (key.success) return key.data
  throw new HttpProblem({
    status: 400,
    code: 'invalid_request',
    detail:
      'Send the key of the instance as `Authorization: Bearer <user_key>`: 30 to 128 letters, digits, `_` or `-`.',
  })
}

/** The token of an `Authorization: Bearer` header, unchecked; undefined when there is none. */
export function bearerToken(request: Request): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1]
}
