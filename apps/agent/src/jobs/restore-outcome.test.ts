import { expect, test } from '@jest/globals'
import { RestoreJob } from './job-data.ts'
import { finishRestore } from './restore-outcome.ts'

const job = (changes: object) =>
  RestoreJob.parse({
    kind: 'restore',
    database: 'shop',
    source: { kind: 'stored', backup: 'shop.2026-01-31_04-00-00.zip' },
    copy: true,
    neutralise: true,
    replace: false,
    parts: 'all',
    trustCode: false,
    journal: {
      step: 'publishing',
      id: '1',
      database: 'shop',
      filestore: '/data/filestore/shop',
      found: { warnings: ['An extension was refused.'], missingModules: [] },
    },
    ...changes,
  })
const told = async (changes: object) => finishRestore({ switchOffSchedules: async () => true }, job(changes))

test('what a run found out is told though another run, that found its work finished, tells it', async () => {
  const { journal } = job({})
  const neutralised = { modules: ['mail'], statements: [], notCovered: ['acme'] }
  const outcome = await told({
    journal: {
      ...journal,
      replacedDatabase: 'shop_replaced_20260131_040000',
      found: { warnings: ['An extension was refused.'], missingModules: ['acme'], neutralised },
    },
  })
  expect(outcome.neutralised).toEqual(neutralised)
  expect(outcome.warnings).toEqual([
    'An extension was refused.',
    'The database that was replaced is kept as shop_replaced_20260131_040000.',
    'This server lacks modules of the backup: acme.',
    'The backup schedules of shop were switched off.',
    'Your own add-ons and odoo.conf are not part of a backup.',
  ])
})

test('where the code of Odoo is not known, no module is called lacking', async () => {
  const { journal } = job({})
  const { warnings } = await told({ journal: { ...journal, found: { warnings: [] } } })
  expect(warnings.join('\n')).toMatch(/Odoo's code was not found/)
  expect(warnings.join('\n')).not.toMatch(/lacks modules/)
})

test('only what makes a new database switches schedules off', async () => {
  const off = /were switched off/
  expect((await told({})).warnings.join()).toMatch(off)
  expect((await told({ replace: true })).warnings.join()).not.toMatch(off)
  expect((await told({ parts: 'filestore' })).warnings.join()).not.toMatch(off)
})
