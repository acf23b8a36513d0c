import { z } from 'zod'
import { AccountFolder, Purpose } from './names.ts'

/** `POST /v1/credentials`, with `Authorization: Bearer <user_key>`. */
export const CredentialsRequest = z.object({ purpose: Purpose })
export type CredentialsRequest = z.infer<typeof CredentialsRequest>

/** A short-lived S3 credential that touches `folder` + `/` in `bucket`, for one purpose, and nothing else. */
export const VendedCredentials = z.object({
  purpose: Purpose,
  bucket: z.string().min(1),
  folder: AccountFolder,
  region: z.string().min(1),
  /** Absent: Amazon's own endpoint of the region. */
  endpoint: z.url().optional(),
  pathStyle: z.boolean(),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1),
  /** ISO 8601, UTC. Revoking the instance does not shorten a credential that is already out. */
  expiresAt: z.iso.datetime(),
})
export type VendedCredentials = z.infer<typeof VendedCredentials>

/** `POST /v1/bind`: the holder of a key brings back the one-time code that approval made. */
export const BindRequest = z.object({ code: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/) })
export type BindRequest = z.infer<typeof BindRequest>

/** How an account stands with the broker, in credits. */
export const AccountCredit = z.object({
  state: z.enum(['trial', 'paid', 'grace', 'restore_only', 'lapsed', 'suspended', 'not_billed']),
  plan: z.string(),
  currencyLabel: z.string(),
  /** Kept by this broker, spent first. */
  kept: z.number(),
  /** Held by the payment service; absent where it does not tell. */
  held: z.number().optional(),
  owed: z.number(),
  /** When the open month ends; absent while anything of it, or of those before, is not paid. */
  paidUntil: z.iso.datetime().optional(),
  /** When the state changes by time alone. */
  changesAt: z.iso.datetime().optional(),
})
export type AccountCredit = z.infer<typeof AccountCredit>

/** `GET /v1/account`. */
export const AccountSummary = z.object({
  instanceId: z.string(),
  folder: AccountFolder,
  provider: z.string(),
  /** Such as `a••••@example.com`; absent when the provider gave none. */
  maskedEmail: z.string().optional(),
  purposes: z.array(Purpose),
  /** Absent where nothing is charged, and from older brokers. */
  credit: AccountCredit.optional(),
})
export type AccountSummary = z.infer<typeof AccountSummary>
