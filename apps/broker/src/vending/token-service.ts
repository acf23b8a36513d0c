import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import type { StoreAccess } from './store-access.ts'
import { VendingError } from './vending-error.ts'

/** A fresh answer of the token service. */
export interface IssuedSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAt: Date
}

export interface SessionRequest {
  readonly instanceId: string
  readonly folder: string
  /** From `policyText`; never empty. */
  readonly policy: string
}

/** The one remote call of vending. Rejects with `VendingError` only: `unavailable` or `store_refused`. */
export interface TokenService {
  issue(request: SessionRequest): Promise<IssuedSession>
  close(): void
}

export interface TokenServiceOptions {
  readonly access: StoreAccess
  /** Absent: the SDK's default chain (environment, profile, instance role). */
  readonly credentials: { accessKeyId: string; secretAccessKey: string } | undefined
  readonly now: () => number
}

/** AWS answers throttling with 400, so these few names count beside the status. */
const THROTTLED = /^(Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|RequestThrottled)/

/**
 * AssumeRole through the AWS SDK. The whole call, its one retry and the search for a key included, ends within
 * `access.stsTimeoutMs`. The session is named after the instance, so that the store's own log tells who did what.
 */
export function createTokenService({ access, credentials, now }: TokenServiceOptions): TokenService {
  const client = new STSClient({
    region: access.region,
    maxAttempts: 2,
    ...(access.stsEndpoint === undefined ? {} : { endpoint: access.stsEndpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  })
  return {
    async issue({ instanceId, folder, policy }) {
      const command = new AssumeRoleCommand({
        RoleArn: access.roleArn,
        RoleSessionName: `instance-${instanceId}`.slice(0, 64),
        Policy: policy,
        DurationSeconds: access.ttlSeconds,
        ...(access.externalId === undefined ? {} : { ExternalId: access.externalId }),
        ...(access.sessionTags
          ? {
              Tags: [
                { Key: 'account', Value: folder },
                { Key: 'instance', Value: instanceId },
              ],
            }
          : {}),
      })
      const abortSignal = AbortSignal.timeout(access.stsTimeoutMs)
      const answer = await Promise.race([client.send(command, { abortSignal }), endOf(abortSignal)]).catch(
        (error: unknown) => {
          throw storeError(error)
        },
      )
      return usable(answer.Credentials, access, now())
    },
    close: () => client.destroy(),
  }
}

/** Rejects when the time is over: while the SDK searches for the broker's own key it does not heed the signal. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Stores differ in the names of their errors (Ceph's reach the SDK as `Unknown`); the HTTP status is common. */
export function storeError(error: unknown): VendingError {
  const status = httpStatus(error)
  const name = error instanceof Error ? error.name : ''
  const refused = status !== undefined && status >= 400 && status < 500 && ![408, 425, 429].includes(status)
  if (refused && !THROTTLED.test(name))
    return new VendingError(
      'store_refused',
      `The token service refused to issue a credential (HTTP ${status}): check the role, its trust policy and the broker's key.`,
      { cause: error },
    )
  return new VendingError(
    'unavailable',
    status === undefined
      ? 'The token service cannot be reached.'
      : `The token service does not serve now (HTTP ${status}).`,
    { cause: error },
  )
}

function httpStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined
  const metadata = error.$metadata
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}

interface AnsweredCredentials {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
  readonly Expiration?: Date | undefined
}

/**
 * An answer without a session token would be a long-lived key, and one that has already expired fails at the
 * store with an error that looks like a refusal: neither is ever handed on.
 */
function usable(answer: AnsweredCredentials | undefined, access: StoreAccess, now: number): IssuedSession {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined)
    throw new VendingError('unavailable', 'The token service answered without a whole credential.')
  const lifeMs = Expiration.getTime() - now
  if (!(lifeMs > access.marginSeconds * 1000))
    throw new VendingError(
      'unavailable',
      'The token service answered a credential that has expired: compare the clocks.',
    )
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: Expiration,
  }
}
