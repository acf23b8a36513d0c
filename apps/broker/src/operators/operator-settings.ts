import { jsonText } from '@odoo-backup/service'
import { z } from 'zod'
import { ADMIN_ROLES } from '../admin/admin-tokens.ts'

/** Who may enter the operators' pages: a person at a log-in provider, as accounts are known. */
export const OperatorEntry = z.strictObject({
  /** `odoo`, or the `id` of one of `BROKER_OAUTH_PROVIDERS`. */
  provider: z.string().min(1).max(40),
  /** The person's id there: odoo.com's user id, or the provider's subject. Never an e-mail address. */
  subject: z.string().min(1).max(255),
  role: z.enum(ADMIN_ROLES),
})
export type OperatorEntry = z.infer<typeof OperatorEntry>

/** The setting that lists them, as JSON. */
export const Operators = jsonText(
  'Give a JSON list such as [{"provider": "odoo", "subject": "42", "role": "viewer"}].',
).pipe(
  z
    .array(OperatorEntry)
    .refine(
      all =>
        new Set(all.map(({ provider, subject }) => JSON.stringify([provider, subject]))).size === all.length,
      'One person is listed twice.',
    ),
)
