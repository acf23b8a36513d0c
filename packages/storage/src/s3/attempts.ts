import { setTimeout as sleep } from 'node:timers/promises'
import { StorageError } from '../errors.ts'
import { CredentialsUnavailable, type LiveCredentials } from './credentials.ts'
import { translate } from './failures.ts'

/** How often and how patiently a request is tried again. */
export interface RetryPolicy {
  /** Tries in all; the pauses between them double from `firstPauseMs` to `longestPauseMs`, each drawn at random. */
  readonly attempts: number
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

export const PATIENT: RetryPolicy = { attempts: 9, firstPauseMs: 300, longestPauseMs: 30_000 }

export interface Attempt {
  /** 1 for the first. */
  readonly number: number
}

/** Between half and all of the pause that doubles with every attempt: `random` is 0 to 1. */
export function pauseMs(policy: RetryPolicy, attempt: number, random: number): number {
  const whole = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** (attempt - 1))
  return whole / 2 + (whole / 2) * random
}

function isClockWrong(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'clock_wrong'
}

/** An upload that is gone does not come back: whoever wants to try again begins another one. */
function mayPass(error: unknown): boolean {
  if (error instanceof StorageError && error.code === 'upload_lost') return false
  return error instanceof Error && Reflect.get(error, 'retryable') === true
}

/**
 * A clock that jumped is made good by the SDK, which signs by the `Date` of the store's last answer: the next try is
 * dated rightly. A store that still refuses the date after so many tries will not take it.
 */
const TRIES_WITH_WRONG_CLOCK = 3

/**
 * Runs requests until they succeed or nothing more can help: network, throttling and faults of the store are
 * waited out; refused credentials are replaced once, then the refusal counts; a wrong clock is corrected; everything
 * else fails at once.
 */
export class Attempts {
  readonly #credentials: LiveCredentials
  readonly policy: RetryPolicy
  readonly #random: () => number

  constructor(credentials: LiveCredentials, policy: RetryPolicy, random: () => number) {
    this.#credentials = credentials
    this.policy = policy
    this.#random = random
  }

  /** `what` completes "Could not …"; `run` must be repeatable. */
  async run<T>(
    what: string,
    run: (attempt: Attempt) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    let renewed = false
    let wrongClock = 0
    for (let number = 1; ; number++) {
      signal?.throwIfAborted()
      try {
        const used = await this.#credentials.get()
        try {
          return await run({ number })
        } catch (error) {
          const failure = translate(error, what)
          if (signal?.aborted || failure.code !== 'access_refused' || renewed) throw error
          renewed = true
          await this.#credentials.renew(used)
          number--
        }
      } catch (error) {
        signal?.throwIfAborted()
        const failure = error instanceof CredentialsUnavailable ? error.cause : translate(error, what)
        const isToBeCorrected = isClockWrong(failure) && ++wrongClock < TRIES_WITH_WRONG_CLOCK
        if (!(mayPass(failure) || isToBeCorrected) || number >= this.policy.attempts) throw failure
        await this.pause(number, signal)
      }
    }
  }

  /** Waits as long as is fit after the `number`th failure in a row. */
  async pause(number: number, signal: AbortSignal | undefined): Promise<void> {
    const delay = pauseMs(this.policy, number, this.#random())
    try {
      await sleep(delay, undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw new StorageError('store_unreachable', 'Waiting for the store was interrupted.', { cause: error })
    }
  }
}
