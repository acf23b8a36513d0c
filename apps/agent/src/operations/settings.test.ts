import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { AgentSettingsChange, MOST_PARALLEL_JOBS } from '@odoo-backup/protocol'
import { ConfigurationStore } from '../config/store.ts'
import { settingsOperations } from './settings.ts'
import { tokenOperations } from './tokens.ts'

let folder: string
let path: string
let store: ConfigurationStore
const now = new Date('2026-01-01T12:00:00Z')
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-settings-'))
  path = join(folder, 'agent.conf')
  store = await ConfigurationStore.open({
    path,
    environment: {},
    readOdooConf: async () => ({ path: undefined, options: new Map() }),
  })
})
afterEach(() => rm(folder, { recursive: true }))

const operations = () =>
  settingsOperations({ store, databaseNames: async () => ['production'], now: () => now })

test('schedules, retention and format of a database are written to the file and read back from it', async () => {
  const changed = await operations().changeDatabaseSettings('production', {
    format: 'dump',
    schedules: [
      { kind: 'every', every: 1, unit: 'days', at: '03:30', timeZone: 'Europe/Berlin' },
      { kind: 'cron', expression: '0 12 * * 1-5', timeZone: 'UTC' },
    ],
    retention: { daily: 7, yearly: 'all', keepAtLeast: 3 },
  })
  expect(changed.nextRuns[0]).toBe('2026-01-02T02:30:00.000Z')
  const text = await readFile(path, 'utf8')
  expect(text).toContain('[database:production]\n')
  expect(text).toContain('odoo_backup_sh_schedule_1 = every 1 days at 03:30 in Europe/Berlin\n')
  expect(text).toContain('odoo_backup_sh_daily_rotation = limited\nodoo_backup_sh_daily_limit = 7\n')
  const [view] = await operations().databaseSettings()
  expect(view).toEqual(changed)
  expect(view?.retention).toMatchObject({ hourly: 'off', daily: 7, yearly: 'all', keepAtLeast: 3 })
})

test('as many parallel jobs as the API takes the file may say, and no more', async () => {
  const limits = (parallelJobs: number) => AgentSettingsChange.safeParse({ limits: { parallelJobs } })
  expect(limits(MOST_PARALLEL_JOBS + 1).success).toBe(false)
  expect(await operations().changeSettings(limits(MOST_PARALLEL_JOBS).data ?? {})).toMatchObject({
    limits: { parallelJobs: MOST_PARALLEL_JOBS },
  })
  expect((await store.refresh()).settings.parallel_jobs).toBe(MOST_PARALLEL_JOBS)
})

test('the next runs of schedules are told before they are saved, and what is no schedule is refused', async () => {
  const nightly = { kind: 'every', every: 1, unit: 'days', at: '02:00', timeZone: 'Europe/Berlin' } as const
  expect((await operations().previewSchedules([nightly])).slice(0, 2)).toEqual([
    '2026-01-02T01:00:00.000Z',
    '2026-01-03T01:00:00.000Z',
  ])
  expect(await operations().previewSchedules([])).toEqual([])
  await expect(
    operations().previewSchedules([{ kind: 'cron', expression: '61 * * * *', timeZone: 'UTC' }]),
  ).rejects.toMatchObject({ code: 'invalid_request' })
})

test('a schedule that stays keeps its line, so that its missed run is not forgotten', async () => {
  const daily = { kind: 'every', every: 1, unit: 'days', timeZone: 'UTC' } as const
  const weekly = { kind: 'every', every: 1, unit: 'weeks', timeZone: 'UTC' } as const
  await operations().changeDatabaseSettings('production', { schedules: [daily, weekly] })
  await operations().changeDatabaseSettings('production', { schedules: [weekly] })
  expect(store.current.databases.get('production')?.schedules).toEqual(new Map([['2', weekly]]))
})

test('encryption is switched on only with the word that the password is kept elsewhere too', async () => {
  const refusal = { code: 'encryption_unconfirmed', status: 422 }
  const change = operations().changeDatabaseSettings
  await expect(
    change('production', { encrypted: true, encryptionPassword: 'correct horse' }),
  ).rejects.toMatchObject(refusal)
  const changed = await change('production', {
    encrypted: true,
    encryptionPassword: 'correct horse',
    passwordKeptElsewhere: true,
  })
  expect(changed).toMatchObject({
    encrypted: true,
    passwordFingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
  })
  expect(JSON.stringify(await operations().databaseSettings())).not.toContain('correct horse')
  await expect(change('production', { encryptionPassword: 'another' })).rejects.toMatchObject(refusal)
})

test('settings of an encrypted database are saved without confirming its password again, unless that changes', async () => {
  const change = operations().changeDatabaseSettings
  await change('production', {
    encrypted: true,
    encryptionPassword: 'correct horse',
    passwordKeptElsewhere: true,
  })
  const changed = await change('production', { encrypted: true, retention: { daily: 7 } })
  expect(changed).toMatchObject({ encrypted: true, retention: { daily: 7 } })
  await change('production', { encrypted: false })
  await expect(change('production', { encrypted: true })).rejects.toMatchObject({
    code: 'encryption_unconfirmed',
  })
})

test('a bucket of one’s own replaces the broker, its secret goes in and never comes out', async () => {
  const view = await operations().changeSettings({
    storage: {
      kind: 'own',
      endpoint: 'https://s3.example.com',
      bucket: 'mine',
      accessKeyId: 'AKIA',
      secretAccessKey: 'never shown',
      folder: 'backups/odoo',
    },
  })
  expect(view.storage).toMatchObject({ kind: 'own', bucket: 'mine', folder: 'backups/odoo' })
  expect(JSON.stringify(view)).not.toContain('never shown')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await operations().changeSettings({ storage: { kind: 'broker' } })).storage.kind).toBe('broker')
  expect(await readFile(path, 'utf8')).not.toContain('never shown')
})

test('what would leave a fault in the file is refused, and the file stays as it was', async () => {
  const before = await readFile(path, 'utf8')
  await expect(
    operations().changeSettings({ storage: { kind: 'own', bucket: 'without keys' } }),
  ).rejects.toMatchObject({ code: 'invalid_request', status: 400 })
  await expect(
    operations().changeDatabaseSettings('production', {
      schedules: [{ kind: 'cron', expression: '61 * * * *', timeZone: 'UTC' }],
    }),
  ).rejects.toMatchObject({ code: 'invalid_request' })
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('tokens are kept as hashes, one per name, and go when they are removed', async () => {
  const tokens = tokenOperations(store)
  const token = {
    name: 'monitoring',
    role: 'look',
    createdAt: '2026-01-01T00:00:00Z',
    sha256: 'a'.repeat(64),
  } as const
  await tokens.addToken(token)
  expect(await tokens.tokens()).toEqual([token])
  await expect(tokens.addToken(token)).rejects.toMatchObject({ code: 'invalid_request' })
  await tokens.removeToken('monitoring')
  expect(await tokens.tokens()).toEqual([])
  await expect(tokens.removeToken('monitoring')).rejects.toMatchObject({ code: 'invalid_request' })
})

test('an encryption password is the one that was given, to the last character, or is refused and nothing changes', async () => {
  const change = (encryptionPassword: string) =>
    operations().changeDatabaseSettings('production', {
      encrypted: true,
      encryptionPassword,
      passwordKeptElsewhere: true,
    })
  const kept = async () => (await store.refresh()).databases.get('production')?.encryptionPassword
  for (const password of ['#1 = [x] ; "y"', "it's\\n %(db)s", 'False', 'pässwörd 🔑', 'a:b=c']) {
    await change(password)
    expect(await kept()).toBe(password)
  }
  const before = await readFile(path, 'utf8')
  for (const password of [' lead', 'trail ', 'two\n# lines', 'end\n'])
    await expect(change(password)).rejects.toMatchObject({ code: 'invalid_request', status: 400 })
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('a database that is neither there nor in the file is a typing error, unless PostgreSQL cannot be asked', async () => {
  const change = (names: readonly string[] | undefined, database: string) =>
    settingsOperations({ store, databaseNames: async () => names, now: () => now }).changeDatabaseSettings(
      database,
      { retention: { daily: 7 } },
    )
  const before = await readFile(path, 'utf8')
  await expect(change(['production'], 'prodcution')).rejects.toMatchObject({ code: 'database_unknown' })
  expect(await readFile(path, 'utf8')).toBe(before)
  await change(undefined, 'restored-soon')
  await change(['production'], 'restored-soon')
})
