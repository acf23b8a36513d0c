import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import {
  BACKUP,
  type CommandLineFixture,
  useCommandLine,
} from '../../../../test/fixtures/agent-command-line.ts'
import { KINDS } from '../error-kinds.ts'
import { AgentError } from '../errors.ts'
import { asWarning } from '../wording/warning.ts'
import { MANUAL } from './manual.ts'

let cli: CommandLineFixture
useCommandLine(made => {
  cli = made
})

test('whatever fails, the exit status is the one of the catalogue', async () => {
  for (const [code, { exitCode }] of Object.entries(KINDS)) {
    cli.agent.broken = new AgentError(code as keyof typeof KINDS, 'Do this.')
    const { status, stderr } = await cli.run('databases', '--json')
    expect({ status, ...JSON.parse(stderr) }).toEqual({
      status: exitCode,
      code,
      message: 'Do this.',
      exitCode,
    })
  }
})

test('the doctor tells a fault and what to do once, and of all else that it spoils that it does', async () => {
  const fault = {
    state: 'fault' as const,
    message: 'PostgreSQL does not answer.',
    advice: 'Start PostgreSQL.',
  }
  cli.agent.findings = [
    { check: 'postgres', ...fault },
    { check: 'clock', state: 'ok', message: 'The clock is right.' },
    { check: 'queue', ...fault },
  ]
  const { stdout, stderr } = await cli.run('doctor')
  expect(stdout.split('\n')).toEqual([
    'FAULT    postgres: PostgreSQL does not answer.',
    '         Start PostgreSQL.',
    'ok       clock: The clock is right.',
    'FAULT    queue: the same as for postgres.',
    '',
  ])
  expect(stderr).toContain('2 checks found a fault.')
})

test('every exit status of the catalogue is explained in the manual', () => {
  for (const exitCode of [0, 1, 2, ...Object.values(KINDS).map(kind => kind.exitCode)])
    expect(MANUAL).toMatch(new RegExp(`\\b${exitCode}\\b {2}`))
})

test('names from outside cannot steer the terminal', async () => {
  cli.agent.keep('\u001b[2Jevil\u202egpj.zip', 'shop')
  const { stdout } = await cli.run('list')
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
    cli.agent.outcome = { state: 'completed', warnings: [asWarning({ code: 'not_in_backups' })] }
    const { status, stdout, stderr } = await cli.run(...command.split(' '), '--json')
    expect(isJson(stdout) && isJson(stderr)).toBe(true)
    expect(stdout + stderr).not.toBe('')
    if (stdout === '') expect(JSON.parse(stderr)).toMatchObject({ exitCode: status })
  })

  test('wrong usage says what is wrong', async () => {
    const { status, stderr } = await cli.run('list', '--limit', 'x', '--json')
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
  cli.signal = interrupt.signal
  cli.agent.databases = () => {
    interrupt.abort()
    return new Promise(() => undefined)
  }
  const { status, stderr } = await cli.run('databases')
  expect(status).toBe(75)
  expect(stderr).toContain('It was interrupted before it had ended.')
})

test('a reader of standard output who leaves is no fault of the program', async () => {
  cli.agent.openBackup = async () => {
    throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  }
  expect(await cli.run('download', BACKUP, '-o', '-')).toMatchObject({ status: 141, stderr: '' })
})

test('wrong usage is 64 and says where the help is; help and version are 0', async () => {
  const unknown = await cli.run('frobnicate')
  expect(unknown.status).toBe(64)
  expect(unknown.stderr).toContain('odoo-backup --help')
  const ofCommand = await cli.run('settings', 'show', '--nonsense')
  expect(ofCommand.stderr).toContain('Run "odoo-backup settings show --help" for help.')
  expect(await cli.run('--version')).toMatchObject({ status: 0, stdout: '1.2.3\n' })
  const help = await cli.run('--help')
  expect(help.status).toBe(0)
  for (const part of ['Examples:', 'Files:', 'Environment:', 'Exit status:'])
    expect(help.stdout).toContain(part)
})

test('every command has help with a description', async () => {
  const names = [
    ...(await cli.run('--help')).stdout.matchAll(/^ {2}([a-z]+)(?: \[options\])?(?: [<[].*?)? {2,}\S/gm),
  ].map(match => match[1] ?? '')
  const wanted =
    'login status databases backup list show download delete pin unpin verify restore rotate adopt jobs cancel notices usage account settings token doctor completion'
  expect(names).toEqual(expect.arrayContaining(wanted.split(' ')))
  for (const name of wanted.split(' ')) {
    const { status, stdout } = await cli.run(name, '--help')
    expect(status).toBe(0)
    expect(stdout.length).toBeGreaterThan(80)
  }
})

test.each(['bash', 'zsh', 'fish'])(
  'completion for %s knows every command, and every option of each',
  async shell => {
    const { status, stdout } = await cli.run('completion', shell)
    expect(status).toBe(0)
    const options = [
      'neutralise',
      'limits',
      'role',
      'database',
      'password-kept-elsewhere',
      'json',
      'config',
      'quiet',
    ]
    for (const word of ['backup', 'restore', 'settings', 'doctor', ...options]) expect(stdout).toContain(word)
  },
)

test('the completion for fish is one offer a line, each under the command that it belongs to', async () => {
  const { stdout } = await cli.run('completion', 'fish')
  const lines = stdout.trim().split('\n')
  const within = (name: string) => `-n '__fish_seen_subcommand_from ${name}`
  for (const line of lines)
    expect(line).toMatch(
      /^complete -c odoo-backup(?: -n '[^']+')?(?: -f)?(?: -a (?:\w+|'[^']+')|(?: -l [a-z-]+)?(?: -s [a-zA-Z])?(?: -r| -x -a '[^']+')?)(?: -d '(?:[^'\\]|\\.)*')?$/,
    )
  const of = (start: string) => lines.filter(line => line.startsWith(`complete -c odoo-backup ${start}`))
  expect(
    of(
      `${within('token')}; and __fish_seen_subcommand_from add' -l role -x -a 'look operate administer' -d '`,
    ),
  ).toHaveLength(1)
  expect(of(`${within('token')}; and not __fish_seen_subcommand_from add list remove' -a add`)).toHaveLength(
    1,
  )
  expect(of(`${within('completion')}' -f -a 'bash zsh fish'`)).toHaveLength(1)
  expect(of('-l json -d ')).toHaveLength(1)
})

test('the completion for zsh begins what bashcompinit stands on, where .zshrc did not', async () => {
  const { stdout } = await cli.run('completion', 'zsh')
  expect(stdout).toMatch(
    /^autoload -Uz compinit bashcompinit\ntype compdef >\/dev\/null \|\| compinit\nbashcompinit\n/,
  )
})

describe('the completion for bash', () => {
  const complete = async (line: string) => {
    const { stdout } = await cli.run('completion', 'bash')
    const words = line.split(' ')
    // In the place of the command stands what it was asked, so that the names asked for are seen.
    const script = `odoo-backup() { echo "<$*>" | tr ' ' '/'; }
${stdout}
COMP_WORDS=(odoo-backup ${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _odoo_backup
printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
  }

  test.each([
    ['backup ', '<names/databases>'],
    ['list ', '<names/databases>'],
    ['--json backup ', '<names/databases>'],
    ['--config /x backup ', '<--config//x/names/databases>'],
    // As bash takes `--config=/x` apart.
    ['--config = /x backup ', '<--config//x/names/databases>'],
    ['restore ', '<names/backups>'],
    ['cancel ', '<names/jobs>'],
    ['settings set -d ', '<names/databases>'],
    ['token add scripts --database ', '<names/databases>'],
  ])('offers the names that are there, after %j', async (line, asked) => {
    expect(await complete(line)).toContain(asked)
  })

  test.each([
    ['restore --only ', ['database', 'filestore']],
    ['token add scripts --role ', ['look', 'operate', 'administer']],
    ['completion ', ['bash', 'zsh', 'fish', '--help']],
    ['list --js', ['--json']],
    ['settings set --enc', ['--encryption-password-file']],
    ['backup --n', ['--no-wait']],
    ['--config ', ['']],
    ['restore --file ', ['']],
    ['nam', ['']],
  ])('offers what may stand there, after %j', async (line, words) => {
    expect(await complete(line)).toEqual(expect.arrayContaining(words))
    expect((await complete(line)).join()).not.toContain('<names')
  })

  test('asks no agent where none is set up: whoever presses a key has not begun one', async () => {
    cli.environment = { ODOO_BACKUP_CONFIG: `${import.meta.filename}.none` }
    expect(await cli.run('names', 'databases')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(cli.opened).toEqual([])
  })

  test('is never given a name that a shell would run', async () => {
    cli.agent.know('shop $(touch x)')
    cli.agent.know('`id`')
    // Any file that is there: the agent behind it is in memory.
    cli.environment = { ODOO_BACKUP_CONFIG: import.meta.filename }
    expect((await cli.run('names', 'databases')).stdout).toBe('shop\n')
    expect((await cli.run('names', 'backups')).stdout).toBe(`${BACKUP}\n`)
    cli.agent.outcome = { state: 'active' }
    const id = await cli.agent.startBackup({ database: 'shop' })
    expect((await cli.run('names', 'jobs')).stdout).toBe(`${id}\n`)
  })
})

test.each([
  [/from backup' -f -a '\(odoo-backup names databases 2>\/dev\/null\)'/, 'names'],
  [
    /from settings; and __fish_seen_subcommand_from set' -l database -s d -x -a '\(odoo-backup names databases/,
    'names for options',
  ],
  [/from restore' -l only -x -a 'database filestore'/, 'values of options'],
])('the completion for fish has %s: %s', async line => {
  expect((await cli.run('completion', 'fish')).stdout).toMatch(line)
})

test('the completion for bash is a script that bash takes and that completes', async () => {
  const { stdout } = await cli.run('completion', 'bash')
  const script = `${stdout}\nCOMP_WORDS=(odoo-backup res); COMP_CWORD=1; _odoo_backup; echo "\${COMPREPLY[*]}"
COMP_WORDS=(odoo-backup restore --ne); COMP_CWORD=2; _odoo_backup; echo "\${COMPREPLY[*]}"
COMP_WORDS=(odoo-backup completion z); COMP_CWORD=2; _odoo_backup; echo "\${COMPREPLY[*]}"
COMP_WORDS=(odoo-backup list --js); COMP_CWORD=2; _odoo_backup; echo "\${COMPREPLY[*]}"`
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(
    'restore\n--neutralise\nzsh\n--json\n',
  )
})
