import { messageOf, systemErrorCode } from '../system-error.ts'
import { PrivateAddressError } from './public-address.ts'

/** What a receiver answered, in words. */
export class ReceiverError extends Error {
  override readonly name = 'ReceiverError'
}

/** Node's and OpenSSL's words for a certificate that is not trusted. */
const CERTIFICATE = /certificate|self.signed|altname/i

/**
 * Says in words what kept a receiver from taking a message, and what to do. The system's error is not kept as the cause:
 * it may name the address, which is a secret.
 */
export function receiverFailure(error: unknown): Error {
  if (error instanceof ReceiverError) return error
  if (error instanceof PrivateAddressError)
    return new ReceiverError(
      `${error.message} Enter another, or allow private addresses in the settings of notices.`,
    )
  const code = systemErrorCode(error)
  if (CERTIFICATE.test(`${code} ${messageOf(error)}`))
    return new ReceiverError(
      'The receiver shows a certificate that is not trusted. Give it one of a known authority, or name your own authority’s certificate in NODE_EXTRA_CA_CERTS where the agent is started.',
    )
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ReceiverError(
        'No name server knows the receiver’s name. Check the address that was entered, and the network.',
      )
    default:
      return new ReceiverError(
        'The receiver does not answer. Check the address that was entered, and the network between.',
      )
  }
}
