import { z } from 'zod'

/** Every change by an operator says why. */
export const Reason = z.object({ reason: z.string().trim().min(3, 'Say why, for the audit log.').max(500) })

/** A look may say why, in its query: the audit log then tells it. */
export const LookReason = z.object({ reason: Reason.shape.reason.optional() })
