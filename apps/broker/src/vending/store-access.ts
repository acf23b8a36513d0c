import type { AccountFolder } from '@odoo-backup/protocol'

/** The store as configured: which role is assumed where, and what agents are told. */
export interface StoreAccess {
  readonly bucket: string
  readonly region: string
  readonly roleArn: string
  /** Where the broker asks for credentials. Absent: Amazon's own of the region. */
  readonly stsEndpoint: string | undefined
  /** What agents are told. Absent: Amazon's own of the region. */
  readonly agentEndpoint: string | undefined
  readonly pathStyle: boolean
  /** Life that is asked for, in seconds (at least 900 with AWS and Ceph). */
  readonly ttlSeconds: number
  /** A credential is no longer handed out when it lives shorter than this, in seconds. */
  readonly marginSeconds: number
  /** Whole time that one request to the token service may take, in milliseconds. */
  readonly stsTimeoutMs: number
  /** Asked for by the trust policy of a role in a foreign account. */
  readonly externalId: string | undefined
  /** Whether account and instance travel as session tags; the trust policy must allow `sts:TagSession`. */
  readonly sessionTags: boolean
}

/** What an agent needs to reach its folder. Secret: never logged, stored only sealed. */
export interface VendedCredential {
  readonly bucket: string
  readonly folder: AccountFolder
  readonly region: string
  readonly endpoint: string | undefined
  readonly pathStyle: boolean
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAt: Date
}
