import { z } from 'zod'
import { AccountFolder, Purpose } from './names.ts'

/** `POST /v1/login-requests`: asks for the link by which an administrator binds the instance. */
export const LoginRequestBody = z.object({
  /** The page to which the browser is led back with the code; without it the code is shown to be typed. */
  redirect: z.string().max(10_000).optional(),
})
export type LoginRequestBody = z.infer<typeof LoginRequestBody>

export const LoginRequestAnswer = z.object({ authLink: z.url() })
export type LoginRequestAnswer = z.infer<typeof LoginRequestAnswer>

/** The answer of `POST /v1/bind`: the instance is bound now. */
export const BindAnswer = z.object({
  instanceId: z.string(),
  folder: AccountFolder,
  purposes: z.array(Purpose),
})
export type BindAnswer = z.infer<typeof BindAnswer>

/** `GET /v1/notices?after=<cursor>`: what the account should know, oldest first. The same cursor, the same notices. */
export const NoticesAnswer = z.object({
  /** Send it as `after` the next time. */
  cursor: z.string(),
  notices: z.array(
    z.object({
      id: z.string(),
      type: z.enum(['insufficient_credits', 'forecast_insufficient_credits', 'instance_bound', 'other']),
      message: z.string(),
      createdAt: z.iso.datetime(),
    }),
  ),
})
export type NoticesAnswer = z.infer<typeof NoticesAnswer>

/** `POST /v1/recharge-link`: a link that works once. */
export const RechargeLinkAnswer = z.object({ rechargeLink: z.url() })
export type RechargeLinkAnswer = z.infer<typeof RechargeLinkAnswer>
