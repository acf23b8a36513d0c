import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { generatedStream } from '@odoo-backup/storage'
import { BackupFormatError } from '../errors.ts'

/** File descriptors of the child beyond the standard ones. */
const PASSPHRASE_FD = 3
const STATUS_FD = 4
const MOST_REPORT_BYTES = 64 * 1024
/** gpg's own agent takes no longer ones, so that a person could not decrypt by typing. */
const MOST_PASSWORD_BYTES = 255

export interface EncryptionOptions {
  readonly password: string
  readonly signal?: AbortSignal
  /** The program; by default `gpg` of the PATH. */
  readonly gpg?: string
  /** Where gpg's own, empty home is made for the moment. */
  readonly temporaryFolder?: string
}

/** How gpg ended, and what it reported on its status descriptor and to people. */
export interface GpgOutcome {
  readonly exitStatus: number | null
  readonly statusLines: readonly string[]
  readonly messages: string
}

/** Says why a password cannot be used with gpg, if so. */
export function passwordFault(password: string): string | undefined {
  if (password === '') return 'The encryption password is empty.'
  if (/[\0\r\n]/.test(password)) return 'An encryption password cannot contain line breaks.'
  if (Buffer.byteLength(password) > MOST_PASSWORD_BYTES) {
    return `An encryption password can have at most ${MOST_PASSWORD_BYTES} bytes.`
  }
  return undefined
}

/**
 * Streams `source` through gpg. The password goes through a descriptor of its own, never through arguments or
 * environment; keys and settings of the user play no part. The stream ends well only after `judge` has seen
 * gpg's end and found no fault: gpg writes out a message that was cut off before it reports the damage.
 */
export function throughGpg(
  source: Readable,
  command: readonly string[],
  options: EncryptionOptions,
  judge: (outcome: GpgOutcome) => BackupFormatError | undefined,
): Readable {
  return generatedStream(
    signal => {
      signal.addEventListener('abort', () => source.destroy(), { once: true })
      return run(source, command, options, judge, signal)
    },
    { signal: options.signal },
  )
}

async function* run(
  source: Readable,
  command: readonly string[],
  options: EncryptionOptions,
  judge: (outcome: GpgOutcome) => BackupFormatError | undefined,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let sourceFailure: { readonly error: unknown } | undefined
  source.once('error', error => {
    sourceFailure = { error }
  })
  const home = await mkdtemp(join(options.temporaryFolder ?? tmpdir(), 'odoo-backup-gpg-'))
  try {
    const gpg = start(options.gpg ?? 'gpg', home, command)
    const kill = () => gpg.process.kill('SIGKILL')
    signal.addEventListener('abort', kill, { once: true })
    try {
      if (signal.aborted) kill()
      givePassword(gpg.process, options.password)
      const feeding = pipeline(source, gpg.input).catch(() => {
        // Either the source failed, or gpg stopped reading: its own end says why.
        if (sourceFailure !== undefined) kill()
      })
      for await (const chunk of gpg.output) yield chunk
      const outcome = await gpg.ended
      await feeding
      signal.throwIfAborted()
      if (sourceFailure !== undefined) throw sourceFailure.error
      const fault = judge(outcome)
      if (fault !== undefined) throw fault
    } finally {
      signal.removeEventListener('abort', kill)
      kill()
      await gpg.ended.catch(() => {})
    }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

function start(program: string, home: string, command: readonly string[]) {
  const settings = ['--no-options', '--batch', '--no-tty', '--no-autostart', '--pinentry-mode', 'loopback']
  const descriptors = ['--passphrase-fd', String(PASSPHRASE_FD), '--status-fd', String(STATUS_FD)]
  const child = spawn(
    program,
    ['--homedir', home, ...settings, ...descriptors, '--output', '-', ...command],
    {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', GNUPGHOME: home },
    },
  )
  const [, , , , status] = child.stdio
  const statusText = collect(status)
  const messages = collect(child.stderr)
  const ended = new Promise<GpgOutcome>((resolve, reject) => {
    child.once('error', cause => {
      reject(
        new BackupFormatError('gpg_missing', 'The program gpg cannot be run: install the package gnupg.', {
          cause,
        }),
      )
    })
    child.once('close', exitStatus => {
      resolve({ exitStatus, statusLines: statusText().split('\n'), messages: messages() })
    })
  })
  ended.catch(() => {})
  return { process: child, input: child.stdin, output: child.stdout, ended }
}

function givePassword(child: ChildProcess, password: string): void {
  const descriptor = child.stdio[PASSPHRASE_FD]
  if (!(descriptor instanceof Writable)) return
  // gpg may end before it has read the password; its exit status tells.
  descriptor.on('error', () => {})
  descriptor.end(password)
}

function collect(stream: unknown): () => string {
  let text = ''
  if (stream instanceof Readable) {
    stream.on('error', () => {})
    stream.on('data', chunk => {
      if (text.length < MOST_REPORT_BYTES) text += String(chunk)
    })
  }
  return () => text
}
