import { expect, test } from '@jest/globals'
import { settings } from './settings.ts'

test.each([
  [
    'its day has a later one; its month has a later one',
    'nicht die letzte ihres Tages; nicht die letzte ihres Monats',
  ],
  [
    'older than the newest 7 days; not of the newest week',
    'älter als die neuesten 7 Tage; nicht aus der neuesten Woche',
  ],
  ['one of the newest 3', 'eine der neuesten 3'],
  ['the newest', 'die neueste'],
  ['a reason of a newer agent', 'a reason of a newer agent'],
])('what the agent says of retention is told in German: %s', (reason, german) => {
  expect(settings.retentionReason(reason)).toBe(german)
})
