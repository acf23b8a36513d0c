import { expect, test } from '@jest/globals'
import { safeRedirect } from './own-address.ts'

const origin = 'https://shop.example'
const known = new Set([origin, 'http://127.0.0.1:8069'])

test('a redirect leads to a path of the same origin or to a known origin', () => {
  expect(safeRedirect('/web?a=1#b', origin, known)).toBe('/web?a=1#b')
  expect(safeRedirect('https://shop.example/web', origin, known)).toBe('/web')
  expect(safeRedirect('http://127.0.0.1:8069/web', origin, known)).toBe('http://127.0.0.1:8069/web')
})

test.each([
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'https://shop.example.evil.example',
  'https://shop.example@evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/a\r\nSet-Cookie: x=1',
  'http://shop.example:81/',
  `/${'a'.repeat(10_000)}`,
  '/.//evil.example',
])('a redirect does not lead to %j', target => {
  expect(safeRedirect(target, origin, known)).toBeUndefined()
})
