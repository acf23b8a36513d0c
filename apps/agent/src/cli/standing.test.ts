import { describe, expect, test } from '@jest/globals'
import { Notice } from '@odoo-backup/protocol'
import { type CommandLineFixture, useCommandLine } from '../../../../test/fixtures/agent-command-line.ts'
import { AgentError } from '../errors.ts'

let cli: CommandLineFixture
useCommandLine(made => {
  cli = made
})

describe('status', () => {
  const statusOf = async () => JSON.parse((await cli.run('status', '--json')).stdout)

  test('takes what another server made of a database of that name for no backup of this one', async () => {
    cli.agent.know('crm')
    cli.agent.keep('crm.2026-01-31_04-00-00.zip', 'crm', { foreign: true })
    const { stdout } = await cli.run('status')
    expect(stdout).toMatch(/^You are NOT SAFE\.\n- No backup at all: crm\n/)
    expect(stdout).toMatch(/crm +never +0 *\n/)
    expect(stdout).toMatch(/shop +2026-01-31 04:00:00 UTC +1\.5 MB +1/)
    expect((await statusOf()).databases).toMatchObject([
      { database: 'crm', backups: 0, worry: 'never' },
      { database: 'shop', backups: 1 },
    ])
  })

  test('says of a database that is left out that it is', async () => {
    cli.agent.know('crm')
    const settings = cli.agent.databaseSettings.bind(cli.agent)
    cli.agent.databaseSettings = async () =>
      (await settings()).map(known => ({ ...known, enabled: known.database !== 'crm' }))
    expect((await cli.run('status')).stdout).toMatch(/crm +never +0 +left out\n/)
  })

  test('tells what failed, what is overdue, and the notices that stand', async () => {
    const schedules = [{ kind: 'every', every: 1, unit: 'hours', timeZone: 'UTC' }] as const
    const settings = cli.agent.databaseSettings.bind(cli.agent)
    cli.agent.databaseSettings = async () =>
      (await settings()).map(known => ({ ...known, schedules: [...schedules] }))
    const notice = Notice.parse({
      ...{ id: 'backup_overdue:shop', kind: 'backup_overdue', severity: 'error', database: 'shop' },
      ...{ message: 'A scheduled backup is missing.', raisedAt: '2026-01-31T20:00:00Z' },
    })
    cli.board.list = async () => [notice, { ...notice, id: 'x', clearedAt: '2026-01-31T21:00:00Z' }]
    cli.agent.outcome = {
      ...{ state: 'failed', finishedAt: '2026-01-31T20:00:00Z' },
      failure: { code: 'disk_full', message: 'No room. Make some.' },
    }
    await cli.agent.startBackup({ database: 'shop' })
    const { status, stdout } = await cli.run('status')
    expect(stdout).toMatch(/^You are NOT SAFE\.\n- Overdue: shop\n {4}No room\. Make some\.\n/)
    expect(status).toBe(2)
    expect(stdout).toContain('ERROR (shop), since 2026-01-31 20:00:00 UTC: A scheduled backup is missing.')
    expect(stdout.match(/A scheduled backup is missing/g)).toHaveLength(1)
    expect((await statusOf()).verdict.word).toBe('unsafe')
  })

  test('says that all is well with 0, that something is to be looked at with 1, and what is not known', async () => {
    const settings = cli.agent.databaseSettings.bind(cli.agent)
    const schedules = [{ kind: 'every', every: 1, unit: 'days', timeZone: 'UTC' }] as const
    expect(await cli.run('status')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^Something needs your attention\.\n- Nothing is scheduled.*: shop\n/),
    })
    cli.agent.databaseSettings = async () =>
      (await settings()).map(known => ({ ...known, schedules: [...schedules] }))
    cli.agent.keep('shop.2026-01-31_23-00-00.zip', 'shop', { takenAt: '2026-01-31T23:00:00Z' })
    expect(await cli.run('status')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^You are safe\.\nThe one database has the backup .*, of 2026-01-31 23:00:00 UTC\./,
      ),
    })
    cli.agent.jobs = async () => Promise.reject(new AgentError('queue_unreachable', 'It is away.'))
    expect(await cli.run('status', '--quiet')).toMatchObject({
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
  cli.board = {
    ...cli.board,
    list: async () => [notice, passed],
    test: async channel => void tried.push(channel),
  }
  expect((await cli.run('notices')).stdout).toBe(
    'ERROR, since 2026-01-31 20:00:00 UTC: PostgreSQL does not answer.\n',
  )
  expect((await cli.run('notices', '--all')).stdout).toContain('It was down before.')
  expect(JSON.parse((await cli.run('notices', '--json')).stdout)).toEqual([notice])
  expect((await cli.run('notices', '--test', 'mail')).status).toBe(0)
  expect((await cli.run('notices', '--test', 'pigeon')).status).toBe(64)
  expect(tried).toEqual(['mail'])
})

test('account tells how the account stands, and leads to where credit is bought', async () => {
  expect((await cli.run('account')).stdout).toContain('connected to no account')
  cli.agent.account = async () => ({
    connected: true,
    email: 'a••••@example.com',
    credit: { state: 'grace', plan: 'p', currencyLabel: 'credits', kept: 2, held: 3, owed: 4 },
  })
  const { stdout } = await cli.run('account')
  expect(stdout).toMatch(
    /Account: +a••••@example\.com\nState: +a payment is due;.*\nBalance: +5 credits\nDue: +4 credits\n/,
  )
  expect((await cli.run('account', '--recharge')).status).toBe(64)
  cli.agent.rechargeLink = async () => 'https://broker.example/credit'
  expect((await cli.run('account', '--recharge')).stdout).toBe('https://broker.example/credit\n')
})

test('usage tells what is stored, day by day', async () => {
  const { stdout } = await cli.run('usage', '--days', '2', '--json')
  expect(JSON.parse(stdout)).toMatchObject([
    { day: '2026-01-31', sizeBytes: 1_500_000 },
    { day: '2026-02-01', sizeBytes: 1_500_000 },
  ])
  expect((await cli.run('usage', '--days', '2')).stdout).toContain('2026-02-01  1.5 MB')
})
