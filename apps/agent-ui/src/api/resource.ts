import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ask } from './ask.ts'
import { type ApiError, NOT_SIGNED_IN } from './client.ts'
import { onUnknownOutcome } from './outcome-news.ts'
import { REST_MS, restMs } from './rest.ts'
import { onSession } from './session-news.ts'

/** What a page knows of something that it asked for. An old value stays visible while a new one is fetched. */
export interface Resource<Value> {
  readonly value: Value | undefined
  readonly error: ApiError | undefined
  readonly loading: boolean
  reload(): void
}

/**
 * Asks for `fetchValue` whenever `key` changes and on `reload()`, and again every `everySeconds` and when somebody comes
 * back to the page, as soon as the last answer has rested, but only while the page is looked at. A late answer to an older
 * question is dropped. Where nobody knows whether something was done, whatever is shown is asked for anew.
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
  const [round, setRound] = useState<{ readonly quietOf?: string }>({})
  const latest = useRef(fetchValue)
  latest.current = fetchValue
  const answeredAt = useRef(0)
  const reload = useCallback(() => setRound({}), [])

  useEffect(() => {
    setState(before => ({ ...before, loading: true, of: key }))
    let later: ReturnType<typeof setTimeout> | undefined
    const drop = ask(latest.current, {
      answer: value => {
        answeredAt.current = Date.now()
        setState({ value, error: undefined, loading: false, of: key })
      },
      failure: error => {
        answeredAt.current = Date.now()
        // Whoever asked for something was told already that the agent is away; what they typed must not go for that.
        const isTold = round.quietOf === key && error.code === 'offline'
        if (isTold) later = setTimeout(() => setRound({ quietOf: key }), REST_MS)
        setState(before => ({
          ...before,
          error: isTold && before.value !== undefined ? before.error : error,
          loading: false,
        }))
      },
    })
    return () => {
      drop()
      clearTimeout(later)
    }
  }, [key, round])

  useEffect(() => onUnknownOutcome(() => setRound({ quietOf: key })), [key])

  const missedSession = state.error?.code === NOT_SIGNED_IN
  useEffect(() => (missedSession ? onSession('begun', reload) : undefined), [missedSession, reload])

  // Counted from the answer: an agent that needs longer than the interval is not asked over and over in vain.
  useEffect(() => {
    if (everySeconds === undefined || state.loading) return
    const again = () => {
      if (document.visibilityState === 'visible') reload()
    }
    const timer = setTimeout(again, everySeconds * 1000)
    let rest: ReturnType<typeof setTimeout> | undefined
    const comeBack = () => {
      clearTimeout(rest)
      rest = setTimeout(again, restMs(answeredAt.current, Date.now()))
    }
    document.addEventListener('visibilitychange', comeBack)
    // Of a window that was seen all the time behind another one.
    window.addEventListener('focus', comeBack)
    return () => {
      clearTimeout(timer)
      clearTimeout(rest)
      document.removeEventListener('visibilitychange', comeBack)
      window.removeEventListener('focus', comeBack)
    }
  }, [everySeconds, state.loading, round, reload])

  // A page is shown once with the new key before its question is asked: what is there is then the former's answer.
  return { ...state, loading: state.loading || of !== key, reload }
}
