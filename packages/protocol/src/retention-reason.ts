import { z } from 'zod'

export const RetentionFrame = z.enum(['hourly', 'daily', 'weekly', 'monthly', 'yearly'])
export type RetentionFrame = z.infer<typeof RetentionFrame>

/** Why a backup stays or goes, for whoever writes the sentence in another language than English. */
export const RetentionReason = z.discriminatedUnion('code', [
  /** No frame is limited, so that every backup stays. */
  z.object({ code: z.literal('no_rotation') }),
  /** The clock of the agent is behind it. */
  z.object({ code: z.literal('dated_later') }),
  z.object({ code: z.literal('pinned') }),
  /** A restore or a drill of this agent reads it, or waits to. */
  z.object({ code: z.literal('in_use') }),
  z.object({ code: z.literal('newest') }),
  /** The last that passed a drill, while that of a later one failed. */
  z.object({ code: z.literal('last_verified') }),
  /** Its drill failed after the last that passed: with it would go the reason to keep that one. */
  z.object({ code: z.literal('failed_since') }),
  z.object({ code: z.literal('among_newest'), count: z.number() }),
  z.object({ code: z.literal('last_of_frame'), frame: RetentionFrame }),
  /** It goes: its frame has a later one. */
  z.object({ code: z.literal('later_in_frame'), frame: RetentionFrame }),
  /** It goes: its frame is not among the most recent `limit` that have any. */
  z.object({ code: z.literal('beyond_limit'), frame: RetentionFrame, limit: z.number() }),
])
export type RetentionReason = z.infer<typeof RetentionReason>
