import { expect, test } from '@jest/globals'
import { type JobOutcome, RestoreJob } from './job-data.ts'
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
      temporaryDatabase: 'odoo_backup_restore_1',
      filestore: '/data/filestore/shop',
      found: { warnings: ['An extension was refused.'], missingModules: [] },
    },
    ...changes,
  })
const codesOf = ({ warnings }: JobOutcome) => warnings.map(({ code }) => code)
const schedules = { areOn: async () => true, off: async () => true, on: async () => undefined }
const told = async (changes: object) => finishRestore({ schedules }, job(changes))

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
    { code: 'noted', words: 'An extension was refused.' },
    { code: 'replaced_kept', keptAs: 'shop_replaced_20260131_040000' },
    { code: 'modules_lacking', modules: ['acme'] },
    { code: 'schedules_off', database: 'shop' },
    { code: 'not_in_backups' },
  ])
})

test('where the code of Odoo is not known, no module is called lacking', async () => {
  const { journal } = job({})
  const codes = await told({ journal: { ...journal, found: { warnings: [] } } }).then(codesOf)
  expect(codes).toContain('modules_unknown')
  expect(codes).not.toContain('modules_lacking')
})

test('what makes a database switches its schedules off, unless they are to go on', async () => {
  const { journal } = job({})
  const { temporaryDatabase: _, ...filesAlone } = journal ?? {}
  const replacing = { ...journal, replacedDatabase: 'shop_replaced_20260131_040000' }
  expect(codesOf(await told({}))).toContain('schedules_off')
  expect(codesOf(await told({ keepSchedules: true }))).not.toContain('schedules_off')
  expect(codesOf(await told({ replace: true, journal: replacing }))).toContain('schedules_off')
  const goingOn = await told({ replace: true, journal: replacing, keepSchedules: true })
  expect(codesOf(goingOn)).not.toContain('schedules_off')
  expect(codesOf(await told({ parts: 'filestore', journal: filesAlone }))).not.toContain('schedules_off')
})

test('that schedules were switched off before the database was public is told afterwards', async () => {
  const offAlready = { ...schedules, off: async () => false }
  const outcome = await finishRestore({ schedules: offAlready }, job({ schedulesOff: true }))
  expect(codesOf(outcome)).toContain('schedules_off')
  expect(codesOf(await finishRestore({ schedules: offAlready }, job({})))).not.toContain('schedules_off')
})
