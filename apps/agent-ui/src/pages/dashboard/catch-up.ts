import { useLayoutEffect } from 'preact/hooks'
import type { Resource } from '../../api/resource.ts'

/**
 * Whether a part of the page has to say itself that it was not answered: not while the page says already that the agent
 * is away (`isTold`). As soon as the agent is back, what was missed meanwhile is asked for again.
 */
export function useCatchUp({ error, loading, reload }: Resource<unknown>, isTold: boolean): boolean {
  const missed = error?.code === 'offline'
  useLayoutEffect(() => {
    if (!isTold && missed) reload()
  }, [isTold, missed])
  return error !== undefined && !isTold && !(missed && loading)
}
