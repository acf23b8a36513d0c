import { expect, test } from '@jest/globals'
import { runningJob } from '../../../../../../test/fixtures/running-job.ts'
import { jobPage } from './job-page.ts'
import { ENGLISH } from './words-english.ts'
import { GERMAN } from './words-german.ts'

const files = runningJob({ phase: 'files', doneBytes: 1024 })

test.each([
  [ENGLISH, { ...files, state: 'waiting', progress: undefined }, 'Waiting for its turn'],
  [GERMAN, { ...files, state: 'waiting', progress: undefined }, 'Wartet, bis sie an der Reihe ist'],
  [ENGLISH, files, 'The filestore: 1.0\u00a0kB'],
  [ENGLISH, runningJob({ phase: 'done', doneBytes: 1024, percent: 99 }), 'Done'],
  [GERMAN, runningJob({ phase: 'done', doneBytes: 1024, percent: 99 }), 'Fertig'],
  [
    GERMAN,
    { ...files, state: 'delayed', triesAgainAt: '2026-01-31T04:02:00.000Z' },
    'Der letzte Versuch misslang, nächster Versuch: 2026-01-31 04:02 UTC',
  ],
] as const)('a line of a job’s page begins with a capital', (words, { progress, ...job }, line) => {
  const view = progress === undefined ? job : { ...job, progress }
  expect(jobPage(view, 'token', words).toString()).toContain(
    `<p class="card quiet" role="status">${line}</p>`,
  )
})
