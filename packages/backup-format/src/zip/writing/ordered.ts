/**
 * Works on up to `limit` items at once and yields the results in the order of the items, reading the source no
 * further ahead than that. After a failure nothing keeps running unobserved.
 */
export async function* inOrder<T, R>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = []
  try {
    for await (const item of source) {
      const result = work(item)
      // Whoever awaits it later sees the failure; until then it must not count as unhandled.
      result.catch(() => {})
      underWay.push(result)
      if (underWay.length >= limit) yield await shift(underWay)
    }
    while (underWay.length > 0) yield await shift(underWay)
  } finally {
    await Promise.allSettled(underWay)
  }
}

function shift<R>(queue: Promise<R>[]): Promise<R> {
  const first = queue.shift()
  if (first === undefined) throw new RangeError('Nothing is under way.')
  return first
}
