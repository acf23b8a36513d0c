/** How long a failure of the token service is remembered, in milliseconds. */
export const SHORTEST_OUTAGE_MS = 1000
export const LONGEST_OUTAGE_MS = 5000

/**
 * Remembers for a moment that the token service does not serve, so that it is not asked by everyone at once.
 * The length is drawn anew each time: replicas that failed together do not come back together.
 */
export interface Outage {
  /** How long to wait from now, in milliseconds; 0 when the token service may be asked. */
  remainingMs(): number
  begin(): void
  end(): void
}

export function createOutage({ now, random }: { now: () => number; random: () => number }): Outage {
  let until = Number.NEGATIVE_INFINITY
  return {
    remainingMs: () => Math.max(0, until - now()),
    begin() {
      until = now() + SHORTEST_OUTAGE_MS + random() * (LONGEST_OUTAGE_MS - SHORTEST_OUTAGE_MS)
    },
    end() {
      until = Number.NEGATIVE_INFINITY
    },
  }
}
