/** A key pair for the store; short-lived ones carry a session token and an end. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiresAt?: Date
}

/**
 * Where credentials come from. `renew` is true when those given before were refused by the store or are about
 * to expire: fresh ones are wanted, not the same again. What it throws reaches the caller of the storage
 * operation unchanged; an error with a property `retryable: true` is waited out first.
 */
export type CredentialsSource = (request: { readonly renew: boolean }) => Promise<S3Credentials>

/** An error of a `CredentialsSource`, on its way through the driver. */
export class CredentialsUnavailable extends Error {
  constructor(cause: unknown) {
    super('No credentials for the store.', { cause })
  }
}

/** Longest time before the end at which credentials are replaced. */
const LONGEST_MARGIN_MS = 60_000

/**
 * The credentials of the moment: asked for once however many requests wait, and again shortly before they end
 * (a third of the life left when they came, at most a minute). While the old ones last, a source that fails
 * does no harm.
 */
export class LiveCredentials {
  readonly #source: CredentialsSource
  readonly #now: () => number
  #current: S3Credentials | undefined
  #renewAtMs = Number.POSITIVE_INFINITY
  #pending: Promise<S3Credentials> | undefined

  constructor(source: CredentialsSource, now: () => number) {
    this.#source = source
    this.#now = now
  }

  async get(): Promise<S3Credentials> {
    const current = this.#current
    if (current === undefined) return this.#ask(false)
    if (this.#now() < this.#renewAtMs) return current
    try {
      return await this.#ask(true)
    } catch (error) {
      if (this.#lasts(current)) return current
      throw error
    }
  }

  /** Replaces `refused`, unless another request has done so already. */
  async renew(refused: S3Credentials | undefined): Promise<S3Credentials> {
    return this.#current !== undefined && this.#current !== refused ? this.#current : this.#ask(true)
  }

  #ask(renew: boolean): Promise<S3Credentials> {
    this.#pending ??= this.#fetch(renew).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #fetch(renew: boolean): Promise<S3Credentials> {
    try {
      let fresh = await this.#source({ renew })
      if (!renew && !this.#lasts(fresh)) fresh = await this.#source({ renew: true })
      const lifeMs = (fresh.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - this.#now()
      // The clock is wrong where the end of fresh ones has passed: they are asked for again in a while, not each time.
      const useMs = lifeMs > 0 ? lifeMs - Math.min(LONGEST_MARGIN_MS, lifeMs / 3) : LONGEST_MARGIN_MS
      this.#renewAtMs = this.#now() + useMs
      this.#current = fresh
      return fresh
    } catch (error) {
      throw new CredentialsUnavailable(error)
    }
  }

  #lasts(credentials: S3Credentials): boolean {
    return credentials.expiresAt === undefined || credentials.expiresAt.getTime() > this.#now()
  }
}
