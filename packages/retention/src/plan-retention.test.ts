import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FRAMES } from './frames.ts'
import { type DatedBackup, type Limit, planRetention, type RetentionRules } from './plan-retention.ts'

const off: RetentionRules = {
  hourly: 'off',
  daily: 'off',
  weekly: 'off',
  monthly: 'off',
  yearly: 'off',
  keepAtLeast: 0,
}

const at = (...times: string[]): DatedBackup[] =>
  times.map((time, index) => ({ id: String(index), takenAt: new Date(`${time}Z`), pinned: false }))

function keptIds(backups: readonly DatedBackup[], rules: Partial<RetentionRules>, now?: Date): string {
  const plan = planRetention({
    backups,
    settings: { ...off, ...rules },
    ...(now === undefined ? {} : { now }),
  })
  return plan.kept
    .map(({ id }) => id)
    .sort()
    .join(' ')
}

const setA = at(
  '2018-10-01T12:00',
  '2018-10-01T09:00',
  '2018-09-30T12:00',
  '2018-09-28T12:00',
  '2018-09-21T12:00',
  '2018-09-10T12:00',
  '2018-08-20T12:00',
  '2017-09-29T12:00',
  '2016-09-27T12:00',
)
const setB = at('2018-10-01T11:59', '2018-10-01T11:57', '2018-10-01T11:54', '2018-10-01T11:51')
const setC = at(
  '2020-01-01T12:00:00',
  '2020-01-01T11:59:59',
  '2020-01-01T11:00:00',
  '2020-01-01T10:59:59',
  '2020-01-01T00:00:00',
  '2019-12-31T23:59:59',
  '2019-12-30T00:00:00',
  '2019-12-29T23:59:59',
)

// The first seven are the cases of the former Odoo module's own tests; the others follow from its rules.
test.each<[Partial<RetentionRules>, string]>([
  [{ hourly: 4 }, '0 1 2 3'],
  [{ daily: 3 }, '0 2 3'],
  [{ weekly: 10 }, '0 2 4 5 6 7 8'],
  [{ monthly: 3 }, '0 2 6'],
  [{ yearly: 2 }, '0 7'],
  [{ hourly: 2, daily: 2, weekly: 3 }, '0 1 2 4'],
  [{ hourly: 1 }, '0'],
  [{ daily: 1, weekly: 1 }, '0'],
  [{ daily: 2, weekly: 1 }, '0 2'],
  [{ monthly: 100 }, '0 2 6 7 8'],
  [{ yearly: 100 }, '0 7 8'],
  [{ hourly: 1_000_000 }, '0 1 2 3 4 5 6 7 8'],
  [{ hourly: 'all' }, '0 1 2 3 4 5 6 7 8'],
  [{ daily: 1_000_000 }, '0 2 3 4 5 6 7 8'],
  [{ daily: 'all' }, '0 2 3 4 5 6 7 8'],
  [{ hourly: 3, daily: 'all' }, '0 1 2 3 4 5 6 7 8'],
  [{ weekly: 2, monthly: 2, yearly: 2 }, '0 2 7'],
])('over years, %j keeps %s', (rules, kept) => {
  expect(keptIds(setA, rules)).toBe(kept)
})

test.each<[Partial<RetentionRules>, string]>([
  [{ hourly: 3 }, '0 1 3'],
  [{ daily: 2 }, '0 5'],
  [{ weekly: 2 }, '0 7'],
  [{ monthly: 2 }, '0 5'],
  [{ yearly: 2 }, '0 5'],
])('at the edges of frames, %j keeps %s', (rules, kept) => {
  expect(keptIds(setC, rules)).toBe(kept)
})

test('hourly 1000 keeps one of one hour, not a thousand', () => {
  expect(keptIds(setB, { hourly: 1000 })).toBe('0')
})

test('without any frame everything is kept, even with a floor', () => {
  expect(keptIds(setA, {})).toBe('0 1 2 3 4 5 6 7 8')
  expect(keptIds(setA, { keepAtLeast: 2 })).toBe('0 1 2 3 4 5 6 7 8')
})

test('a limit of zero or no number at all counts as off', () => {
  expect(keptIds(setA, { hourly: 0, daily: Number.NaN, weekly: -3 })).toBe('0 1 2 3 4 5 6 7 8')
})

test('the newest N stay whatever the frames say', () => {
  expect(keptIds(setA, { yearly: 1, keepAtLeast: 3 })).toBe('0 1 2')
  expect(keptIds(setB, { yearly: 1, keepAtLeast: 1_000_000 })).toBe('0 1 2 3')
})

test('a pinned backup stays, and is still the last of its frames', () => {
  const backups = setA.map(backup => ({ ...backup, pinned: backup.id === '1' || backup.id === '8' }))
  expect(keptIds(backups, { daily: 2 })).toBe('0 1 2 8')
})

test('a backup dated in the future is kept and takes nobody’s place', () => {
  const backups = [...setA, { id: 'future', takenAt: new Date('2199-01-01'), pinned: false }]
  expect(keptIds(backups, { daily: 2 }, new Date('2018-10-01T12:00:00Z'))).toBe('0 2 future')
})

test('a clock that went back deletes nothing of what was made since', () => {
  const madeNow = { id: 'now', takenAt: new Date('2001-01-01'), pinned: false }
  expect(keptIds([...setA, madeNow], { daily: 1 }, new Date('2001-01-01'))).toBe('0 1 2 3 4 5 6 7 8 now')
})

test('a time that is none is not deleted', () => {
  expect(keptIds([...setA, { id: 'x', takenAt: new Date('never'), pinned: false }], { daily: 1 })).toBe('0 x')
})

const drilled = (...drills: (DatedBackup['drill'] | '')[]): DatedBackup[] =>
  at(...drills.map((_drill, index) => `2026-03-${String(20 - index)}T03:00`)).map((backup, index) => {
    const drill = drills[index]
    return drill === 'passed' || drill === 'failed' ? { ...backup, drill } : backup
  })

test.each<[(DatedBackup['drill'] | '')[], string]>([
  [['', '', 'passed', ''], '0'],
  [['', 'failed', '', 'passed', 'passed'], '0 1 3'],
  [['', 'failed', '', 'failed', 'passed', 'failed'], '0 1 4'],
  [['failed', '', 'passed'], '0 2'],
  [['passed', 'failed', 'passed'], '0'],
  [['', 'passed', 'failed', 'passed'], '0'],
  [['', 'failed', 'failed', 'failed'], '0'],
])('with drills %j, the newest first, one per day keeps %s', (drills, kept) => {
  expect(keptIds(drilled(...drills), { daily: 1 })).toBe(kept)
})

test('what a drill keeps stays through every rotation, until a later backup passes one', () => {
  let backups = drilled('', 'failed', '', 'passed')
  for (let day = 21; day < 31; day += 1) {
    backups.push({ id: `day ${day}`, takenAt: new Date(`2026-03-${day}T03:00Z`), pinned: false })
    const { kept } = planRetention({ backups, settings: { ...off, daily: 1 } })
    backups = backups.filter(({ id }) => kept.some(stays => stays.id === id))
    expect(kept.slice(1)).toEqual([
      { id: '1', reasons: [{ code: 'failed_since' }] },
      { id: '3', reasons: [{ code: 'last_verified' }] },
    ])
  }
  const passed = backups.map(backup =>
    backup.id === 'day 30' ? { ...backup, drill: 'passed' as const } : backup,
  )
  expect(keptIds(passed, { daily: 1 })).toBe('day 30')
})

test('a drill of a backup that is dated in the future says nothing of those before it', () => {
  const backups = [
    ...drilled('', '', 'passed'),
    { id: 'future', takenAt: new Date('2199-01-01'), pinned: false, drill: 'failed' as const },
  ]
  expect(keptIds(backups, { daily: 1 }, new Date('2026-03-20T12:00:00Z'))).toBe('0 future')
})

test('a backup that somebody reads stays, says so, and counts as one of its frames', () => {
  const [newest, earlier, ...older] = setA
  if (newest === undefined || earlier === undefined) throw new Error('there are no backups')
  const backups = [{ ...newest, inUse: true }, earlier, ...older.map(backup => ({ ...backup, inUse: true }))]
  const { kept, rotated } = planRetention({ backups, settings: { ...off, daily: 1 } })
  expect(rotated.map(({ id }) => id)).toEqual(['1'])
  expect(kept[0]?.reasons.map(({ code }) => code)).toEqual(['newest', 'last_of_frame', 'in_use'])
  expect(kept.slice(1)).toEqual(older.map(({ id }) => ({ id, reasons: [{ code: 'in_use' }] })))
})

test('nothing is decided about nothing', () => {
  expect(planRetention({ backups: [], settings: { ...off, daily: 1 } })).toEqual({ kept: [], rotated: [] })
})

test('each decision says why', () => {
  const plan = planRetention({
    backups: setA.slice(0, 3),
    settings: { ...off, daily: 1, hourly: 2, keepAtLeast: 1 },
  })
  expect(plan).toEqual({
    kept: [
      {
        id: '0',
        reasons: [
          { code: 'newest' },
          { code: 'among_newest', count: 1 },
          { code: 'last_of_frame', frame: 'hourly' },
          { code: 'last_of_frame', frame: 'daily' },
        ],
      },
      { id: '1', reasons: [{ code: 'last_of_frame', frame: 'hourly' }] },
    ],
    rotated: [
      {
        id: '2',
        reasons: [
          { code: 'beyond_limit', frame: 'hourly', limit: 2 },
          { code: 'beyond_limit', frame: 'daily', limit: 1 },
        ],
      },
    ],
  })
})

test('what goes is told by which rule it falls: a later one of its frame, or too far back', () => {
  const plan = planRetention({
    backups: at('2026-03-02T03:00', '2026-03-02T01:00', '2026-03-01T03:00', '2026-02-28T03:00'),
    settings: { ...off, daily: 2, monthly: 'all' },
  })
  const laterInMonth = { code: 'later_in_frame', frame: 'monthly' }
  expect(plan.rotated).toEqual([
    { id: '1', reasons: [{ code: 'later_in_frame', frame: 'daily' }, laterInMonth] },
  ])
  const fewer = planRetention({
    backups: at('2026-03-02T03:00', '2026-03-01T03:00', '2026-02-28T03:00', '2026-02-27T03:00'),
    settings: { ...off, daily: 2, monthly: 'all' },
  })
  expect(fewer.rotated).toEqual([
    { id: '3', reasons: [{ code: 'beyond_limit', frame: 'daily', limit: 2 }, laterInMonth] },
  ])
})

/** Times cluster around the edges of days, weeks, years and of summer time in Europe. */
const edges = [
  '2016-02-29',
  '2019-12-30',
  '2020-01-01',
  '2021-01-03',
  '2021-03-28',
  '2021-10-31',
  '2024-12-30',
]
const times = fc.oneof(
  fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2026, 0) }),
  fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -7200, max: 7200 }))
    .map(([day, seconds]) => Date.parse(day) + seconds * 1000),
)
const backupsOf = fc
  .array(fc.tuple(times, fc.boolean()), { minLength: 1, maxLength: 60 })
  .map(list => list.map(([time, pinned], index) => ({ id: `b${index}`, takenAt: new Date(time), pinned })))
const limit: fc.Arbitrary<Limit> = fc.oneof(
  fc.constantFrom<Limit>('off', 'all', 1, 2, 1_000_000),
  fc.integer({ min: 1, max: 12 }),
)
const rulesOf: fc.Arbitrary<RetentionRules> = fc.record({
  hourly: limit,
  daily: limit,
  weekly: limit,
  monthly: limit,
  yearly: limit,
  keepAtLeast: fc.integer({ min: 0, max: 5 }),
})

/** The rule as the former module wrote it: from a cursor, the newest that is older than the cursor's frame. */
function byTheFormerRule(backups: readonly DatedBackup[], rules: RetentionRules): Set<number> {
  const sorted = backups.map(({ takenAt }) => takenAt.getTime()).sort((a, b) => b - a)
  const newest = sorted[0] ?? 0
  const kept = new Set([newest, ...sorted.slice(0, rules.keepAtLeast)])
  for (const frame of FRAMES) {
    const rule = rules[frame]
    let left = rule === 'off' ? 0 : rule === 'all' ? Number.POSITIVE_INFINITY : rule - 1
    for (let cursor = newest; left > 0; left -= 1) {
      const edge = frameStart(frame, cursor)
      const next = sorted.find(time => time < edge)
      if (next === undefined) break
      kept.add(next)
      cursor = next
    }
  }
  return kept
}

function frameStart(frame: (typeof FRAMES)[number], time: number): number {
  const date = new Date(time)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  switch (frame) {
    case 'hourly':
      return date.setUTCMinutes(0, 0, 0)
    case 'daily':
      return Date.UTC(year, month, day)
    case 'weekly':
      return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7))
    case 'monthly':
      return Date.UTC(year, month)
    case 'yearly':
      return Date.UTC(year, 0)
  }
}

test('it decides as the former rule does', () => {
  fc.assert(
    fc.property(backupsOf, rulesOf, (backups, rules) => {
      fc.pre(FRAMES.some(frame => rules[frame] !== 'off'))
      const expected = byTheFormerRule(backups, rules)
      const kept = planRetention({ backups, settings: rules }).kept.map(({ id }) => id)
      const wanted = backups.filter(({ takenAt, pinned }) => pinned || expected.has(takenAt.getTime()))
      expect([...kept].sort()).toEqual(wanted.map(({ id }) => id).sort())
    }),
    { numRuns: 500 },
  )
})

test('drills only add to what stays, and of what is known to be good the last always does', () => {
  fc.assert(
    fc.property(
      backupsOf,
      fc.array(fc.constantFrom('passed' as const, 'failed' as const, undefined), {
        minLength: 60,
        maxLength: 60,
      }),
      rulesOf,
      (backups, drills, rules) => {
        const tried = backups.map((backup, index): DatedBackup => {
          const drill = drills[index]
          return drill === undefined ? backup : { ...backup, drill }
        })
        const kept = new Set(planRetention({ backups: tried, settings: rules }).kept.map(({ id }) => id))
        const plain = planRetention({ backups, settings: rules }).kept
        expect(plain.filter(({ id }) => !kept.has(id))).toEqual([])
        const last = (drill: 'passed' | 'failed') =>
          Math.max(...tried.filter(backup => backup.drill === drill).map(({ takenAt }) => takenAt.getTime()))
        const added = kept.size - plain.length
        if (last('failed') <= last('passed')) expect(added).toBe(0)
        else
          for (const { id, takenAt, drill } of tried)
            if (drill === 'passed' && takenAt.getTime() === last('passed')) expect(kept.has(id)).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

test('each backup is decided once, the newest and the pinned stay, and the order of the input says nothing', () => {
  fc.assert(
    fc.property(
      backupsOf,
      rulesOf,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (backups, rules, order) => {
        const plan = planRetention({ backups, settings: rules })
        const kept = new Set(plan.kept.map(({ id }) => id))
        expect([...kept, ...plan.rotated.map(({ id }) => id)].sort()).toEqual(
          backups.map(({ id }) => id).sort(),
        )
        for (const { id, pinned } of backups) if (pinned) expect(kept.has(id)).toBe(true)
        const newest = Math.max(...backups.map(({ takenAt }) => takenAt.getTime()))
        expect(backups.some(({ id, takenAt }) => takenAt.getTime() === newest && kept.has(id))).toBe(true)
        const shuffled = backups
          .map(backup => ({ backup, place: order.next().value }))
          .sort((a, b) => a.place - b.place)
          .map(({ backup }) => backup)
        const again = planRetention({ backups: shuffled, settings: rules })
        expect(new Set(again.kept.map(({ id }) => id))).toEqual(kept)
      },
    ),
  )
})

test('what is kept is kept again: rotating twice is rotating once', () => {
  fc.assert(
    fc.property(backupsOf, rulesOf, (backups, settings) => {
      const once = new Set(planRetention({ backups, settings }).kept.map(({ id }) => id))
      const left = backups.filter(({ id }) => once.has(id))
      expect(planRetention({ backups: left, settings }).rotated).toEqual([])
    }),
  )
})

test('a higher limit never gives up what a lower one kept', () => {
  fc.assert(
    fc.property(
      backupsOf,
      rulesOf,
      fc.constantFrom(...FRAMES),
      fc.integer({ min: 1, max: 10 }),
      (backups, rules, frame, n) => {
        const lower = planRetention({ backups, settings: { ...rules, [frame]: n } })
        const higher = planRetention({ backups, settings: { ...rules, [frame]: n + 1 } })
        const kept = new Set(higher.kept.map(({ id }) => id))
        expect(lower.kept.filter(({ id }) => !kept.has(id))).toEqual([])
      },
    ),
  )
})
