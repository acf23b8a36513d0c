import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Bandwidth } from '../streams/bandwidth.ts'
import { Attempts, PATIENT, type RetryPolicy } from './attempts.ts'
import { type CredentialsSource, LiveCredentials } from './credentials.ts'
import { signByKnownHash } from './known-hash.ts'
import { PART_MEMORY_BYTES, S3_LIMITS, type UploadLimits } from './part-size.ts'

export interface S3StorageOptions {
  readonly bucket: string
  readonly region: string
  /** Absent: Amazon's own endpoint of the region. */
  readonly endpoint?: string
  /**
   * Whether the credentials may list the bucket's open uploads, as in a bucket of one's own, so that those are
   * found and removed whose id nobody knows. By default not: a credential for one folder may not.
   */
  readonly mayListUploads?: boolean
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  readonly pathStyle: boolean
  readonly credentials: CredentialsSource
  /** Shared by all storages that have a limit together; absent: as fast as it goes. */
  readonly bandwidth?: Bandwidth
  /** What could not be cleaned up and does no harm now. */
  readonly onWarning?: (message: string) => void
  readonly limits?: Partial<UploadLimits>
  readonly retry?: Partial<RetryPolicy>
  /** A connection on which nothing moves for so long has stalled. */
  readonly stallMs?: number
  /** Memory for parts that are being filled or sent. */
  readonly partMemoryBytes?: number
  /**
   * Have the store compute and keep a SHA-256 of every part, which proves an upload where its ETag is no MD5.
   * By default at Amazon only: other stores may not know the header.
   */
  readonly checksums?: boolean
  readonly now?: () => number
  readonly random?: () => number
}

/** One bucket as seen through one source of credentials, with everything that its operations share. */
export interface S3Connection {
  readonly client: S3Client
  readonly bucket: string
  readonly mayListUploads: boolean
  readonly attempts: Attempts
  readonly limits: UploadLimits
  readonly bandwidth: Bandwidth | undefined
  readonly stallMs: number
  readonly partMemoryBytes: number
  readonly checksums: boolean
  readonly warn: (message: string) => void
}

// The SDK would warn every user of Node 20 about versions of itself that are not used here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** Without one, the SDK writes warnings of its own to the console, in the middle of somebody's progress bar. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }

const CONNECT_MS = 15_000
const STALL_MS = 60_000

function isAmazon(endpoint: string | undefined): boolean {
  return endpoint === undefined || /(?:^|\.)amazonaws\.com(?:\.cn)?$/.test(new URL(endpoint).hostname)
}

export function connect(options: S3StorageOptions): S3Connection {
  const now = options.now ?? Date.now
  const credentials = new LiveCredentials(options.credentials, now)
  const stallMs = options.stallMs ?? STALL_MS
  const client = new S3Client({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    forcePathStyle: options.pathStyle,
    // Their own expiry is looked after here; an end in the past keeps the SDK from holding on to them.
    credentials: async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials.get()
      return {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        expiration: new Date(0),
      }
    },
    logger: SILENT,
    // Attempts are counted here, where a refused credential can be replaced between two of them.
    maxAttempts: 1,
    // Newer default checksums are not understood by older stores such as Ceph 16.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // By default the SDK opens a new connection for every large body.
    expectContinueHeader: false,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: Math.min(CONNECT_MS, stallMs),
      socketTimeout: stallMs,
      requestTimeout: 0,
    }),
  })
  signByKnownHash(client)
  return {
    client,
    bucket: options.bucket,
    mayListUploads: options.mayListUploads ?? false,
    attempts: new Attempts(credentials, { ...PATIENT, ...options.retry }, options.random ?? Math.random),
    limits: { ...S3_LIMITS, ...options.limits },
    bandwidth: options.bandwidth,
    stallMs,
    partMemoryBytes: options.partMemoryBytes ?? PART_MEMORY_BYTES,
    checksums: options.checksums ?? isAmazon(options.endpoint),
    warn: options.onWarning ?? (() => {}),
  }
}
