/**
 * How old an answer is at least before it is asked for anew by itself. Who looks into another window to copy a word is
 * back sooner, and nothing changed; some answers cost a question to the broker, who counts them. Who comes back from
 * paying was away for longer, and waits no longer than this.
 */
export const REST_MS = 5_000

/** Milliseconds until an answer is so old; at most `REST_MS`, also where the clock was set back meanwhile. */
export function restMs(answeredAtMs: number, nowMs: number): number {
  return Math.min(Math.max(answeredAtMs + REST_MS - nowMs, 0), REST_MS)
}
