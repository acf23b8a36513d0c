import { z } from 'zod'

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
})
export type Problem = z.infer<typeof Problem>
