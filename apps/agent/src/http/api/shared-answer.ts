/**
 * One answer for all who ask within `maxAgeMs` of each other: pages that look at the same thing every second cost one
 * look. Those who ask while it is fetched share the fetch; a failure is given to those who waited and not kept.
 */
export function sharedAnswer<Value>(
  fetchValue: () => Promise<Value>,
  maxAgeMs: number,
  clock: () => number,
): () => Promise<Value> {
  let kept: { readonly value: Promise<Value>; readonly at: number } | undefined
  return () => {
    const now = clock()
    if (kept !== undefined && now >= kept.at && now - kept.at < maxAgeMs) return kept.value
    const fetched = { value: fetchValue(), at: now }
    kept = fetched
    fetched.value.catch(() => {
      if (kept === fetched) kept = undefined
    })
    return fetched.value
  }
}
