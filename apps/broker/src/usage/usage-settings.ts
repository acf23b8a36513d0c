import { S3Client } from '@aws-sdk/client-s3'
import { durationSeconds, secret } from '@odoo-backup/service'
import { z } from 'zod'
import type { VendingSettings } from '../vending/vending-settings.ts'

/** How stored bytes are counted: a key of its own, which may list the bucket's versions and uploads, and nothing else. */
export const UsageSettings = z.object({
  /** Not set, either: nothing is counted, and storage costs nothing. */
  BROKER_USAGE_ACCESS_KEY_ID: secret().optional(),
  BROKER_USAGE_SECRET_ACCESS_KEY: secret().optional(),
  /** Waited before each request to the store. */
  BROKER_USAGE_PAUSE_SECONDS: durationSeconds().pipe(z.number().max(60)).default(0.02),
})
export type UsageSettings = z.output<typeof UsageSettings>

/** Whether storage is counted. */
export function countsUsage(settings: UsageSettings): boolean {
  return (
    settings.BROKER_USAGE_ACCESS_KEY_ID !== undefined && settings.BROKER_USAGE_SECRET_ACCESS_KEY !== undefined
  )
}

/** So long a store may stay silent in the middle of one request. */
const PATIENCE_MS = 30_000

/**
 * A client for counting; undefined where no key is set. A store that falls silent ends a request: one that waited for
 * ever would keep every broker from counting.
 */
export function openUsageClient(
  settings: UsageSettings & VendingSettings,
  patienceMs = PATIENCE_MS,
): S3Client | undefined {
  const accessKeyId = settings.BROKER_USAGE_ACCESS_KEY_ID
  const secretAccessKey = settings.BROKER_USAGE_SECRET_ACCESS_KEY
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  const endpoint = settings.BROKER_S3_ENDPOINT
  return new S3Client({
    region: settings.BROKER_S3_REGION,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: settings.BROKER_S3_PATH_STYLE,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 5,
    requestHandler: { connectionTimeout: patienceMs, socketTimeout: patienceMs },
  })
}
