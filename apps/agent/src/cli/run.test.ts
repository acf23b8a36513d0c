import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Notice } from '@odoo-backup/protocol'
import { type CommandLineFixture, commandLine } from '../../../../test/fixtures/agent-command-line.ts'
import { KINDS } from '../error-kinds.ts'
import { AgentError } from '../errors.ts'
import { MANUAL } from './manual.ts'

const BACKUP = 'shop.2026-01-31_04-00-00.zip'
let folder: string
let fixture: CommandLineFixture
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-cli-'))
  fixture = commandLine()
  fixture.agent.know('shop')
  fixture.agent.keep(BACKUP, 'shop')
})
afterEach(() => rm(folder, { recursive: true }))

describe('login', () => {
  const authLink = 'https://broker.example/login/1'

  test('shows the link and asks for the code on a terminal', async () => {
    fixture.agent.connection = { state: 'login_required', authLink }
    fixture.answers = ['the-code']
    const { stdout } = await fixture.run('login')
    expect(stdout).toContain(authLink)
    expect(fixture.agent.codes).toEqual(['the-code'])
  })

  test('without a terminal it says how to go on and ends with 77', async () => {
    fixture.agent.connection = { state: 'login_required', authLink }
    const { status, stderr } = await fixture.run('login')
    expect(status).toBe(77)
    expect(stderr).toContain(authLink)
    expect(stderr).toContain('odoo-backup login --code')
  })

  test('brings the code that it is given', async () => {
    const { status, stdout } = await fixture.run('login', '--code', 'the-code')
    expect(status).toBe(0)
    expect(fixture.agent.codes).toEqual(['the-code'])
    expect(stdout).toContain('Connected. Backups are kept in the folder 42.')
  })

  test('tells missing credit with the link to buy some', async () => {
    const rechargeLink = 'https://broker.example/credit'
    fixture.agent.connection = { state: 'payment_required', message: 'Not enough credit.', rechargeLink }
    const { status, stderr } = await fixture.run('login', '--json')
    expect(status).toBe(77)
    expect(JSON.parse(stderr)).toMatchObject({ code: 'payment_required', rechargeLink, exitCode: 77 })
  })
})

describe('jobs that are followed', () => {
  test('backup adds the job, follows it with a worker at hand, and says what it did', async () => {
    const times = { startedAt: '2026-01-31T05:00:00Z', finishedAt: '2026-01-31T05:02:05Z' }
    fixture.agent.outcome = {
      state: 'completed',
      backup: BACKUP,
      ...times,
      progress: { phase: 'done', doneBytes: 2048 },
    }
    const { status, stdout } = await fixture.run('backup', 'shop')
    expect(status).toBe(0)
    expect(stdout).toBe(`Backup of shop is done (${BACKUP}, 2.0 KiB, 2 min 5 s).\n`)
    expect(fixture.opened).toEqual([
      { configurationFile: '/etc/odoo-backup/agent.conf', worker: 'if-none-lives' },
    ])
  })

  test('with --json every state is a line and the last one is final', async () => {
    const { stdout } = await fixture.run('backup', 'shop', '--json')
    const lines = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.at(-1)).toMatchObject({ kind: 'backup', database: 'shop', state: 'completed' })
  })

  test('a failed job ends with the status of its failure, its message, and nothing on standard output', async () => {
    fixture.agent.outcome = {
      state: 'failed',
      failure: { code: 'disk_full', message: 'No room. Make some.' },
    }
    const { status, stdout, stderr } = await fixture.run('backup', 'shop')
    expect(status).toBe(73)
    expect(stdout).toBe('')
    expect(stderr).toContain('odoo-backup: No room. Make some.')
  })

  test('warnings of a job are shown', async () => {
    fixture.agent.outcome = { state: 'completed', warnings: ['3 files were missing.'] }
    expect((await fixture.run('backup', 'shop')).stderr).toContain('Warning: 3 files were missing.')
  })

  test('with --no-wait the job is left to the running agent', async () => {
    fixture.agent.outcome = { state: 'waiting' }
    const { stdout } = await fixture.run('backup', 'shop', '--no-wait')
    expect(stdout).toContain('Job 1 was added')
    expect(fixture.opened[0]?.worker).toBe('never')
  })

  test('a job is followed to its end with a worker at hand, unless it has ended', async () => {
    fixture.agent.outcome = { state: 'waiting' }
    const id = await fixture.agent.startBackup({ database: 'shop' })
    const workers = async (...args: string[]) => {
      fixture.opened.length = 0
      await fixture.run(...args)
      return fixture.opened.map(({ worker }) => worker)
    }
    expect(await workers('jobs', id)).toEqual(['never', 'if-none-lives'])
    await fixture.agent.cancel(id)
    expect(await workers('jobs', id)).toEqual(['never', 'never'])
    expect(await workers('jobs', id, '--log')).toEqual(['never'])
  })
})

describe('restore', () => {
  test('leaves to the agent what nobody chose: a copy beside its original, else moved', async () => {
    await fixture.run('restore', BACKUP, '--as', 'shop2')
    expect(fixture.agent.restores).toEqual([
      { request: { source: { kind: 'stored', backup: BACKUP }, database: 'shop2' } },
    ])
  })

  test('tells what neutralising did, and what it could not know of', async () => {
    fixture.agent.outcome = {
      state: 'completed',
      neutralised: {
        modules: ['mail'],
        statements: [{ what: 'outgoing mail servers switched off', rows: 2 }],
        notCovered: ['acme_bank'],
      },
    }
    const { stdout } = await fixture.run('restore', BACKUP, '--as', 'shop2')
    expect(stdout).toMatch(/outgoing mail servers switched off \(2\)/)
    expect(stdout).toMatch(/was run for: mail/)
    expect(stdout).toMatch(/Not covered.*acme_bank/)
  })

  test('restores a stored backup as a copy', async () => {
    await fixture.run('restore', BACKUP, '--as', 'shop2', '--copy', '--neutralise')
    expect(fixture.agent.restores).toEqual([
      {
        request: {
          source: { kind: 'stored', backup: BACKUP },
          database: 'shop2',
          copy: true,
          neutralise: true,
        },
      },
    ])
  })

  test('restores a file, whose path it makes absolute, as moved', async () => {
    await fixture.run('restore', '--file', 'x.zip', '--as', 'shop2', '--moved')
    expect(fixture.agent.restores[0]?.request).toMatchObject({
      source: { kind: 'file', path: join(process.cwd(), 'x.zip') },
      copy: false,
    })
  })

  test.each([
    [['restore', '--as', 'shop2']],
    [['restore', BACKUP, '--file', 'x.zip', '--as', 'shop2']],
    [['restore', BACKUP]],
    [['restore', BACKUP, '--as', '../x']],
    [['restore', BACKUP, '--as', 'shop2', '--moved', '--copy']],
    [['restore', BACKUP, '--as', 'shop2', '--only', 'half']],
  ])('%j is wrong usage: 64, and nothing is begun', async args => {
    expect((await fixture.run(...args)).status).toBe(64)
    expect(fixture.agent.restores).toEqual([])
  })

  test('is checked first where that is asked for, which begins nothing', async () => {
    const { status, stdout } = await fixture.run('restore', BACKUP, '--check', '--as', 'shop2')
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^The database shop2 would be made: a copy .*, neutralised\.\nIts original may be live\.\n/,
    )
    expect(stdout).toContain('ok       name: It is free.')
    expect((await fixture.run('restore', BACKUP, '--check')).stdout).toContain('The database restored would')
    const taken = await fixture.run('restore', BACKUP, '--check', '--as', 'shop')
    expect(taken).toMatchObject({ status: 1, stdout: expect.stringContaining('FAULT    name: It is taken.') })
    const encrypted = `${BACKUP}.enc`
    expect((await fixture.run('restore', encrypted, '--check')).status).toBe(1)
    fixture.answers = [fixture.agent.encryptionPassword]
    expect((await fixture.run('restore', encrypted, '--check')).status).toBe(0)
    expect(fixture.questions).toEqual([{ question: 'Encryption password: ', hidden: true }])
    expect(fixture.agent.restores).toEqual([])
  })

  test('an existing database is refused with 73', async () => {
    const { status, stderr } = await fixture.run('restore', BACKUP, '--as', 'shop')
    expect(status).toBe(73)
    expect(stderr).toContain('There is a database shop already.')
  })

  test('replacing asks first, and without a terminal only --yes goes on', async () => {
    expect((await fixture.run('restore', BACKUP, '--as', 'other', '--replace')).status).toBe(64)
    fixture.answers = ['n']
    expect((await fixture.run('restore', BACKUP, '--as', 'other', '--replace')).status).toBe(75)
    expect(fixture.agent.restores).toEqual([])
    fixture.answers = undefined
    expect((await fixture.run('restore', BACKUP, '--as', 'other', '--replace', '--yes')).status).toBe(0)
    expect(fixture.agent.restores[0]?.request.replace).toBe(true)
  })

  test('the encryption password comes from a file or the environment, or is asked for without echo when needed', async () => {
    const file = join(folder, 'password')
    await writeFile(file, 'from file\n')
    await fixture.run('restore', BACKUP, '--as', 'a1', '--encryption-password-file', file)
    fixture.environment = { ODOO_BACKUP_ENCRYPTION_PASSWORD: 'from environment' }
    await fixture.run('restore', BACKUP, '--as', 'a2')
    fixture.environment = {}
    const start = fixture.agent.startRestore.bind(fixture.agent)
    fixture.agent.startRestore = async (request, secrets) => {
      if (secrets?.encryptionPassword === undefined)
        throw new AgentError('encryption_password_required', 'This backup is encrypted.')
      return start(request, secrets)
    }
    fixture.answers = ['typed']
    await fixture.run('restore', BACKUP, '--as', 'a3')
    expect(fixture.agent.restores.map(restore => restore.encryptionPassword)).toEqual([
      'from file',
      'from environment',
      'typed',
    ])
    expect(fixture.questions).toEqual([{ question: 'Encryption password: ', hidden: true }])
    fixture.answers = undefined
    expect((await fixture.run('restore', BACKUP, '--as', 'a4')).status).toBe(78)
  })

  test('no command has an option for a password itself', async () => {
    for (const command of ['restore', 'download', 'verify', 'settings set']) {
      const { stdout } = await fixture.run(...command.split(' '), '--help')
      expect(stdout).not.toMatch(/--(?:encryption-|master-)?password(?!-file|-kept)/)
    }
  })
})

describe('stored backups', () => {
  test('download writes the file under its name when it is whole', async () => {
    const path = join(folder, 'x.zip')
    await fixture.run('download', BACKUP, '-o', path)
    expect(await readFile(path, 'utf8')).toBe(`content of ${BACKUP}`)
    expect(await readdir(folder)).toEqual(['x.zip'])
    expect((await fixture.run('download', BACKUP, '-o', '-')).stdout).toBe(`content of ${BACKUP}`)
  })

  test('download to a place that cannot be written says why, and leaves nothing', async () => {
    const missing = await fixture.run('download', BACKUP, '-o', join(folder, 'none', 'x.zip'))
    expect(missing).toMatchObject({ status: 73, stderr: expect.stringContaining(`no folder ${folder}/none`) })
    const taken = await fixture.run('download', BACKUP, '-o', folder)
    expect(taken).toMatchObject({ status: 73, stderr: expect.stringContaining(`${folder} is a folder`) })
    expect(await readdir(folder)).toEqual([])
  })

  test('delete asks first', async () => {
    fixture.answers = ['no']
    expect((await fixture.run('delete', BACKUP)).status).toBe(75)
    expect(fixture.agent.deleted).toEqual([])
    expect(fixture.questions[0]?.question).toContain(BACKUP)
    expect((await fixture.run('delete', BACKUP, '--yes')).status).toBe(0)
    expect(fixture.agent.deleted).toEqual([BACKUP])
  })

  test('delete takes an archive without .info too, and says that it is one', async () => {
    fixture.agent.keep('half.zip', 'shop', { lone: true })
    fixture.answers = ['y']
    expect((await fixture.run('delete', 'half.zip')).status).toBe(0)
    expect(fixture.questions[0]?.question).toContain('half.zip (1.4 MiB, without .info)')
    expect(fixture.agent.deleted).toEqual(['half.zip'])
  })

  test('an unknown backup ends with 66', async () => {
    for (const command of ['show', 'delete', 'verify'])
      expect((await fixture.run(command, 'none.zip')).status).toBe(66)
  })

  test('list and show tell people and programs the same', async () => {
    await fixture.run('pin', BACKUP)
    expect((await fixture.run('list')).stdout).toMatch(
      /shop\.2026-01-31_04-00-00\.zip {2}2026-01-31 04:00:00 UTC {2}1\.4 MiB {2}pinned/,
    )
    expect(JSON.parse((await fixture.run('list', '--json')).stdout)).toMatchObject([
      { name: BACKUP, pinned: true },
    ])
    expect((await fixture.run('show', BACKUP)).stdout).toContain('Database:        shop')
  })
})

describe('status', () => {
  const statusOf = async () => JSON.parse((await fixture.run('status', '--json')).stdout)

  test('takes what another server made of a database of that name for no backup of this one', async () => {
    fixture.agent.know('crm')
    fixture.agent.keep('crm.2026-01-31_04-00-00.zip', 'crm', { foreign: true })
    const { stdout } = await fixture.run('status')
    expect(stdout).toMatch(/^You are NOT SAFE\.\n- No backup at all: crm\n/)
    expect(stdout).toMatch(/crm +never +0 *\n/)
    expect(stdout).toMatch(/shop +2026-01-31 04:00:00 UTC +1\.4 MiB +1/)
    expect((await statusOf()).databases).toMatchObject([
      { database: 'crm', backups: 0, worry: 'never' },
      { database: 'shop', backups: 1 },
    ])
  })

  test('tells what failed, what is overdue, and the notices that stand', async () => {
    const schedules = [{ kind: 'every', every: 1, unit: 'hours', timeZone: 'UTC' }] as const
    const settings = fixture.agent.databaseSettings.bind(fixture.agent)
    fixture.agent.databaseSettings = async () =>
      (await settings()).map(known => ({ ...known, schedules: [...schedules] }))
    const notice = Notice.parse({
      ...{ id: 'backup_overdue:shop', kind: 'backup_overdue', severity: 'error', database: 'shop' },
      ...{ message: 'A scheduled backup is missing.', raisedAt: '2026-01-31T20:00:00Z' },
    })
    fixture.board.list = async () => [notice, { ...notice, id: 'x', clearedAt: '2026-01-31T21:00:00Z' }]
    fixture.agent.outcome = {
      ...{ state: 'failed', finishedAt: '2026-01-31T20:00:00Z' },
      failure: { code: 'disk_full', message: 'No room. Make some.' },
    }
    await fixture.agent.startBackup({ database: 'shop' })
    const { status, stdout } = await fixture.run('status')
    expect(stdout).toMatch(/^You are NOT SAFE\.\n- Overdue: shop\n {4}No room\. Make some\.\n/)
    expect(status).toBe(2)
    expect(stdout).toContain('ERROR (shop), since 2026-01-31 20:00:00 UTC: A scheduled backup is missing.')
    expect(stdout.match(/A scheduled backup is missing/g)).toHaveLength(1)
    expect((await statusOf()).verdict.word).toBe('unsafe')
  })

  test('says that all is well with 0, that something is to be looked at with 1, and what is not known', async () => {
    const settings = fixture.agent.databaseSettings.bind(fixture.agent)
    const schedules = [{ kind: 'every', every: 1, unit: 'days', timeZone: 'UTC' }] as const
    expect(await fixture.run('status')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^Something needs your attention\.\n- Nothing is scheduled.*: shop\n/),
    })
    fixture.agent.databaseSettings = async () =>
      (await settings()).map(known => ({ ...known, schedules: [...schedules] }))
    fixture.agent.keep('shop.2026-01-31_23-00-00.zip', 'shop', { takenAt: '2026-01-31T23:00:00Z' })
    expect(await fixture.run('status')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^You are safe\.\nThe one database has the backup .*, the oldest of 2026-01-31 23:00:00 UTC\./,
      ),
    })
    fixture.agent.jobs = async () => Promise.reject(new AgentError('queue_unreachable', 'It is away.'))
    expect(await fixture.run('status', '--quiet')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('The queue of jobs does not answer'),
      stderr: '',
    })
  })
})

test('notices are shown, with --all those that passed too, and a trial is sent', async () => {
  const notice = Notice.parse({
    ...{ id: 'postgres_down', kind: 'postgres_down', severity: 'error' },
    ...{ message: 'PostgreSQL does not answer.', raisedAt: '2026-01-31T20:00:00Z' },
  })
  const passed = { ...notice, message: 'It was down before.', clearedAt: '2026-01-30T21:00:00Z' }
  const tried: string[] = []
  fixture.board = {
    ...fixture.board,
    list: async () => [notice, passed],
    test: async channel => void tried.push(channel),
  }
  expect((await fixture.run('notices')).stdout).toBe(
    'ERROR, since 2026-01-31 20:00:00 UTC: PostgreSQL does not answer.\n',
  )
  expect((await fixture.run('notices', '--all')).stdout).toContain('It was down before.')
  expect(JSON.parse((await fixture.run('notices', '--json')).stdout)).toEqual([notice])
  expect((await fixture.run('notices', '--test', 'mail')).status).toBe(0)
  expect((await fixture.run('notices', '--test', 'pigeon')).status).toBe(64)
  expect(tried).toEqual(['mail'])
})

test('account tells how the account stands, and leads to where credit is bought', async () => {
  expect((await fixture.run('account')).stdout).toContain('connected to no account')
  fixture.agent.account = async () => ({
    connected: true,
    email: 'a••••@example.com',
    credit: { state: 'grace', plan: 'p', currencyLabel: 'credits', kept: 2, held: 3, owed: 4 },
  })
  const { stdout } = await fixture.run('account')
  expect(stdout).toMatch(
    /Account: +a••••@example\.com\nState: +a payment is due;.*\nBalance: +5 credits\nDue: +4 credits\n/,
  )
  expect((await fixture.run('account', '--recharge')).status).toBe(64)
  fixture.agent.rechargeLink = async () => 'https://broker.example/credit'
  expect((await fixture.run('account', '--recharge')).stdout).toBe('https://broker.example/credit\n')
})

test('usage tells what is stored, day by day', async () => {
  const { stdout } = await fixture.run('usage', '--days', '2', '--json')
  expect(JSON.parse(stdout)).toMatchObject([
    { day: '2026-01-31', sizeBytes: 1_500_000 },
    { day: '2026-02-01', sizeBytes: 1_500_000 },
  ])
  expect((await fixture.run('usage', '--days', '2')).stdout).toContain('2026-02-01  1.4 MiB')
})

test('a list is narrowed and ordered as the API does it, archives without .info in their place', async () => {
  const { agent } = fixture
  agent.keep('crm.2026-01-30_04-00-00.zip.enc', 'crm', { takenAt: '2026-01-30T04:00:00Z', encrypted: true })
  agent.keep('crm.2026-01-29_04-00-00.zip', 'crm', { takenAt: '2026-01-29T04:00:00Z', pinned: true })
  agent.keep('half.zip', 'crm', { takenAt: '2026-01-30T12:00:00Z', lone: true })
  const names = async (...args: string[]) =>
    JSON.parse((await fixture.run('list', '--json', ...args)).stdout).map((one: { name: string }) => one.name)
  const [first, second, third] = [BACKUP, 'crm.2026-01-30_04-00-00.zip.enc', 'crm.2026-01-29_04-00-00.zip']
  expect(await names()).toEqual([first, second, third])
  expect(await names('--all', '--limit', '2')).toEqual([first, 'half.zip'])
  expect(await names('crm')).toEqual([second, third])
  expect(await names('--encrypted')).toEqual([second])
  expect(await names('--pinned')).toEqual([third])
  expect(await names('--verified')).toEqual([])
  expect(await names('--search', 'SHOP')).toEqual([first])
  expect(await names('--from', '2026-01-30', '--to', '2026-01-30T23:59:59Z')).toEqual([second])
  expect(await names('--sort', 'name', '--order', 'asc')).toEqual([third, second, first])
  expect((await fixture.run('list', '--from', 'yesterday')).status).toBe(64)
  expect((await fixture.run('list', '--sort', 'colour')).status).toBe(64)
})

test('list, usage and status tell what is known while one place is away, and that it is not all', async () => {
  const error = new AgentError('storage_unreachable', 'It does not answer.')
  fixture.agent.unreachable = [{ place: 'the folder /mnt/nas', error, keeps: () => false }]
  for (const command of ['list', 'usage']) {
    const { status, stdout, stderr } = await fixture.run(command, '--json')
    expect(status).toBe(69)
    expect(JSON.parse(stdout).length).toBeGreaterThan(0)
    expect(JSON.parse(stderr).message).toContain('the folder /mnt/nas (It does not answer.)')
  }
  const { status, stdout } = await fixture.run('status')
  expect(status).toBe(1)
  expect(stdout).toContain('- the folder /mnt/nas: It does not answer.\n')
  expect(stdout).toContain('shop')
})

test('list warns of backups that lack files and marks those of another server', async () => {
  fixture.agent.missingFiles.set(BACKUP, 3)
  fixture.agent.keep('crm.2026-01-31_04-00-00.zip', 'crm', { foreign: true })
  const { stdout } = await fixture.run('list')
  expect(stdout).toMatch(/shop\S+ .*3 FILES MISSING\n/)
  expect(stdout).toMatch(/crm\S+ .*of another server\n/)
})

test('limits are whole numbers, and mean what they say', async () => {
  for (let index = 0; index < 30; index += 1) await fixture.agent.startBackup({ database: 'shop' })
  const lines = async (...args: string[]) => JSON.parse((await fixture.run(...args, '--json')).stdout).length
  expect(await lines('jobs')).toBe(20)
  expect(await lines('jobs', '--limit', '25')).toBe(25)
  expect(await lines('list', '--limit', '1')).toBe(1)
  for (const limit of ['0', '-1', 'x', '1.5'])
    expect((await fixture.run('jobs', '--limit', limit)).status).toBe(64)
  expect((await fixture.run('cancel', '')).status).toBe(66)
})

test('what a job says of itself is shown after it ended, and with --json as data', async () => {
  const id = await fixture.agent.startBackup({ database: 'shop' })
  expect((await fixture.run('jobs', id, '--log')).stdout).toMatch(/ UTC {2}The job begins\.\n$/)
  const { stdout } = await fixture.run('--json', 'jobs', id, '--log')
  expect(JSON.parse(stdout)).toMatchObject({ lines: [{ text: 'The job begins.' }], full: false })
  expect((await fixture.run('jobs', 'none', '--log')).status).not.toBe(0)
})

test('a token is shown once and only its hash is kept', async () => {
  const { stdout } = await fixture.run('token', 'add', 'nightly', '--role', 'operate')
  const token = stdout.trim()
  expect(token).toMatch(/^obt_[A-Za-z0-9_-]{43}$/)
  expect(JSON.stringify(fixture.agent.storedTokens)).not.toContain(token)
  const listed = await fixture.run('token', 'list', '--json')
  expect(JSON.parse(listed.stdout)).toEqual([
    { name: 'nightly', role: 'operate', createdAt: '2026-02-01T00:00:00.000Z' },
  ])
  expect((await fixture.run('token', 'add', 'nightly')).status).toBe(64)
  expect((await fixture.run('token', 'add', 'x', '--role', 'emperor')).status).toBe(64)
})

test('the configuration file is named by option, else by environment', async () => {
  fixture.environment = { ODOO_BACKUP_CONFIG: '/from/environment' }
  await fixture.run('databases')
  const named = join(folder, 'agent.conf')
  expect((await fixture.run('databases', '--config', named)).status).toBe(78)
  await writeFile(named, '')
  await fixture.run('databases', '--config', named)
  expect(fixture.opened.map(options => options.configurationFile)).toEqual(['/from/environment', named])
})

test('whatever fails, the exit status is the one of the catalogue', async () => {
  for (const [code, { exitCode }] of Object.entries(KINDS)) {
    fixture.agent.broken = new AgentError(code as keyof typeof KINDS, 'Do this.')
    const { status, stderr } = await fixture.run('databases', '--json')
    expect({ status, ...JSON.parse(stderr) }).toEqual({
      status: exitCode,
      code,
      message: 'Do this.',
      exitCode,
    })
  }
})

test('every exit status of the catalogue is explained in the manual', () => {
  for (const exitCode of [0, 1, 2, ...Object.values(KINDS).map(kind => kind.exitCode)])
    expect(MANUAL).toMatch(new RegExp(`\\b${exitCode}\\b {2}`))
})

test('names from outside cannot steer the terminal', async () => {
  fixture.agent.keep('\u001b[2Jevil\u202egpj.zip', 'shop')
  const { stdout } = await fixture.run('list')
  expect(stdout).not.toContain('\u001b')
  expect(stdout).not.toContain('\u202e')
  expect(stdout).toContain('\\u{1b}[2Jevil')
})

describe('with --json', () => {
  const isJson = (text: string) =>
    text
      .split('\n')
      .filter(line => line !== '')
      .every(line => typeof JSON.parse(line) === 'object')

  test.each([
    'login',
    'status',
    'databases',
    'backup shop',
    'backup shop --no-wait',
    'list --all',
    `show ${BACKUP}`,
    `delete ${BACKUP} --yes`,
    `pin ${BACKUP}`,
    `unpin ${BACKUP}`,
    `verify ${BACKUP}`,
    `restore ${BACKUP} --as shop2`,
    'rotate shop',
    'rotate shop --dry-run',
    'adopt shop',
    'jobs',
    'notices',
    'notices --all',
    'notices --test mail',
    'usage',
    'account',
    `restore ${BACKUP} --check`,
    'rotate shop --dry-run --limits daily=7',
    'settings show',
    'settings show shop',
    'settings set limits.parallelJobs=2',
    'token add x',
    'token list',
    'doctor',
    // Refused ones
    'account --recharge',
    'rotate shop --limits daily=7',
    'rotate shop --dry-run --limits daily=many',
    'frobnicate',
    'list --limit 0',
    'restore',
    'show',
    'cancel none',
    'settings set -d shpo retention.daily=1',
  ])('%s writes JSON alone', async command => {
    fixture.agent.outcome = { state: 'completed', warnings: ['3 files were missing.'] }
    const { status, stdout, stderr } = await fixture.run(...command.split(' '), '--json')
    expect(isJson(stdout) && isJson(stderr)).toBe(true)
    expect(stdout + stderr).not.toBe('')
    if (stdout === '') expect(JSON.parse(stderr)).toMatchObject({ exitCode: status })
  })

  test('wrong usage says what is wrong', async () => {
    const { status, stderr } = await fixture.run('list', '--limit', 'x', '--json')
    expect(status).toBe(64)
    expect(JSON.parse(stderr)).toEqual({
      code: 'invalid_request',
      message: expect.stringContaining('It must be a whole number from 1.'),
      exitCode: 64,
    })
  })
})

test('Ctrl-C ends what only looks, also where there is no answer, and tells so', async () => {
  const interrupt = new AbortController()
  fixture.signal = interrupt.signal
  fixture.agent.databases = () => {
    interrupt.abort()
    return new Promise(() => undefined)
  }
  const { status, stderr } = await fixture.run('databases')
  expect(status).toBe(75)
  expect(stderr).toContain('interrupted')
})

test('a reader of standard output who leaves is no fault of the program', async () => {
  fixture.agent.openBackup = async () => {
    throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  }
  expect(await fixture.run('download', BACKUP, '-o', '-')).toMatchObject({ status: 141, stderr: '' })
})

test('wrong usage is 64 and says where the help is; help and version are 0', async () => {
  const unknown = await fixture.run('frobnicate')
  expect(unknown.status).toBe(64)
  expect(unknown.stderr).toContain('odoo-backup --help')
  expect(await fixture.run('--version')).toMatchObject({ status: 0, stdout: '1.2.3\n' })
  const help = await fixture.run('--help')
  expect(help.status).toBe(0)
  for (const part of ['Examples:', 'Files:', 'Environment:', 'Exit status:'])
    expect(help.stdout).toContain(part)
})

test('every command has help with a description', async () => {
  const names = [
    ...(await fixture.run('--help')).stdout.matchAll(/^ {2}([a-z]+)(?: \[options\])?(?: [<[].*?)? {2,}\S/gm),
  ].map(match => match[1] ?? '')
  const wanted =
    'login status databases backup list show download delete pin unpin verify restore rotate adopt jobs cancel notices usage account settings token doctor completion'
  expect(names).toEqual(expect.arrayContaining(wanted.split(' ')))
  for (const name of wanted.split(' ')) {
    const { status, stdout } = await fixture.run(name, '--help')
    expect(status).toBe(0)
    expect(stdout.length).toBeGreaterThan(80)
  }
})

test.each(['bash', 'zsh', 'fish'])('completion for %s knows every command', async shell => {
  const { status, stdout } = await fixture.run('completion', shell)
  expect(status).toBe(0)
  for (const word of ['backup', 'restore', 'settings', 'doctor', 'neutralise']) expect(stdout).toContain(word)
})

test('the completion for bash is a script that bash takes and that completes', async () => {
  const { stdout } = await fixture.run('completion', 'bash')
  const script = `${stdout}\nCOMP_WORDS=(odoo-backup re); COMP_CWORD=1; _odoo_backup; echo "\${COMPREPLY[*]}"
COMP_WORDS=(odoo-backup restore --ne); COMP_CWORD=2; _odoo_backup; echo "\${COMPREPLY[*]}"`
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('restore\n--neutralise\n')
})
