import { z } from 'zod'

/** Every change by an operator says why, and so does every look at money, in its query. */
export const Reason = z.object({
  reason: z
    .string()
    .trim()
    .min(3, 'Say why, for the audit log.')
    .max(500)
    .describe(
      'Why you ask: it stands in the audit log beside who you are. A mere look at money needs it too.',
    ),
})

/** What the audit log has of looks at money on the operators' pages, which ask for no reason. */
export const NO_REASON = 'no reason given: a look on the operators’ pages'
