import { expect, test } from '@jest/globals'
import { createJobLog, formatLine, phaseLine, readLine } from './job-log.ts'

const now = () => new Date('2026-03-10T12:00:00.000Z')

test('lines are written in order, with their time, and secrets of addresses are taken out', async () => {
  const written: string[] = []
  const log = createJobLog(
    {
      log: async (id, line) => {
        written.push(`${id} ${line}`)
      },
    },
    'backup-1',
    { now, warn: () => undefined },
  )
  log.add('first')
  log.add('asked https://store.example/a?X-Amz-Signature=abc with Bearer abcdefgh12345678')
  await log.flush()
  expect(written[0]).toBe('backup-1 2026-03-10T12:00:00.000Z first')
  expect(written[1]).not.toMatch(/abc/)
})

test('a line of ten thousand lines is cut, and says by how much', async () => {
  const written: string[] = []
  const queue = {
    log: async (_id: string, line: string) => {
      written.push(line)
    },
  }
  const log = createJobLog(queue, 'x', { now, warn: () => undefined })
  log.add('very long\n'.repeat(10_000))
  await log.flush()
  expect(written[0]?.length).toBeLessThan(4_200)
  expect(written[0]).toMatch(/96000 more characters\)$/)
})

test('a queue that is away costs the line, not the job', async () => {
  const warnings: string[] = []
  const queue = { log: () => Promise.reject(new Error('away')) }
  const log = createJobLog(queue, 'x', { now, warn: text => warnings.push(text) })
  log.add('one')
  await log.flush()
  expect(warnings).toHaveLength(1)
})

test('a line is read back as it was written, and what is no line is none', () => {
  const line = { at: '2026-03-10T12:00:00.000Z', text: 'two\nlines, and a blank ' }
  expect(readLine(formatLine(line))).toEqual(line)
  expect(readLine('something else')).toBeUndefined()
})

test('a phase is told with its time and what it did', () => {
  const times = { startedAt: '2026-03-10T12:00:00.000Z', finishedAt: '2026-03-10T12:01:05.000Z' }
  expect(phaseLine({ phase: 'files', ...times, bytes: 2048, files: 3 })).toBe(
    'The phase files took 1 min 5 s, 2.0 kB, 3 files.',
  )
})
