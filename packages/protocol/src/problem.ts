import { z } from 'zod'

/** What is wrong with one member of a request's body. */
export const FieldFaultCode = z.enum([
  'required',
  'too_long',
  'range',
  'email',
  'address',
  'schedule',
  'time_zone',
  'folder',
  'password',
  'invalid',
])
export type FieldFaultCode = z.infer<typeof FieldFaultCode>

/**
 * An error as it travels (RFC 9457, `application/problem+json`). `code` is stable and for programs;
 * `detail` is for people and says what to do.
 */
export const Problem = z.object({
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string().regex(/^[a-z][a-z0-9_]*$/),
  detail: z.string().optional(),
  /** Where the browser must go, for `code: "login_required"`. */
  authLink: z.url().optional(),
  /** Where credit can be bought, for `code: "payment_required"`. */
  rechargeLink: z.url().optional(),
  /** Which members of the body are wrong, such as `notices.mailTo.0`, for `code: "invalid_request"`. */
  fields: z.array(z.object({ path: z.string(), code: FieldFaultCode })).optional(),
})
export type Problem = z.infer<typeof Problem>
