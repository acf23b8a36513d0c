import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { keyOfUse } from './ceph/keys-of-use.ts'
import { sandboxFolder } from './folder.ts'

const Port = z.coerce.number().int()

/** The lines of `.sandbox/env`; see `sandboxEnvironment` for what each is. */
const Lines = z.object({
  SANDBOX_PG_HOST: z.string(),
  SANDBOX_PG_PORT: Port,
  SANDBOX_PG_SUPERUSER: z.string(),
  SANDBOX_PG_SUPERUSER_PASSWORD: z.string(),
  SANDBOX_ODOO_DB_USER: z.string(),
  SANDBOX_ODOO_DB_PASSWORD: z.string(),
  SANDBOX_BROKER_DATABASE_URL: z.string(),
  SANDBOX_REDIS_URL: z.string(),
  SANDBOX_STS_ENDPOINT: z.string(),
  SANDBOX_S3_ENDPOINT: z.string(),
  SANDBOX_SHORT_STS_ENDPOINT: z.string(),
  SANDBOX_REGION: z.string(),
  SANDBOX_BUCKET: z.string(),
  SANDBOX_ROLE_ARN: z.string(),
  SANDBOX_BROKER_ACCESS_KEY_ID: z.string(),
  SANDBOX_BROKER_SECRET_ACCESS_KEY: z.string(),
  SANDBOX_OWNER_ACCESS_KEY_ID: z.string(),
  SANDBOX_OWNER_SECRET_ACCESS_KEY: z.string(),
  SANDBOX_SETUP_ACCESS_KEY_ID: z.string(),
  SANDBOX_SETUP_SECRET_ACCESS_KEY: z.string(),
  SANDBOX_PRIVATE_ACCESS_KEY_ID: z.string(),
  SANDBOX_PRIVATE_SECRET_ACCESS_KEY: z.string(),
  SANDBOX_PRIVATE_BUCKET: z.string(),
  SANDBOX_SPARE_BUCKET: z.string(),
  SANDBOX_ODOO_COM_URL: z.string(),
  SANDBOX_IAP_URL: z.string(),
  SANDBOX_IAP_SERVICE_KEY: z.string(),
  SANDBOX_OAUTH_CLIENT_ID: z.string(),
  SANDBOX_BROKER_PORT: Port,
  SANDBOX_AGENT_PORT: Port,
})
export type SandboxLines = z.infer<typeof Lines>

export interface SandboxEnvironment {
  readonly pgHost: string
  readonly pgPort: number
  /** Superuser of the cluster. */
  readonly pgSuperuser: string
  readonly pgSuperuserPassword: string
  /** A role as Odoo's: it may log in and make databases, and is no superuser. */
  readonly odooDbUser: string
  readonly odooDbPassword: string
  /** The broker's own role and database; the role may make more. */
  readonly brokerDatabaseUrl: string
  readonly redisUrl: string
  /** Gateway with S3, STS and IAM: for the broker alone. */
  readonly stsEndpoint: string
  /** Gateway with S3 alone: for agents. */
  readonly s3Endpoint: string
  /** Gateway with S3 and STS whose shortest session is 3 seconds. */
  readonly shortStsEndpoint: string
  readonly region: string
  /** Versioned; belongs to the owner; reached through the role. */
  readonly bucket: string
  readonly roleArn: string
  /** May assume the role and nothing else. */
  readonly brokerAccessKeyId: string
  readonly brokerSecretAccessKey: string
  readonly ownerAccessKeyId: string
  readonly ownerSecretAccessKey: string
  /** May change roles. */
  readonly setupAccessKeyId: string
  readonly setupSecretAccessKey: string
  /** May list the bucket's versions and open uploads, and nothing else: how the broker counts what is stored. */
  readonly usageAccessKeyId: string
  readonly usageSecretAccessKey: string
  /** May list versions and open uploads of the bucket and end them for good: for the command that removes data. */
  readonly removalAccessKeyId: string
  readonly removalSecretAccessKey: string
  /** An administrator's own cloud: a user with two buckets, and no broker. */
  readonly privateAccessKeyId: string
  readonly privateSecretAccessKey: string
  readonly privateBucket: string
  readonly spareBucket: string
  /** The stand-in for accounts.odoo.com. */
  readonly odooComUrl: string
  /** The stand-in for iap.odoo.com. */
  readonly iapUrl: string
  readonly iapServiceKey: string
  readonly oauthClientId: string
  /** Ports kept free for a broker and an agent that run on the sandbox. */
  readonly brokerPort: number
  readonly agentPort: number
}

export function environmentFile(folder: string = sandboxFolder()): string {
  return join(folder, 'env')
}

/** `KEY=value` lines, one each. */
export function renderEnvironment(lines: SandboxLines): string {
  return Object.entries(Lines.parse(lines))
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

/** Where everything in the sandbox is. Throws, saying what to run, when it was never started. */
export function sandboxEnvironment(folder: string = sandboxFolder()): SandboxEnvironment {
  const file = environmentFile(folder)
  if (!existsSync(file)) throw new Error(`There is no ${file}: run \`npm run sandbox\` first.`)
  const pairs = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.includes('='))
    .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  const lines = Lines.parse(Object.fromEntries(pairs))
  const owner = { secretAccessKey: lines.SANDBOX_OWNER_SECRET_ACCESS_KEY }
  const [usage, removal] = [keyOfUse('usage', owner), keyOfUse('removal', owner)]
  return {
    pgHost: lines.SANDBOX_PG_HOST,
    pgPort: lines.SANDBOX_PG_PORT,
    pgSuperuser: lines.SANDBOX_PG_SUPERUSER,
    pgSuperuserPassword: lines.SANDBOX_PG_SUPERUSER_PASSWORD,
    odooDbUser: lines.SANDBOX_ODOO_DB_USER,
    odooDbPassword: lines.SANDBOX_ODOO_DB_PASSWORD,
    brokerDatabaseUrl: lines.SANDBOX_BROKER_DATABASE_URL,
    redisUrl: lines.SANDBOX_REDIS_URL,
    stsEndpoint: lines.SANDBOX_STS_ENDPOINT,
    s3Endpoint: lines.SANDBOX_S3_ENDPOINT,
    shortStsEndpoint: lines.SANDBOX_SHORT_STS_ENDPOINT,
    region: lines.SANDBOX_REGION,
    bucket: lines.SANDBOX_BUCKET,
    roleArn: lines.SANDBOX_ROLE_ARN,
    brokerAccessKeyId: lines.SANDBOX_BROKER_ACCESS_KEY_ID,
    brokerSecretAccessKey: lines.SANDBOX_BROKER_SECRET_ACCESS_KEY,
    ownerAccessKeyId: lines.SANDBOX_OWNER_ACCESS_KEY_ID,
    ownerSecretAccessKey: lines.SANDBOX_OWNER_SECRET_ACCESS_KEY,
    setupAccessKeyId: lines.SANDBOX_SETUP_ACCESS_KEY_ID,
    setupSecretAccessKey: lines.SANDBOX_SETUP_SECRET_ACCESS_KEY,
    usageAccessKeyId: usage.accessKeyId,
    usageSecretAccessKey: usage.secretAccessKey,
    removalAccessKeyId: removal.accessKeyId,
    removalSecretAccessKey: removal.secretAccessKey,
    privateAccessKeyId: lines.SANDBOX_PRIVATE_ACCESS_KEY_ID,
    privateSecretAccessKey: lines.SANDBOX_PRIVATE_SECRET_ACCESS_KEY,
    privateBucket: lines.SANDBOX_PRIVATE_BUCKET,
    spareBucket: lines.SANDBOX_SPARE_BUCKET,
    odooComUrl: lines.SANDBOX_ODOO_COM_URL,
    iapUrl: lines.SANDBOX_IAP_URL,
    iapServiceKey: lines.SANDBOX_IAP_SERVICE_KEY,
    oauthClientId: lines.SANDBOX_OAUTH_CLIENT_ID,
    brokerPort: lines.SANDBOX_BROKER_PORT,
    agentPort: lines.SANDBOX_AGENT_PORT,
  }
}
