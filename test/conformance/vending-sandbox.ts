import { randomInt } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import { AccountFolder } from '@odoo-backup/protocol'
import type { StoreAccess } from '../../apps/broker/src/vending/store-access.ts'
import { createTokenService, type TokenService } from '../../apps/broker/src/vending/token-service.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'

export const sandbox = sandboxEnvironment()

/** The folder of an account that no other test uses. */
export function freshFolder(): AccountFolder {
  return AccountFolder.parse(`${randomInt(1_000_000_000, 9_999_999_999)}${randomInt(10_000, 99_999)}`)
}

export function sandboxAccess(changes: Partial<StoreAccess> = {}): StoreAccess {
  return {
    bucket: sandbox.bucket,
    region: sandbox.region,
    roleArn: sandbox.roleArn,
    stsEndpoint: sandbox.stsEndpoint,
    agentEndpoint: sandbox.s3Endpoint,
    pathStyle: true,
    ttlSeconds: 900,
    marginSeconds: 60,
    stsTimeoutMs: 10_000,
    externalId: undefined,
    sessionTags: false,
    ...changes,
  }
}

export const brokerCredentials = {
  accessKeyId: sandbox.brokerAccessKeyId,
  secretAccessKey: sandbox.brokerSecretAccessKey,
}

export function sandboxTokenService(access: StoreAccess = sandboxAccess()): TokenService {
  return createTokenService({ access, credentials: brokerCredentials, now: Date.now })
}

/** A client of whoever owns the bucket of all accounts. */
export function ownerClient(): S3Client {
  return new S3Client({
    endpoint: sandbox.stsEndpoint,
    region: sandbox.region,
    forcePathStyle: true,
    credentials: { accessKeyId: sandbox.ownerAccessKeyId, secretAccessKey: sandbox.ownerSecretAccessKey },
  })
}
