import { expect, test } from '@jest/globals'
import { runningJob } from '../../../../test/fixtures/running-job.ts'
import { createProgressShow } from './progress-bar.ts'

function output({ isTerminal = true, columns = 80 } = {}) {
  const written: string[] = []
  return {
    written,
    isTerminal,
    columns,
    write: (text: string) => void written.push(text),
    writeBytes: async () => undefined,
  }
}

const sent = (percent: number) =>
  runningJob({ phase: 'upload', doneBytes: percent * 1e6, totalBytes: 100e6, percent })

test('on a terminal one line is written anew, with a bar as long as what is done, and stays at the end', () => {
  const terminal = output()
  const show = createProgressShow(terminal)
  for (const state of [runningJob(), sent(0), sent(50), sent(100)]) show.show(state)
  show.end()
  show.end()
  expect(terminal.written).toEqual([
    `\r\u001b[2K[${'·'.repeat(24)}] started`,
    `\r\u001b[2K[${'·'.repeat(24)}] sending: 0 bytes of 100 MB, 0 %`,
    `\r\u001b[2K[${'█'.repeat(12)}${'·'.repeat(12)}] sending: 50 MB of 100 MB, 50 %`,
    `\r\u001b[2K[${'█'.repeat(24)}] sending: 100 MB of 100 MB, 100 %`,
    '\n',
  ])
})

test.each([40, 57])('on a terminal of %i columns the line leaves the last one free', columns => {
  const terminal = output({ columns })
  createProgressShow(terminal).show(sent(50))
  expect(terminal.written.join('').replace('\r\u001b[2K', '')).toHaveLength(columns - 1)
})

test('of a job that waits for its next try the moment is read whole on 80 columns', () => {
  const terminal = output()
  const job = { ...sent(50), state: 'delayed', triesAgainAt: '2026-01-31T04:02:00.000Z' } as const
  createProgressShow(terminal).show(job)
  expect(terminal.written.join('')).toMatch(/ last try failed, next one at 2026-01-31 04:02 UTC$/)
})

test('elsewhere, as in a log, each phase is one line, however often it is told', () => {
  const file = output({ isTerminal: false })
  const show = createProgressShow(file)
  for (const state of [runningJob(), runningJob(), sent(1), sent(2), sent(3)]) show.show(state)
  show.end()
  expect(file.written).toEqual([
    'Backup of shop: started\n',
    'Backup of shop: sending: 1.0 MB of 100 MB, 1 %\n',
  ])
})
