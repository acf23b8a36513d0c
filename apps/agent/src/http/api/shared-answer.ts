/** One answer for all who ask for the same thing within a short time. */
export interface SharedAnswer<Value> {
  /** A changed `version` says that what was fetched before counts no more. */
  get(version?: string): Promise<Value>
  /** Whether `get` would fetch nothing: it is fetched already, or just now. */
  isYoung(version?: string): boolean
  forget(): void
}

/**
 * Pages that look at the same thing every few seconds cost one look per `maxAgeMs`. Those who ask while it is fetched
 * share the fetch; a failure is given to those who waited and not kept.
 */
export function sharedAnswer<Value>(
  fetchValue: (version: string) => Promise<Value>,
  maxAgeMs: number,
  clock: () => number,
): SharedAnswer<Value> {
  let kept: { readonly value: Promise<Value>; readonly at: number; readonly version: string } | undefined
  const young = (version: string) => {
    const now = clock()
    return kept?.version === version && now >= kept.at && now - kept.at < maxAgeMs ? kept : undefined
  }
  return {
    isYoung: (version = '') => young(version) !== undefined,
    get: (version = '') => {
      const known = young(version)
      if (known !== undefined) return known.value
      const fetched = { value: fetchValue(version), at: clock(), version }
      kept = fetched
      fetched.value.catch(() => {
        if (kept === fetched) kept = undefined
      })
      return fetched.value
    },
    forget: () => {
      kept = undefined
    },
  }
}
