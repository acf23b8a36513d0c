import { expect, test } from '@jest/globals'
import type { Progress } from '@odoo-backup/protocol'
import { reportProgress } from './progress.ts'

function stage() {
  let at = 0
  const written: Progress[] = []
  const report = reportProgress(
    async progress => {
      written.push(progress)
    },
    () => at,
  )
  return {
    report,
    written,
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
