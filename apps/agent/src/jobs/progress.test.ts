import { expect, test } from '@jest/globals'
import type { PhaseView } from '@odoo-backup/protocol'
import { phaseViews } from './phases.ts'
import { type KeptProgress, reportProgress } from './progress.ts'

function stage() {
  let at = 0
  const written: KeptProgress[] = []
  const ended: PhaseView[] = []
  const report = reportProgress({
    write: async progress => {
      written.push(progress)
    },
    now: () => at,
    onPhaseEnd: phase => ended.push(phase),
  })
  return {
    report,
    written,
    ended,
    advance: (ms: number) => {
      at += ms
    },
  }
}

test('it is written at most once a second, a new phase at once, and the last word is never lost', async () => {
  const { report, written, advance } = stage()
  for (let turn = 0; turn < 50; turn++) {
    report({ phase: 'dump', doneBytes: turn, totalBytes: 100 })
    advance(50)
  }
  await report.flush()
  expect(written.length).toBeLessThanOrEqual(4)
  expect(written.at(-1)?.doneBytes).toBe(49)
  report({ phase: 'files', doneBytes: 49 })
  await report.flush()
  expect(written.at(-1)?.phase).toBe('files')
})

test('rate and time left follow from what was said, and an estimate that is passed never says 100 %', async () => {
  const { report, written, advance } = stage()
  for (let turn = 0; turn <= 10; turn++) {
    report({ phase: 'files', doneBytes: turn * 100, totalBytes: 2_000 })
    advance(1_000)
  }
  await report.flush()
  expect(written.at(-1)).toMatchObject({ percent: 50, bytesPerSecond: 100, secondsLeft: 10 })
  report({ phase: 'files', doneBytes: 5_000, totalBytes: 2_000 })
  await report.flush()
  expect(written.at(-1)).toMatchObject({ percent: 99, secondsLeft: 0 })
})

test('each phase is kept with its times and with what it did itself, though counters run on', async () => {
  const { report, written, ended, advance } = stage()
  report({ phase: 'snapshot', doneBytes: 0 })
  advance(2_000)
  report({ phase: 'dump', doneBytes: 0, totalBytes: 900 })
  advance(3_000)
  report({ phase: 'dump', doneBytes: 500, totalBytes: 900 })
  report({ phase: 'files', doneBytes: 600, totalBytes: 900, filesDone: 1, filesTotal: 2 })
  advance(1_000)
  report({ phase: 'files', doneBytes: 900, totalBytes: 900, filesDone: 2, filesTotal: 2 })
  report({ phase: 'upload', doneBytes: 900, totalBytes: 900, filesDone: 2, filesTotal: 2 })
  advance(500)
  report({ phase: 'verify', doneBytes: 700, totalBytes: 700 })
  report({ phase: 'done', doneBytes: 700, totalBytes: 700 })
  await report.flush()
  const at = (ms: number) => new Date(ms).toISOString()
  const phases = [
    { phase: 'snapshot', startedAt: at(0), finishedAt: at(2_000) },
    { phase: 'dump', startedAt: at(2_000), finishedAt: at(5_000), bytes: 500 },
    { phase: 'files', startedAt: at(5_000), finishedAt: at(6_000), bytes: 400, files: 2 },
    { phase: 'upload', startedAt: at(6_000), finishedAt: at(6_500) },
    { phase: 'verify', startedAt: at(6_500), finishedAt: at(6_500) },
  ]
  expect(phaseViews(written.at(-1)?.phases ?? [], 9_000)).toEqual(phases)
  expect(ended).toEqual(phases)
})

test('a phase that is under way has no end before its job has one', () => {
  const record = { phase: 'dump' as const, at: 1_000, fromBytes: 0, bytes: 10, fromFiles: 0, files: 0 }
  expect(phaseViews([record], undefined)).toEqual([
    { phase: 'dump', startedAt: '1970-01-01T00:00:01.000Z', bytes: 10 },
  ])
  expect(phaseViews([record], 3_000)[0]?.finishedAt).toBe('1970-01-01T00:00:03.000Z')
})

test('a job that goes round in circles keeps a bounded number of phases', async () => {
  const { report, written } = stage()
  for (let turn = 0; turn < 500; turn++) report({ phase: turn % 2 ? 'load' : 'verify', doneBytes: 0 })
  await report.flush()
  expect(written.at(-1)?.phases.length).toBeLessThanOrEqual(40)
})

test('what works is never at its end, and what is done is at nothing less', async () => {
  const { report, written, advance } = stage()
  report({ phase: 'verify', doneBytes: 100, totalBytes: 100 })
  advance(2000)
  report({ phase: 'verify', doneBytes: 100, totalBytes: 100 })
  await report.flush()
  expect(written.at(-1)).toMatchObject({ percent: 99, bytesPerSecond: 0 })
  report({ phase: 'done', doneBytes: 100, totalBytes: 100 })
  await report.flush()
  expect(written.at(-1)).toMatchObject({ phase: 'done', percent: 100 })
  expect(written.at(-1)).not.toHaveProperty('bytesPerSecond')
})
