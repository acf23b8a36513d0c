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
