const SHORTEST_MS = 120_000
const LONGEST_MS = 3_600_000

/** Targets that refused or were away, and when each is tried again. Forgotten with the process: it tries at once. */
export interface Retries {
  /** @param address whatever decides where the target is; one that was changed is tried at once */
  isDue(target: string, address: string): boolean
  failed(target: string, address: string): void
  worked(target: string): void
}

interface Attempt {
  readonly address: string
  readonly failures: number
  readonly at: number
}

/** The pause doubles from two minutes up to an hour. @param clock milliseconds since 1970 */
export function createRetries(clock: () => number): Retries {
  const attempts = new Map<string, Attempt>()
  return {
    isDue(target, address) {
      const last = attempts.get(target)
      if (last === undefined || last.address !== address) return true
      const passed = clock() - last.at
      // A clock that was set back must not keep it back.
      return passed < 0 || passed >= Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (last.failures - 1))
    },
    failed(target, address) {
      const last = attempts.get(target)
      const before = last?.address === address ? last.failures : 0
      attempts.set(target, { address, failures: before + 1, at: clock() })
    },
    worked: target => void attempts.delete(target),
  }
}
