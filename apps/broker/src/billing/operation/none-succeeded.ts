/** All that a run tried has failed. */
export class NoneSucceeded extends Error {
  override readonly name = 'NoneSucceeded'
  readonly code = 'none_succeeded'

  /** @param what what was tried, told to whoever reads the log */
  constructor(what: string, tried: number, options: ErrorOptions) {
    super(`${what}: ${tried} tried, none succeeded.`, options)
  }
}

/**
 * Does work that goes on after each of its failures.
 * @param work given whom to tell of each failure; how many succeeded
 * @throws NoneSucceeded where some failed and none succeeded, caused by the last failure
 */
export async function unlessAllFail(
  what: string,
  work: (onFailure: (error: unknown) => void) => Promise<number>,
): Promise<number> {
  let [failed, cause]: [number, unknown] = [0, undefined]
  const succeeded = await work(error => {
    failed += 1
    cause = error
  })
  if (failed > 0 && succeeded === 0) throw new NoneSucceeded(what, failed, { cause })
  return succeeded
}
