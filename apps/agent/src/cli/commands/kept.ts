import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BackupDetails } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import { AgentError } from '../../errors.ts'
import { asAgentError } from '../../jobs/failure.ts'
import { messageOf, systemErrorCode } from '../../system-error.ts'
import { formatBytes, formatSeconds, formatTime } from '../../wording/amounts.ts'
import { confirm } from '../confirmation.ts'
import {
  givenPassword,
  PASSWORD_FILE_OPTION,
  type PasswordOptions,
  withPassword,
} from '../encryption-password.ts'
import { followJob, outcomeLine } from '../follow-job.ts'
import { type Invocation, invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import type { Output, World } from '../world.ts'

/** Commands about one stored backup. */
export function addKept(program: Command, world: World): void {
  addShow(program, world)
  addDownload(program, world)
  addDelete(program, world)
  addPin(program, world)
  addVerify(program, world)
}

function addShow(program: Command, world: World): void {
  program
    .command('show')
    .summary('show what is in a backup')
    .description(
      'Shows what a stored backup holds: versions, modules, tables, files, sizes, what was missing.',
    )
    .argument('<backup>', 'its name, as "odoo-backup list" shows it')
    .action(async (name: string, _options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const backup = await agent.backup(name)
        invocation.tell(backup)
        for (const [label, value] of facts(backup))
          invocation.say(plainText(`${`${label}:`.padEnd(16)} ${value}`))
        for (const { message } of backup.warnings) invocation.say(plainText(`Warning: ${message}`))
      })
    })
}

function facts(backup: BackupDetails): [string, string][] {
  const maybe = (label: string, value: string | number | undefined): [string, string][] =>
    value === undefined ? [] : [[label, String(value)]]
  const { verification } = backup
  return [
    ['Backup', backup.name],
    ['Database', backup.database],
    ['Made', `${formatTime(backup.takenAt)}${backup.foreign === true ? ', by another server' : ''}`],
    ['Size', formatBytes(backup.sizeBytes)],
    ['Encrypted', backup.encrypted ? 'yes' : 'no'],
    ['Pinned', backup.pinned === true ? 'yes' : 'no'],
    [
      'Verified',
      verification === undefined
        ? 'never'
        : `${verification.passed ? 'yes' : 'FAILED'}, ${formatTime(verification.at)}`,
    ],
    ...maybe('Odoo', backup.odooVersion),
    ...maybe('PostgreSQL', backup.postgresVersion),
    ...maybe(
      'Modules',
      backup.modules === undefined ? undefined : Object.keys(backup.modules).sort().join(', '),
    ),
    ...maybe('Tables', backup.tables),
    ...maybe('Rows', backup.rows),
    ...maybe('Dump', backup.dumpBytes === undefined ? undefined : formatBytes(backup.dumpBytes)),
    ...maybe('Files', backup.files),
    ...maybe('Filestore', backup.filesBytes === undefined ? undefined : formatBytes(backup.filesBytes)),
    ...maybe('Missing files', backup.missingFiles),
    ...maybe(
      'Took',
      backup.durationSeconds === undefined ? undefined : formatSeconds(backup.durationSeconds),
    ),
  ]
}

interface DownloadOptions extends PasswordOptions {
  readonly output?: string
  readonly decrypt?: boolean
}

function addDownload(program: Command, world: World): void {
  program
    .command('download')
    .summary('fetch a backup as a file')
    .description('Fetches a stored backup. The file appears under its name only when it is whole.')
    .argument('<backup>', 'its name, as "odoo-backup list" shows it')
    .option('-o, --output <path>', 'where to write; - is standard output (default: its own name, here)')
    .option('--decrypt', 'decrypt it on the way')
    .option(...PASSWORD_FILE_OPTION)
    .action(async (name: string, options: DownloadOptions, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent(
        'never',
        async agent => {
          let password = options.decrypt === true ? await givenPassword(world, options) : undefined
          if (options.decrypt === true && password === undefined) {
            if (world.ask === undefined)
              throw new AgentError(
                'encryption_password_required',
                'Give the password with --encryption-password-file.',
              )
            password = await world.ask('Encryption password: ', { hidden: true })
          }
          const content = await agent.openBackup(name, {
            signal: world.signal,
            ...(password === undefined ? {} : { decryptWith: password }),
          })
          const path = options.output ?? content.fileName
          // What breaks on the way, such as a wrong password, shows only while the bytes come.
          const writing =
            path === '-' ? pipeline(content.body, writableOf(world.stdout)) : writeWhole(path, content.body)
          await writing.catch(error => {
            const known = asAgentError(error)
            throw known.code === 'internal' ? error : known
          })
          if (path === '-') return
          invocation.tell({ path, backup: name })
          invocation.say(`Written to ${path}.`)
        },
        { finishes: true },
      )
    })
}

async function writeWhole(path: string, body: NodeJS.ReadableStream): Promise<void> {
  const half = `${path}.part`
  try {
    await pipeline(body, createWriteStream(half, { mode: 0o600 }))
    await rename(half, path)
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined)
    throw notWritten(path, error)
  }
}

/** Why a file cannot be where it is wanted; any other error as it is. */
function notWritten(path: string, cause: unknown): unknown {
  switch (systemErrorCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new AgentError('file_unwritable', `There is no folder ${dirname(path)}. Make it first.`, {
        cause,
      })
    case 'EISDIR':
      return new AgentError('file_unwritable', `${path} is a folder. Name a file in it.`, { cause })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AgentError(
        'file_unwritable',
        `${path} cannot be written (${messageOf(cause)}). Name another place with --output.`,
        { cause },
      )
    default:
      return cause
  }
}

function writableOf(output: Output): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      output.writeBytes(chunk).then(() => done(), done)
    },
  })
}

function addDelete(program: Command, world: World): void {
  program
    .command('delete')
    .summary('delete a backup')
    .description(
      'Deletes a stored backup: the archive and its .info; or an archive without .info, as "odoo-backup list --all" shows it, which may be half of a backup that is being made. A pinned backup must be unpinned first.',
    )
    .argument('<backup>', 'its name, as "odoo-backup list" shows it')
    .option('--yes', 'do not ask')
    .action(async (name: string, options: { yes?: boolean }, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('if-none-lives', async agent => {
        const archive = await agent.archive(name)
        const what = `${archive.name} (${formatBytes(archive.sizeBytes)}${archive.lone === true ? ', without .info' : ''})`
        await confirm(invocation, options.yes, plainText(`Delete ${what} for good?`))
        invocation.say(outcomeLine(await followJob(invocation, agent, await agent.startDelete(name))))
      })
    })
}

function addPin(program: Command, world: World): void {
  const command = (name: string, pinned: boolean, summary: string) =>
    program
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .argument('<backup>', 'its name, as "odoo-backup list" shows it')
      .action(async (backup: string, _options: object, run: Command) => {
        const invocation = invocationOf(run, world)
        await invocation.withAgent('never', async agent => {
          await agent.setPinned(backup, pinned)
          invocation.tell({ backup, pinned })
          invocation.say(
            plainText(`${backup} is ${pinned ? 'pinned: rotation keeps it' : 'not pinned any more'}.`),
          )
        })
      })
  command('pin', true, 'keep a backup out of rotation')
  command('unpin', false, 'let rotation have a backup again')
}

interface VerifyOptions extends PasswordOptions {
  readonly trustCode?: boolean
}

function addVerify(program: Command, world: World): void {
  program
    .command('verify')
    .summary('prove that a backup can be restored')
    .description(
      'Restores a backup into a hidden scratch database, checks tables, rows, users and every file, and drops it. Nothing of it is ever visible to Odoo.',
    )
    .argument('<backup>', 'its name, as "odoo-backup list" shows it')
    .option(...PASSWORD_FILE_OPTION)
    .option(
      '--trust-code',
      'run functions, triggers and rules of a backup that another server made, where you trust it',
    )
    .action(async (name: string, options: VerifyOptions, command: Command) => {
      const invocation: Invocation = invocationOf(command, world)
      const { trustCode = false } = options
      await invocation.withAgent('if-none-lives', async agent => {
        const id = await withPassword(world, options, secrets =>
          agent.startVerify(name, { ...secrets, trustCode }),
        )
        invocation.say(outcomeLine(await followJob(invocation, agent, id)))
      })
    })
}
