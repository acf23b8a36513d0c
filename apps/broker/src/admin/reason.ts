import { z } from 'zod'

/** Every change by an operator says why, and so does every look at money, in its query. */
export const Reason = z.object({ reason: z.string().trim().min(3, 'Say why, for the audit log.').max(500) })
