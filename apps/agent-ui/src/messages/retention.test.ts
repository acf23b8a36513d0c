import { expect, test } from '@jest/globals'
import { RetentionReason, sentenceOf } from '@odoo-backup/protocol'
import { de } from './de/index.ts'
import { LANGUAGES } from './index.ts'

const EXAMPLES: readonly (readonly [RetentionReason, string])[] = [
  [{ code: 'no_rotation' }, 'keine Grenze ist gesetzt'],
  [{ code: 'dated_later' }, 'später datiert als die Uhr dieses Rechners'],
  [{ code: 'pinned' }, 'angeheftet'],
  [{ code: 'in_use' }, 'eine Wiederherstellung, vielleicht zur Probe, braucht sie gerade'],
  [{ code: 'newest' }, 'die neueste'],
  [
    { code: 'last_verified' },
    'die letzte, die eine Probe-Wiederherstellung bestand, denn eine spätere bestand sie nicht',
  ],
  [{ code: 'failed_since' }, 'ihre Probe-Wiederherstellung misslang, und keine spätere bestand'],
  [{ code: 'among_newest', count: 3 }, 'eine der neuesten 3'],
  [{ code: 'last_of_frame', frame: 'monthly' }, 'die letzte ihres Monats'],
  [{ code: 'later_in_frame', frame: 'daily' }, 'nicht die letzte ihres Tages'],
  [{ code: 'beyond_limit', frame: 'daily', limit: 7 }, 'älter als die neuesten 7 Tage'],
  [{ code: 'beyond_limit', frame: 'weekly', limit: 1 }, 'nicht aus der neuesten Woche'],
]

test('why a backup stays or goes is told in German', () => {
  const told = EXAMPLES.map(([reason]) => sentenceOf<RetentionReason>(de.retentionReasons, reason))
  expect(told).toEqual(EXAMPLES.map(([, german]) => german))
})

test.each(Object.values(LANGUAGES))(
  'each reason of retention has words of its own in $name',
  ({ retentionReasons }) => {
    const codes = RetentionReason.options.map(({ shape }) => shape.code.value)
    expect(new Set(EXAMPLES.map(([{ code }]) => code))).toEqual(new Set(codes))
    const told = EXAMPLES.map(([reason]) => sentenceOf<RetentionReason>(retentionReasons, reason))
    expect(new Set(told).size).toBe(EXAMPLES.length)
    expect(told.join()).not.toContain('undefined')
  },
)
