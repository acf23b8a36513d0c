/** Why a credential could not be vended. */
export const VENDING_ERROR_CODES = ['unavailable', 'store_refused', 'invalid_rights'] as const
export type VendingErrorCode = (typeof VENDING_ERROR_CODES)[number]

/**
 * `unavailable`: the token service is down, slow or throttles; ask again after `retryAfterSeconds`.
 * `store_refused`: the token service answered that it will not; asking again changes nothing.
 * `invalid_rights`: the wanted rights cannot be written as a policy; nothing was asked of the token service.
 */
export class VendingError extends Error {
  readonly code: VendingErrorCode
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: VendingErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'VendingError'
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
