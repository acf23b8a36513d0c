import { describe, expect, test } from '@jest/globals'
import { type CommandLineFixture, useCommandLine } from '../../../../test/fixtures/agent-command-line.ts'

let cli: CommandLineFixture
useCommandLine(made => {
  cli = made
})

describe('login', () => {
  const authLink = 'https://broker.example/login/1'

  test('shows the link and asks for the code on a terminal', async () => {
    cli.agent.connection = { state: 'login_required', authLink }
    cli.answers = ['the-code']
    const { stdout } = await cli.run('login')
    expect(stdout).toContain(authLink)
    expect(cli.agent.codes).toEqual(['the-code'])
  })

  test('without a terminal it says how to go on and ends with 77', async () => {
    cli.agent.connection = { state: 'login_required', authLink }
    const { status, stderr } = await cli.run('login')
    expect(status).toBe(77)
    expect(stderr).toContain(authLink)
    expect(stderr).toContain('odoo-backup login --code')
  })

  test('brings the code that it is given', async () => {
    const { status, stdout } = await cli.run('login', '--code', 'the-code')
    expect(status).toBe(0)
    expect(cli.agent.codes).toEqual(['the-code'])
    expect(stdout).toContain('Connected. Backups are kept in the folder 42.')
  })

  test('names a bucket of one’s own, as "status" does', async () => {
    cli.agent.connection = { state: 'connected', folder: 'shop', place: 'the bucket mine, folder shop' }
    expect((await cli.run('login')).stdout).toContain('Backups are kept in the bucket mine, folder shop.')
    expect((await cli.run('status')).stdout).toContain('Connected: the bucket mine, folder shop.')
  })

  test('tells missing credit with the link to buy some', async () => {
    const rechargeLink = 'https://broker.example/credit'
    cli.agent.connection = { state: 'payment_required', message: 'Not enough credit.', rechargeLink }
    const { status, stderr } = await cli.run('login', '--json')
    expect(status).toBe(77)
    expect(JSON.parse(stderr)).toMatchObject({ code: 'payment_required', rechargeLink, exitCode: 77 })
  })
})
