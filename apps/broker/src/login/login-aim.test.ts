import { expect, test } from '@jest/globals'
import { logInAddress, ReturnPath } from './login-aim.ts'

test.each([
  '/account',
  '/operator',
  '/operator/audit?accountId=0-a&action=login%20x&cursor=7',
  '/operator/accounts/0f5e-1',
])('%s is a page to come back to', path => {
  expect(ReturnPath.safeParse(path).success).toBe(true)
  expect(logInAddress(path)).toBe(`/login?next=${encodeURIComponent(path)}`)
})

test.each([
  'https://evil.example/operator',
  '//evil.example/operator',
  '/\\evil.example',
  '/operator.evil.example',
  '/operator@evil.example',
  '/operator//evil.example',
  '/operator/../account',
  '/operator/%2e%2e/account',
  '/operator\n',
  '/operator?next=//evil.example',
  '/operator#there',
  '/account?after=1',
  '/account/recharge',
  '/logout',
  `/operator/${'x'.repeat(500)}`,
  '',
  undefined,
])('%j is none', path => {
  expect(ReturnPath.safeParse(path).success).toBe(false)
  expect(logInAddress(path)).toBe('/login')
})
