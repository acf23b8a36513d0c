import { expect, test } from '@jest/globals'
import { createMetrics } from '@odoo-backup/service'
import { NONE_LATE } from '../../usage/late-samples.ts'
import { addWorkGauges } from './work-gauges.ts'
import { howWorkGoes } from './work-state.ts'

const now = () => new Date('2026-11-28T12:00:00Z')

test('one look at the figures asks once how work goes, and once who is counted late; the next one asks anew', async () => {
  const metrics = createMetrics({ processFigures: false })
  const asked = { goes: 0, lateSamples: 0 }
  const failures: unknown[] = []
  let isAway = false
  addWorkGauges(metrics, {
    ownWork: {
      async goes() {
        asked.goes += 1
        if (isAway) throw new Error('The registry is away.')
        return howWorkGoes(['forecast'], [], now())
      },
      async lateSamples() {
        asked.lateSamples += 1
        return NONE_LATE
      },
    },
    now,
    onFailure: error => failures.push(error),
  })
  const figures = await metrics.registry.metrics()
  expect(figures).toContain('scheduled_work_failures{work="forecast"} 0')
  expect(figures).toContain('scheduled_work_late{work="forecast"} 0')
  expect(figures).toContain('late_samples{counted="never"} 0')
  expect(asked).toEqual({ goes: 1, lateSamples: 1 })
  isAway = true
  expect(await metrics.registry.metrics()).not.toContain('work="forecast"')
  expect(failures).toHaveLength(3)
  isAway = false
  expect(await metrics.registry.metrics()).toContain('scheduled_work_late{work="forecast"} 0')
  expect(asked).toEqual({ goes: 3, lateSamples: 3 })
})
