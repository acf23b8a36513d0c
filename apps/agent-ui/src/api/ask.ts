import { ApiError } from './client.ts'

/**
 * Asks a question and hands on what comes of it, until the returned function is called: an answer to what is asked no
 * longer must not take the place of a newer one, however late it comes.
 */
export function ask<Value>(
  question: (signal: AbortSignal) => Promise<Value>,
  on: { readonly answer: (value: Value) => void; readonly failure: (error: ApiError) => void },
): () => void {
  const abort = new AbortController()
  question(abort.signal).then(
    value => {
      if (!abort.signal.aborted) on.answer(value)
    },
    (error: unknown) => {
      if (abort.signal.aborted) return
      on.failure(error instanceof ApiError ? error : new ApiError('unknown', 0, String(error)))
    },
  )
  return () => abort.abort()
}
