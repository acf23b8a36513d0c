import { useLayoutEffect } from 'preact/hooks'
import type { ApiError } from './client.ts'
import type { Resource } from './resource.ts'

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

/** Whether a part of the page was not answered for the reason that another part (`told`) gives already. */
export function saysTheSame(told: ApiError | undefined, error: ApiError | undefined): boolean {
  return told !== undefined && told.code === error?.code && told.message === error.message
}
