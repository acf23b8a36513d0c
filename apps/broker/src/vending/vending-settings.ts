import {
  durationSeconds,
  flag,
  httpUrl,
  type KeyRing,
  keyRing,
  keysOfRing,
  secret,
} from '@odoo-backup/service'
import { z } from 'zod'
import type { StoreAccess } from './store-access.ts'

/** The settings of vending, as environment variables. */
export const VendingSettings = z.object({
  /** The bucket that holds all accounts' folders. */
  BROKER_S3_BUCKET: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'Give the name of an S3 bucket.'),
  BROKER_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'Give a region, such as eu-central-1.')
    .default('us-east-1'),
  /** What agents are told. Not set: Amazon's own endpoint of the region. */
  BROKER_S3_ENDPOINT: httpUrl().optional(),
  /** `true` for stores that know no bucket names in host names, as Ceph without wildcard DNS. */
  BROKER_S3_PATH_STYLE: flag().default(false),
  /** Where the broker itself asks for credentials. Not set: Amazon's own endpoint of the region. */
  BROKER_STS_ENDPOINT: httpUrl().optional(),
  BROKER_STS_ROLE_ARN: z
    .string()
    .regex(
      /^arn:aws(-[a-z]+)*:iam::[0-9]{0,12}:role\/[\w+=,.@/-]{1,512}$/,
      'Give the ARN of the role that is assumed.',
    ),
  /** Not set, both: the AWS SDK's own search (environment, profile, instance role). */
  BROKER_STS_ACCESS_KEY_ID: secret().optional(),
  BROKER_STS_SECRET_ACCESS_KEY: secret().optional(),
  BROKER_STS_EXTERNAL_ID: secret().optional(),
  /** Whether account and instance travel as session tags; the role's trust policy must allow `sts:TagSession`. */
  BROKER_STS_SESSION_TAGS: flag().default(false),
  /** The whole time that one request for credentials may take. */
  BROKER_STS_TIMEOUT_SECONDS: durationSeconds().pipe(z.number().max(60, 'At most 60 seconds.')).default(10),
  /** How long a vended credential lives: 900 is the least of AWS and Ceph, a role that is assumed by role at most 3600. */
  BROKER_CREDENTIAL_TTL_SECONDS: durationSeconds().pipe(z.int().min(1).max(43_200)).default(3600),
  /** A kept credential that lives shorter than this is not handed out any more. */
  BROKER_CREDENTIAL_MARGIN_SECONDS: durationSeconds().pipe(z.number().max(3600)).default(120),
  /** What seals kept credentials, such as `k2:<base64>,k1:<base64>`. */
  BROKER_SEALING_KEYS: secret(keyRing(), keysOfRing),
})
export type VendingSettings = z.output<typeof VendingSettings>

export interface VendingConfiguration {
  readonly access: StoreAccess
  readonly sealingKeys: KeyRing
  readonly brokerCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
}

export function vendingConfiguration(settings: VendingSettings): VendingConfiguration {
  const accessKeyId = settings.BROKER_STS_ACCESS_KEY_ID
  const secretAccessKey = settings.BROKER_STS_SECRET_ACCESS_KEY
  return {
    access: {
      bucket: settings.BROKER_S3_BUCKET,
      region: settings.BROKER_S3_REGION,
      roleArn: settings.BROKER_STS_ROLE_ARN,
      stsEndpoint: settings.BROKER_STS_ENDPOINT,
      agentEndpoint: settings.BROKER_S3_ENDPOINT,
      pathStyle: settings.BROKER_S3_PATH_STYLE,
      ttlSeconds: settings.BROKER_CREDENTIAL_TTL_SECONDS,
      marginSeconds: settings.BROKER_CREDENTIAL_MARGIN_SECONDS,
      stsTimeoutMs: settings.BROKER_STS_TIMEOUT_SECONDS * 1000,
      externalId: settings.BROKER_STS_EXTERNAL_ID,
      sessionTags: settings.BROKER_STS_SESSION_TAGS,
    },
    sealingKeys: settings.BROKER_SEALING_KEYS,
    brokerCredentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId, secretAccessKey },
  }
}
