import { CredentialsRequest, type UserKey, VendedCredentials } from '@odoo-backup/protocol'
import { clientAddress, type Route, route } from '@odoo-backup/service'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { recordingRefusals } from '../audit/recording-refusals.ts'
import { bearerKey } from '../http/bearer-key.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { loginRequired, revoked } from '../http/refusals.ts'
import type { LoginRequests } from '../login/login-requests.ts'
import { whoHas } from '../login/who-has.ts'
import type { ApprovedStanding, Standing } from '../registry/instances.ts'
import type { CredentialDesk } from './credential-desk.ts'
import type { InstanceLookUp } from './standing-cache.ts'

export interface CredentialsRouteDependencies {
  readonly desk: CredentialDesk
  readonly instances: InstanceLookUp
  readonly loginRequests: Pick<LoginRequests, 'create'>
  readonly audit: AuditTrail
  readonly keyLimit: RateLimit<UserKey>
}

/** `POST /v1/credentials`. */
export function credentialsRoute(dependencies: CredentialsRouteDependencies): Route {
  const { desk, instances, keyLimit } = dependencies
  return route({
    method: 'post',
    path: '/v1/credentials',
    summary: 'Get short-lived S3 credentials for one purpose',
    description:
      'The credential touches the folder of the account alone, for the one purpose. It lives until `expiresAt`; ' +
      'revoking the instance or suspending the account stops the next one, not this one.',
    tags: ['agent'],
    security: 'bearer',
    body: CredentialsRequest,
    answer: VendedCredentials,
    problems: [400, 401, 402, 403, 429, 502, 503],
    async handle({ body: { purpose }, request }) {
      const userKey = bearerKey(request)
      await keyLimit.take(userKey)
      const address = clientAddress(request)
      const standing = await instances.standing(userKey)
      if (standing.state !== 'approved') return await refuse(dependencies, { standing, userKey, address })
      const credential = await desk.issue({ userKey, standing, purposes: [purpose], address })
      return { ...credential, purpose, expiresAt: credential.expiresAt.toISOString() }
    },
  })
}

interface Refused {
  readonly standing: Exclude<Standing, ApprovedStanding>
  readonly userKey: UserKey
  readonly address: string
}

/** Tells a key that is not approved why it gets nothing, and where to go. */
async function refuse(
  { loginRequests, audit }: CredentialsRouteDependencies,
  { standing, userKey, address }: Refused,
): Promise<never> {
  return await recordingRefusals(
    audit,
    { action: 'credentials.vended', address, ...whoHas(standing) },
    async () => {
      if (standing.state === 'revoked') throw revoked()
      const { authLink } = await loginRequests.create({ userKey, address })
      throw loginRequired(authLink)
    },
  )
}
