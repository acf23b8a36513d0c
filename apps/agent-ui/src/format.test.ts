import { describe, expect, test } from '@jest/globals'
import { dateFormat, formatBytes, formatDay, formatDuration, formatRelative, wholePercent } from './format.ts'

describe('formats', () => {
  test('what is not at its end is never told to be at 100 %', () => {
    expect([0.4, 58.5, 99.9, 100].map(wholePercent)).toEqual([0, 58, 99, 100])
  })

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [12_345_678, '12.3 MB'],
    [999_999_999, '1,000 MB'],
    [5_000_000_000, '5 GB'],
  ])('%d bytes read as %s', (bytes, words) => {
    expect(formatBytes(bytes, 'en')).toBe(words.replace(' ', '\u00a0'))
  })

  test('uses the decimal comma of the language', () => {
    expect(formatBytes(1_500_000, 'de')).toBe('1,5\u00a0MB')
  })

  test.each([
    [0, '0 s'],
    [59.6, '1 min'],
    [3599, '59 min 59 s'],
    [7260, '2 h 1 min'],
  ])('%d seconds read as %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words.replaceAll(/ (?=[a-z])/g, '\u00a0'))
  })

  test('a day is written as the language does', () => {
    expect([formatDay('2026-01-31', 'de'), formatDay('2026-01-31', 'en-GB')]).toEqual([
      '31.01.2026',
      '31 Jan 2026',
    ])
  })

  test('writes the time of day also where the browser gives its language a name that is none', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
    Object.defineProperty(globalThis, 'navigator', {
      value: { languages: ['en-US@posix'] },
      configurable: true,
    })
    try {
      const evening = new Date('2026-01-01T21:30:00Z')
      expect(dateFormat('en', { hour: 'numeric', timeZone: 'UTC' }).format(evening)).toMatch(/^9\sPM$/)
    } finally {
      if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator')
      else Object.defineProperty(globalThis, 'navigator', before)
    }
  })

  test('writes the time of day as the browser’s own variety of the language does', () => {
    const evening = (language: string) =>
      dateFormat(language, { timeStyle: 'short', timeZone: 'UTC' }).format(new Date('2026-01-01T21:30:00Z'))
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
    Object.defineProperty(globalThis, 'navigator', {
      value: { languages: ['fr', 'en-GB', 'en-US'] },
      configurable: true,
    })
    try {
      expect([evening('en'), evening('de')]).toEqual(['21:30', '21:30'])
    } finally {
      if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator')
      else Object.defineProperty(globalThis, 'navigator', before)
    }
  })

  test('tells the past from the future', () => {
    const now = new Date('2026-01-02T00:00:00Z')
    expect(formatRelative('2026-01-01T21:00:00Z', now, 'en')).toBe('3 hours ago')
    expect(formatRelative('2026-01-04T00:00:00Z', now, 'en')).toBe('in 2 days')
  })
})
