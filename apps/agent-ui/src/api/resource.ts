import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ApiError, NOT_SIGNED_IN } from './client.ts'
import { onSession } from './session-news.ts'

/** What a page knows of something that it asked for. An old value stays visible while a new one is fetched. */
export interface Resource<Value> {
  readonly value: Value | undefined
  readonly error: ApiError | undefined
  readonly loading: boolean
  reload(): void
}

/**
 * Asks for `fetchValue` whenever `key` changes and on `reload()`, and again every `everySeconds` and as soon as somebody
 * comes back to the page, but only while it is looked at. A late answer to an older question is dropped.
 */
export function useResource<Value>(
  key: string,
  fetchValue: (signal: AbortSignal) => Promise<Value>,
  everySeconds?: number,
): Resource<Value> {
  const [{ of, ...state }, setState] = useState<Omit<Resource<Value>, 'reload'> & { readonly of: string }>({
    value: undefined,
    error: undefined,
    loading: true,
    of: key,
  })
  const [round, setRound] = useState(0)
  const latest = useRef(fetchValue)
  latest.current = fetchValue
  const reload = useCallback(() => setRound(before => before + 1), [])

  useEffect(() => {
    const abort = new AbortController()
    setState(before => ({ ...before, loading: true, of: key }))
    latest.current(abort.signal).then(
      value => setState({ value, error: undefined, loading: false, of: key }),
      (error: unknown) => {
        if (abort.signal.aborted) return
        const known = error instanceof ApiError ? error : new ApiError('unknown', 0, String(error))
        setState(before => ({ ...before, error: known, loading: false }))
      },
    )
    return () => abort.abort()
  }, [key, round])

  const missedSession = state.error?.code === NOT_SIGNED_IN
  useEffect(() => (missedSession ? onSession('begun', reload) : undefined), [missedSession, reload])

  // Counted from the answer: an agent that needs longer than the interval is not asked over and over in vain.
  useEffect(() => {
    if (everySeconds === undefined || state.loading) return
    const again = () => {
      if (document.visibilityState === 'visible') reload()
    }
    const timer = setTimeout(again, everySeconds * 1000)
    document.addEventListener('visibilitychange', again)
    // Of a window that was seen all the time behind another one.
    window.addEventListener('focus', again)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', again)
      window.removeEventListener('focus', again)
    }
  }, [everySeconds, state.loading, round, reload])

  // A page is shown once with the new key before its question is asked: what is there is then the former's answer.
  return { ...state, loading: state.loading || of !== key, reload }
}
