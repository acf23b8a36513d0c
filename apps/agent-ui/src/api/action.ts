import { useCallback, useState } from 'preact/hooks'
import { ApiError } from './client.ts'

/** Something that a button does: busy while it runs, and what went wrong with it. */
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
  const run = useCallback(
    async (...args: Args) => {
      setState({ busy: true, error: undefined })
      try {
        await work(...args)
        setState({ busy: false, error: undefined })
      } catch (error) {
        const known = error instanceof ApiError ? error : new ApiError('unknown', 0, String(error))
        setState({ busy: false, error: known })
      }
    },
    [work],
  )
  return { ...state, run }
}
