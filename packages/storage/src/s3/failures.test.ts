import { expect, test } from '@jest/globals'
import { translate } from './failures.ts'

/** As the SDK throws what S3 answers; the text is the store's, and never repeated. */
function answered(name: string, status: number): Error {
  return Object.assign(new Error(`AKIAEXAMPLE: ${name}`), { name, $metadata: { httpStatusCode: status } })
}

test.each([
  ['InvalidAccessKeyId', 'the store does not know the access key.'],
  [
    'SignatureDoesNotMatch',
    'its signature does not fit: the secret key is not that of the access key, or a proxy on the way changes requests.',
  ],
  ['ExpiredToken', 'the credentials have expired.'],
  ['AccessDenied', 'the store refuses access.'],
])('who entered wrong keys reads which is wrong, where the store tells it: %s', (name, words) => {
  expect(translate(answered(name, 403), 'store a small object')).toMatchObject({
    code: 'access_refused',
    message: `Could not store a small object: ${words}`,
    retryable: false,
  })
})

test.each([
  ['ENOTFOUND', "no such host is known: the endpoint's name is wrong, or the name service away (ENOTFOUND)."],
  ['ECONNREFUSED', "nothing listens at the endpoint's port (ECONNREFUSED)."],
  ['EPROTO', 'the endpoint does not speak TLS there: it may be one with http: (EPROTO).'],
  ['ERR_INVALID_URL', 'bucket and endpoint together make no address (ERR_INVALID_URL).'],
  ['EPIPE', 'the connection to the store failed (EPIPE).'],
])('a connection that never came about is told in words: %s', (code, words) => {
  const error = Object.assign(new Error('https://AKIAEXAMPLE.s3.invalid'), { code })
  expect(translate(error, 'store a small object')).toMatchObject({
    code: 'store_unreachable',
    message: `Could not store a small object: ${words}`,
  })
})
