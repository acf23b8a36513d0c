import { expect, test } from '@jest/globals'
import { storeError } from './token-service.ts'

function answered(httpStatusCode: number | undefined, name = 'Unknown'): Error {
  return Object.assign(new Error('UnknownError'), { name, $metadata: { httpStatusCode } })
}

test.each([400, 401, 403, 404, 405, 409])('HTTP %i from the token service is a refusal', status => {
  expect(storeError(answered(status))).toMatchObject({ code: 'store_refused' })
})

test.each([408, 425, 429, 500, 502, 503, 504])('HTTP %i from the token service is an outage', status => {
  expect(storeError(answered(status))).toMatchObject({ code: 'unavailable' })
})

test.each(['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException'])(
  'throttling that comes as HTTP 400 (%s) is an outage, as AWS means it',
  name => {
    expect(storeError(answered(400, name))).toMatchObject({ code: 'unavailable' })
  },
)

test.each([
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
  answered(undefined, 'TimeoutError'),
  'not even an error',
])('no answer at all is an outage (%#)', error => {
  expect(storeError(error)).toMatchObject({ code: 'unavailable' })
})
