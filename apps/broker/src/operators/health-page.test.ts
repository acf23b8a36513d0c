import { describe, expect, test } from '@jest/globals'
import type { WorkGoes } from '../billing/operation/work-state.ts'
import { NONE_LATE } from '../usage/late-samples.ts'
import { type HealthPageContent, healthPage } from './health-page.ts'
import { consoleWordsOf } from './messages/index.ts'

const none = { accounts: 0, suspended: 0, approved: 0, pending: 0, revoked: 0 }
const WELL: HealthPageContent = {
  report: { state: 'ok', checks: {} },
  overview: { ...none, lately: { events: 0, since: undefined, groups: [] } },
  pausedReason: undefined,
  isFree: false,
  stuckSince: undefined,
  missingPlans: [],
  work: { goes: [], lateSamples: NONE_LATE },
}

/** The page as it is read: without its marks. */
function shown(language: string, content: Partial<HealthPageContent>): string {
  const page = healthPage({ role: 'viewer', words: consoleWordsOf(language) }, { ...WELL, ...content })
  return String(page).replaceAll(/<[^>]*>/g, '')
}

test('a check that failed is told in the operator’s language alone', () => {
  const page = shown('de', {
    report: { state: 'failed', checks: { redis: { state: 'failed', detail: 'no answer in time' } } },
  })
  expect(page).toContain('antwortet nicht')
  expect(page).not.toContain('no answer')
})

test.each([
  ['en', 'Accounts on the plan “larg”, which is not in the settings: 3.'],
  ['de', 'Konten mit dem Tarif „larg“, der nicht in den Einstellungen steht: 3.'],
])('a plan that is not in the settings is told, in %s', (language, told) => {
  expect(shown(language, { missingPlans: [{ plan: 'larg', accounts: 3 }] })).toContain(told)
})

test('where no plan costs anything, billing is not said to run', () => {
  const page = shown('en', { isFree: true })
  expect(page).toContain('Nothing is charged here')
  expect(page).not.toContain('Billing runs')
  expect(shown('en', { isFree: true, pausedReason: 'a look' })).not.toContain('Nothing is charged here')
})

test.each([
  ['en', 'not asked yet', 'as far as it was asked'],
  ['de', 'noch nicht gefragt', 'soweit er es schon gefragt hat'],
])('what was never asked is not said to work, nor to fail, in %s', (language, state, sentence) => {
  const { health } = consoleWordsOf(language)
  const page = shown(language, { report: { state: 'ok', checks: { sts: { state: 'unknown' } } } })
  expect(page).toContain(`${health.checks.sts}${state}`)
  expect(page).toContain(sentence)
  expect(page).not.toContain(health.sentences.ok)
  expect(page).not.toContain(health.faults.sts)
})

describe.each(['en', 'de'])('in %s, of work by the clock', language => {
  const { health } = consoleWordsOf(language)
  const own = health.work
  const at = (hour: string) => new Date(`2026-11-28T${hour}:00Z`)
  const work = (goes: Partial<WorkGoes>) => ({
    work: {
      goes: [
        {
          name: 'mail notices' as const,
          everySeconds: 300,
          state: 'done' as const,
          since: at('10:00'),
          doneAt: at('10:00'),
          failedAt: undefined,
          failures: 0,
          ...goes,
        },
      ],
      lateSamples: NONE_LATE,
    },
  })

  test.each(['done', 'under_way', 'awaited'] as const)('%s warns of nothing', state => {
    const page = shown(language, work({ state }))
    expect(page).toContain(health.sentences.ok)
    expect(page).toContain(own.states[state])
    expect(page).toContain(own.names['mail notices'])
    expect(page).not.toContain(own.whatToDo['mail notices'])
  })

  test('that fails, it tells how often, since when it was not done, and what to do', () => {
    const failing = { state: 'failing', since: at('11:05'), failedAt: at('11:05') } as const
    const page = shown(language, work({ ...failing, failures: 3 }))
    expect(page).toContain(health.sentences.behind)
    expect(page).toContain(own.states.failing)
    expect(page).toContain(own.whatToDo['mail notices'])
    const [sentence = ''] = page.split('\n').filter(line => line.includes(own.whatToDo['mail notices']))
    expect(sentence).toContain('3')
    expect(sentence).toContain('2026-11-28 11:05 UTC')
    expect(sentence).toContain('2026-11-28 10:00 UTC')
    expect(shown(language, work({ ...failing, failures: 1, doneAt: undefined }))).toContain(own.neverDone)
    const grouped = language === 'de' ? 'Die letzten 1.152 Läufe' : 'the last 1,152 runs'
    expect(shown(language, work({ ...failing, failures: 1152 }))).toContain(grouped)
    const once = language === 'de' ? 'Der letzte Lauf ist misslungen' : 'the last run failed'
    expect(shown(language, work({ ...failing, failures: 1 }))).toContain(once)
  })

  test('that does not come, it tells since when, and how often it should', () => {
    const page = shown(language, work({ state: 'late', since: at('09:30') }))
    expect(page).toContain(health.sentences.behind)
    expect(page).toMatch(/2026-11-28 09:30 UTC[^\n]* 5 (minutes|Minuten)[^\n]*BROKER_REDIS_URL/)
  })

  test('that does not end, it tells since when', () => {
    const page = shown(language, work({ state: 'hanging', since: at('07:15') }))
    expect(page).toContain(health.sentences.behind)
    expect(page).toContain('2026-11-28 07:15 UTC')
    expect(page).toContain(own.states.hanging)
  })

  test('storage that is counted late is told with how many accounts, since when, and what to do', () => {
    const late = { accounts: 1204, since: at('03:00') }
    const before = shown(language, { work: { goes: [], lateSamples: { ...NONE_LATE, before: late } } })
    const never = shown(language, { work: { goes: [], lateSamples: { ...NONE_LATE, never: late } } })
    for (const page of [before, never]) {
      expect(page).toContain(health.sentences.behind)
      expect(page).toMatch(/1[.,]204[^\n]*2026-11-28 03:00 UTC/)
      expect(page).toContain(own.samplesFollow)
    }
    expect(before).not.toBe(never)
  })

  test('what it depends on comes before what it does: that something fails is the first thing told', () => {
    const report = { state: 'failed', checks: { redis: { state: 'failed' } } } as const
    const page = shown(language, { ...work({ state: 'late' }), report })
    expect(page).toContain(health.sentences.failed)
    expect(page).not.toContain(health.sentences.behind)
  })
})
