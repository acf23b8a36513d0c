import { expect, test } from '@jest/globals'
import { createOutage } from './outage.ts'

test('an outage is remembered for 1 to 5 seconds, as drawn, and forgotten when it ends', () => {
  let now = 1000
  let random = 0
  const outage = createOutage({ now: () => now, random: () => random })
  expect(outage.remainingMs()).toBe(0)
  outage.begin()
  expect(outage.remainingMs()).toBe(1000)
  random = 0.5
  outage.begin()
  expect(outage.remainingMs()).toBe(3000)
  now += 2999
  expect(outage.remainingMs()).toBe(1)
  now += 1
  expect(outage.remainingMs()).toBe(0)
  outage.begin()
  outage.end()
  expect(outage.remainingMs()).toBe(0)
})
