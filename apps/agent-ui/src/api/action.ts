import { useCallback, useRef, useState } from 'preact/hooks'
import { ApiError } from './client.ts'

/**
 * Something that a button does: busy while it runs, and what went wrong with it. Pressed again meanwhile it does
 * nothing, so that its button is marked as busy with `aria-disabled`: one that is `disabled` loses the focus.
 */
export interface Action<Args extends readonly unknown[]> {
  readonly busy: boolean
  readonly error: ApiError | undefined
  run(...args: Args): Promise<void>
}

export function useAction<Args extends readonly unknown[]>(
  work: (...args: Args) => Promise<void>,
): Action<Args> {
  const [state, setState] = useState<{ busy: boolean; error: ApiError | undefined }>({
    busy: false,
    error: undefined,
  })
  const runs = useRef(false)
  const run = useCallback(
    async (...args: Args) => {
      if (runs.current) return
      runs.current = true
      setState({ busy: true, error: undefined })
      try {
        await work(...args)
        setState({ busy: false, error: undefined })
      } catch (error) {
        const known = error instanceof ApiError ? error : new ApiError('unknown', 0, String(error))
        setState({ busy: false, error: known })
      } finally {
        runs.current = false
      }
    },
    [work],
  )
  return { ...state, run }
}
